/* SPDX-License-Identifier: GPL-2.0-only */
/* task_reading.h - what is read of one task: from the iterator's program, or made from /proc */
#ifndef TARSIER_TASK_READING_H
#define TARSIER_TASK_READING_H

#include <linux/types.h>

#include "wire.h"

struct cpu_figures {
	__u64 utime_ns; /* raw: counted at ticks */
	__u64 stime_ns;
	__u64 runtime_ns; /* sum_exec_runtime */
};

/* What /proc showed last: it never shows less afterwards (cputime_adjust()). */
struct shown_figures {
	__u64 utime_ns;
	__u64 stime_ns;
};

#define READING_EXITED 0x01	   /* the thread has exited */
#define READING_LEADER_EXITED 0x02 /* its process's main thread has */
#define READING_AS_IN_PROC 0x04	   /* utime and stime are what /proc shows */
#define READING_PROCESS_ONLY 0x08  /* `process` holds all threads, `thread` nothing */
#define READING_THREAD_ONLY 0x10   /* `process` holds nothing */
#define READING_IRQ_APART 0x20	   /* as CPUTIME_IRQ_APART and the next */
#define READING_STEAL_APART 0x40
#define READING_UNKNOWN_APART 0x80

struct task_reading {
	__u32 tid;
	__u32 tgid;
	__u32 flags;
	__u32 threads;		/* of the process, the exited main thread included */
	__u64 start_ns;		/* of the thread */
	__u64 process_start_ns; /* of the process's main thread */
	struct cpu_figures thread;
	struct shown_figures thread_shown;
	struct cpu_figures process; /* of the threads that are gone */
	struct shown_figures process_shown;
	__u64 children_utime_ns;
	__u64 children_stime_ns;
	__u8 comm[COMM_SIZE];
	__u8 process_comm[COMM_SIZE]; /* of the main thread */
};

#endif
