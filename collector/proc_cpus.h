/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc_cpus.h - what the CPUs did, read from /proc/stat */
#ifndef TARSIER_PROC_CPUS_H
#define TARSIER_PROC_CPUS_H

#include "cputime.h"

/* Fill in the ticks and the number of CPUs that the text of /proc/stat tells; 0 or -EINVAL. */
int proc_cpus_parse(const char *text, struct rec_cputime_system *record);

/* The same from the file itself, which @fd is open on. */
int proc_cpus_read(int fd, struct rec_cputime_system *record);

#endif
