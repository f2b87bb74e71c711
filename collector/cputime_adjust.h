/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cputime_adjust.h - how /proc would show user and system time, as a share of the run time */
#ifndef TARSIER_CPUTIME_ADJUST_H
#define TARSIER_CPUTIME_ADJUST_H

#include "task_reading.h"

/* @part / @whole times 2^32, rounded up; ~0 where that is 2^32 or more, 0 of nothing. */
__u32 share_q32(__u64 part, __u64 whole);

/*
 * The system time that /proc would show for these raw figures, having shown @shown before, as a
 * share of the run time; the rest of the run time is the user time.
 */
__u32 cputime_system_share(const struct cpu_figures *raw, const struct shown_figures *shown);

#endif
