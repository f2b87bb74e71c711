/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keyed_hists.h - the histograms of single processes and threads, from the kernel's map to records */
#ifndef TARSIER_KEYED_HISTS_H
#define TARSIER_KEYED_HISTS_H

#include <stdbool.h>

#include "sched_state.h"
#include "stream.h"

/*
 * Read from the map behind @map_fd, which has room for @keys histograms on each of @cpus CPUs.  What they
 * belong to, where the programs cannot tell, is looked up in @proc_fd, which is open on /proc and stays so;
 * -1: they can.  All memory that is needed later is taken here.  0 or -errno.
 */
int keyed_hists_open(int map_fd, unsigned int keys, unsigned int cpus, int proc_fd);
/* How many of the keys are taken. */
unsigned int keyed_hists_used(void);

/* Write those of @probe as they stood at @time_ns, and the names of whom they belong to. */
void keyed_hists_write(unsigned int probe, __u64 time_ns, bool final, struct stream *stream);

void keyed_hists_close(void);

#endif
