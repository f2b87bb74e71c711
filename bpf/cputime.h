/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cputime.h - the records of CPU time: of tasks, of the children they waited for, of the CPUs
 *
 * All figures are cumulative; all records of a snapshot have the same time_ns.  A task is named by
 * its id and its start time, which tells it from a later one with the same id; its name is in the
 * task record before it.
 */
#ifndef TARSIER_CPUTIME_H
#define TARSIER_CPUTIME_H

#include "wire.h"

/* flags of cputime and cputime_children records */
#define CPUTIME_PROCESS 0x01	 /* all threads, those that are gone included; clear: one thread */
#define CPUTIME_LEADER_GONE 0x02 /* the main thread has exited, others go on */
#define CPUTIME_EXITED 0x04	 /* exited, and not yet waited for */
#define CPUTIME_AS_IN_PROC                                                                         \
	0x08		      /* utime_ns and stime_ns are what /proc shows: raw ones are unknown,
				      or the kernel measures exactly and has no others */
#define CPUTIME_BASELINE 0x10 /* as of the first reading; written with the first change */
#define CPUTIME_LATE 0x20     /* earlier snapshots left this task's figures out */
#define CPUTIME_GONE 0x40     /* no longer there: its last known figures */

/* flags of a cputime_system record, and CPUTIME_BASELINE */
#define CPUTIME_IRQ_APART 0x01	   /* the tasks' run time is without that of interrupts */
#define CPUTIME_STEAL_APART 0x02   /* and without what the hypervisor took */
#define CPUTIME_FILTERED 0x04	   /* some tasks were not looked at: no balance can be drawn */
#define CPUTIME_UNKNOWN_APART 0x08 /* whether that is so is not known */

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/*
 * utime_ns and stime_ns are counted at the timer's ticks; runtime_ns is measured by the scheduler at
 * each switch and tick.  /proc shows utime and stime scaled to the run time and never going back:
 * stime as runtime_ns * system_share / 2^32, and utime as the rest of runtime_ns.
 * Rounding costs less than runtime_ns / 2^32: 20 us in a day of CPU time.
 */
struct rec_cputime {
	RECORD_FRAME;
	__u64 start_ns; /* CLOCK_BOOTTIME; of the process's main thread where it is a process */
	__u32 tid;
	__u32 tgid;
	__u64 utime_ns;
	__u64 stime_ns;
	__u64 runtime_ns;
	__u32 system_share;
	__u32 crc;
};
ASSERT_RECORD(rec_cputime);

struct rec_cputime_children {
	RECORD_FRAME;
	__u64 start_ns; /* of the process */
	__u32 tgid;
	__u32 reserved;
	__u64 utime_ns; /* cutime and cstime of /proc/PID/stat */
	__u64 stime_ns;
	__u8 reserved2[12];
	__u32 crc;
};
ASSERT_RECORD(rec_cputime_children);

/* The CPUs' times count ticks as /proc/stat does, low 32 bits: 497 days at 100 per second. */
struct rec_cputime_system {
	RECORD_FRAME;
	__u64 tasks_ns;	  /* by which the run time of all tasks grew since the first reading */
	__u32 user_ticks; /* nice included */
	__u32 system_ticks;
	__u32 idle_ticks;
	__u32 iowait_ticks;
	__u32 irq_ticks; /* softirq included */
	__u32 steal_ticks;
	__u32 left_out_us; /* CPU time of the tasks left out until now; ~0: that or more */
	__u16 cpus;	   /* online */
	__u16 tasks;	   /* there are; 65535: that or more */
	__u16 left_out;	   /* of these changed, and not written in this snapshot; likewise */
	__u16 ticks_per_s;
	__u32 crc;
};
ASSERT_RECORD(rec_cputime_system);

#pragma GCC diagnostic pop

#endif
