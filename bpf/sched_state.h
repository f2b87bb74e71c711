/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* sched_state.h - what sched.bpf.c and the collector share: settings going in, counts coming out */
#ifndef TARSIER_SCHED_STATE_H
#define TARSIER_SCHED_STATE_H

#include <linux/types.h>

#include "filter.h"
#include "hist.h"
#include "runqslower.h"

#define SCHED_CPUS_MAX 1024 /* a bound for the compiler; the map is cut to the CPUs at hand */

/* Fixed when the programs are loaded: the verifier removes what is off. */
struct sched_config {
	__u32 cpu_mask;
	__u8 runqlat;
	__u8 runqslower;
	__u8 runqslower_prev;
	__u8 reserved;
	__u64 runqslower_min_ns;
	struct task_filter runqlat_filter;
	struct task_filter runqslower_filter;
};

/*
 * By how much CLOCK_MONOTONIC is ahead of a CPU's rq->clock that has just been updated; see
 * rq_clock_age() in sched.bpf.c.
 */
struct clock_offset {
	__s64 ahead;
	__u64 measured_at; /* rq->clock; 0: not yet */
	__u64 due;	   /* rq->clock at which it is to be measured again */
};

struct wait_counts {
	__u64 entered;
	__u64 unstamped;
	__u64 ring_full;
};

/*
 * All that one CPU needs lies in one place, which the programs find once, by a shift.  The collector
 * fills in h2 and brief_ns.
 */
struct sched_cpu {
	struct h2_table h2;
	struct hist wait;
	struct clock_offset clock;
	struct wait_counts runqlat;
	struct wait_counts runqslower;
	__u64 brief_ns; /* a wait below it concerns runqlat's histogram only, and no filter */
	__u64 reserved;
};
_Static_assert(sizeof(struct sched_cpu) == 8192, "a power of two, and H2_BUCKET_MASK stays inside");

/* What one wait over the threshold puts into the ring buffer: one record, or two with `prev`. */
struct runqslower_event {
	struct rec_runqslower wait;
	struct rec_task prev;
};

#endif
