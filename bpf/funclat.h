/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* funclat.h - the duration of a kernel function: records, and what funclat.bpf.c and the collector share */
#ifndef TARSIER_FUNCLAT_H
#define TARSIER_FUNCLAT_H

#include "hist.h"
#include "sched_state.h"
#include "wire.h"

enum function_way {
	FUNCTION_BY_FEXIT = 1,
	FUNCTION_BY_KPROBE = 2,
};

/* flags of a function record */
#define FUNCTION_HAS_BIAS 0x01 /* bias_ns was measured */

#define CALLS_OTHERS 0xffffffff /* tid and tgid: all threads that found no row of their own */

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* One per snapshot; the function's name comes as a text. */
struct rec_function {
	RECORD_FRAME;
	__u8 probe;
	__u8 way; /* enum function_way */
	__u8 reserved[2];
	__u32 rows;	/* pairs of a CPU and a thread that calls have been counted for */
	__u64 bias_ns;	/* at most this much of each duration is the probe's own */
	__u32 deferred; /* rows that changed and are left for the next snapshot */
	__u8 reserved2[24];
	__u32 crc;
};
ASSERT_RECORD(rec_function);

struct rec_calls {
	RECORD_FRAME;
	__u8 probe;
	__u8 reserved;
	__u16 cpu;   /* where the calls returned */
	__u32 tid;   /* 0: idle */
	__u64 count; /* since the session began, as all that follows */
	__u64 sum;   /* ns */
	__u64 min;
	__u64 max;
	__u32 tgid;
	__u32 crc;
};
ASSERT_RECORD(rec_calls);

#pragma GCC diagnostic pop

#define FUNCLAT_CPUS_MAX 1024

/* Fixed when the programs are loaded. */
struct funclat_config {
	__u32 cpu_mask;
	__u32 stacks_kept; /* when there are more, those of threads that have left the function go */
	__u32 by_type;	   /* attached by types of the kernel's: pointers may be followed */
	struct task_filter filter; /* of_task only */
};

/*
 * Calls by one thread on one CPU.  The key is bpf_get_current_pid_tgid(), which leaves bit 63 free: it
 * asks the programs to look up the thread's name again.
 */
#define ROW_EMPTY ~0ull
#define ROW_STALE (1ull << 63)

struct call_row {
	__u64 key;
	__u64 count;
	__u64 sum;
	__u64 min;
	__u64 max;
	__u64 start_ns; /* when the thread began, CLOCK_BOOTTIME */
	char comm[COMM_SIZE];
};

#define CALL_ROWS 512 /* for each CPU */

/*
 * All that one CPU needs lies in one place.  Each count has one program that writes it: a program may
 * be interrupted by another one, but not by itself.
 */
struct funclat_cpu {
	struct h2_table h2;
	struct hist calls; /* its sum, min and max are left to the rows */
	__u64 since;	   /* when the call that is going on here began; 0: none is */
	__u64 entered;	   /* by the programs at the entry */
	__u64 left_at_entry; /* calls whose return was never seen: found out at the entry of another, */
	__u64 left_at_return; /* at the return of the function that had called them, */
	__u64 left_at_end;    /* and at the end of the thread */
	__u64 too_many;	      /* calls without a place to remember them */
	__u64 remembered; /* on the stacks of threads, less those that were found there to be left */
	__u64 unstamped;  /* returns of calls whose entry was not seen */
	__u64 place_at_entry; /* of the call at hand */
	__u64 place_at_return;
	struct call_row others;
	struct call_row row[CALL_ROWS];
	__u64 sent[CALL_ROWS]; /* the collector's: what it wrote last */
};

/* One call that has not returned. */
struct call_frame {
	__u64 place; /* on the stack */
	__u64 since; /* ns, CLOCK_MONOTONIC */
};

#define CALL_DEPTH 16

/* What a thread is in. */
struct call_stack {
	__u64 start_time; /* of the thread: ids are used again */
	__u32 depth;
	__u32 forgotten; /* deeper calls, which were counted as too many */
	__u32 busy; /* a program is at work here, and was interrupted by what calls the function */
	__u32 reserved;
	struct call_frame frame[CALL_DEPTH];
};

#endif
