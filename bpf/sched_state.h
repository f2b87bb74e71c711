/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* sched_state.h - what sched.bpf.c and the collector share: settings going in, counts coming out */
#ifndef TARSIER_SCHED_STATE_H
#define TARSIER_SCHED_STATE_H

#include <linux/types.h>

#include "filter.h"
#include "hist.h"
#include "runqslower.h"
#include "words.h"

#define SCHED_CPUS_MAX 1024

/*
 * What is wanted, as bits of one word: a setting that has to be read costs several instructions at
 * each switch, a bit of a word that is at hand costs two.
 */
#define WANT_WAITS 0x001u /* how long tasks waited for their CPU */
#define WANT_RUNQLAT 0x002u
#define WANT_RUNQSLOWER 0x004u
#define WANT_PREV 0x008u /* runqslower: also the task that had the CPU before */
#define WANT_CPUDIST 0x010u
#define WANT_CPUDIST_PLAIN 0x020u /* one histogram of all tasks, no filter: the short way */
#define WANT_IDLE 0x040u	  /* cpudist: also the idle task's times, for each CPU */
#define WANT_OFFCPU 0x080u
#define WANT_OFFCPU_PLAIN 0x100u
#define WANT_BLOCKED 0x200u /* offcpu: without the wait for a CPU that follows */
#define WANT_TGIDS 0x400u   /* by events: somebody asks which process a thread is of */
#define WANT_QUEUED 0x800u  /* by sched_info: when a task was queued */

/* How the times on a CPU, or off it, are kept. */
struct dist_config {
	__u32 scope; /* enum hist_scope: one histogram for all, each process or each thread */
	struct task_filter filter;
};

/* Fixed when the programs are loaded: the verifier removes what is off. */
struct sched_config {
	__u32 cpu_mask;
	__u32 wants;
	__u32 ring_mark_bytes;
	__u32 reserved;
	__u64 runqslower_min_ns;
	struct task_filter runqlat_filter;
	struct task_filter runqslower_filter;
	struct dist_config cpudist;
	struct dist_config offcpu;
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
	__u64 user_dropped;
};

struct dist_counts {
	__u64 entered;
	__u64 unstamped;
	__u64 map_full;
	__u64 keyed; /* counted in a histogram of keyed_hists */
};

/* The times that tasks spent on one CPU, or off the CPU before they ran there. */
struct dist {
	struct hist hist;
	struct dist_counts counts;
};

/*
 * All that one CPU needs lies in one place, which the programs find once, by a shift.  The collector
 * fills in h2, brief_ns and number.
 */
struct sched_cpu {
	struct h2_table h2;
	struct hist wait;
	struct clock_offset clock;
	struct wait_counts runqlat;
	struct wait_counts runqslower;
	__u64 brief_ns;	   /* a wait below it concerns runqlat's histogram only, and no filter */
	__u64 switched_at; /* when the task that runs began to; 0: not known */
	__u64 running;	   /* its thread id */
	struct dist on_cpu;
	struct dist off_cpu;
	__u32 number; /* of this place */
	__u32 reserved;
	__u64 reserved2[10];
};
_Static_assert(sizeof(struct sched_cpu) == 16384, "a power of two");
_Static_assert(sizeof(struct sched_cpu) - __builtin_offsetof(struct sched_cpu, off_cpu) >=
		       (H2_BUCKET_MASK + 1) * sizeof(__u64),
	       "H2_BUCKET_MASK stays inside");

/* Whose histogram it is. */
struct keyed_hist_key {
	__u8 probe;
	__u8 scope;
	__u16 reserved;
	__u32 id;
};

/*
 * The histogram of one process or thread, one of these for each CPU, one behind the other: the collector
 * reads them where they are.
 */
struct keyed_hist {
	struct hist hist;
	__u64 start_ns; /* CLOCK_BOOTTIME; with the name, for the dictionary */
	__u64 named_ns; /* when it had this name: of several CPUs' the latest holds */
	__u32 tgid;
	__u32 reserved;
	char comm[COMM_SIZE];
	struct keyed_hist_key key; /* probe 0: nothing was counted here on this CPU */
	__u64 reserved2[5];
};
_Static_assert(sizeof(struct keyed_hist) == (H2_BUCKET_MASK + 1) * sizeof(__u64),
	       "H2_BUCKET_MASK stays inside, and places are found by a shift");

/* Where a task that was moved while it waited became runnable. */
struct moved {
	__u64 mark; /* tells this wait of the task from others */
	__u32 from_cpu;
	__u32 reserved;
};

/* The memory that the programs at a context switch and the collector share, besides that of each CPU. */
struct sched_shared {
	/* Written by the collector: by how much CLOCK_MONOTONIC outruns the CPU's counter, times 2^32. */
	volatile __s64 clock_drift;
	/*
	 * Written by the collector: 0 at first, when switches only serve to learn what the clocks show
	 * and who runs; nothing is counted then.
	 */
	volatile __u32 counting;
	/* Likewise: an event goes on unless its number on its CPU has one of these bits. */
	volatile __u32 shed;
	/* Likewise: an event wakes the collector only if config.ring_mark_bytes of them wait then. */
	volatile __u32 in_bulk;
	__u32 reserved;
};

/* What one wait over the threshold puts into the ring buffer: one record, or two with `prev`. */
struct runqslower_event {
	struct rec_runqslower wait;
	struct rec_task prev;
};

#endif
