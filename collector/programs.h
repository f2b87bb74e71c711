/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs.h - what every owner of a loaded BPF object asks of it */
#ifndef TARSIER_PROGRAMS_H
#define TARSIER_PROGRAMS_H

#include "hook.h"

struct bpf_object;

/*
 * Places for all CPUs that there may be, a power of two, so that a program finds one by a mask; -errno,
 * -E2BIG for more than @most.
 */
int programs_cpu_places(unsigned int most);

/* Kernel memory of the object's maps. */
__u32 programs_maps_kib(struct bpf_object *object);
/* Add the run time and the runs of the loaded programs to @cost; returns the runs that the kernel skipped. */
__u64 programs_ask(struct bpf_object *object, struct bpf_cost *cost);
/* After the links are gone: wait until no program runs on any CPU. */
void programs_settle(void);

#endif
