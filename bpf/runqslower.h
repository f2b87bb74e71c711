/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* runqslower.h - the record of one wait for a CPU over the threshold */
#ifndef TARSIER_RUNQSLOWER_H
#define TARSIER_RUNQSLOWER_H

#include "wire.h"

/* flags of a runqslower record */
#define RUNQSLOWER_PREV 0x01 /* prev_tid is set; the next record is its task record */

#define CPU_UNKNOWN 0xffff
#define POLICY_UNKNOWN 0xff

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* time_ns is the end of the wait: the moment of the context switch to the task. */
struct rec_runqslower {
	RECORD_FRAME;
	__u64 wait_ns;
	__u32 tid;
	__u32 tgid;	/* 0: not known */
	__u32 prev_tid; /* the task that had the CPU until then; 0: idle */
	__u16 cpu;	/* where it runs now */
	__u16 wake_cpu; /* where it became runnable; CPU_UNKNOWN where that was not observed */
	__u8 comm[COMM_SIZE];
	__u8 prio;   /* the kernel's 0..139: below 100 real-time, 120 is nice 0 */
	__u8 policy; /* SCHED_OTHER 0, SCHED_FIFO 1, ...; POLICY_UNKNOWN */
	__u16 reserved;
	__u32 crc;
};
ASSERT_RECORD(rec_runqslower);

#pragma GCC diagnostic pop

#endif
