/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cputable.h - the tasks that cputime records are about: their figures now, at first, and when the
 * step began
 */
#ifndef TARSIER_DECODE_CPUTABLE_H
#define TARSIER_DECODE_CPUTABLE_H

#include <stdbool.h>

#include "budget.h"
#include "cputime.h"

#define CPUTABLE_MAX 65536

struct cpu_times {
	__u64 runtime_ns;
	__u64 raw_user_ns; /* as counted at ticks */
	__u64 raw_system_ns;
	__u64 system_ns; /* as /proc shows it; the user time there is the rest of the run time */
	__u64 children_user_ns;
	__u64 children_system_ns;
};

struct cpu_task {
	__u64 start_ns;
	__u32 tid;
	__u32 tgid;
	__u64 last_ns; /* of the latest record */
	struct cpu_times last;
	struct cpu_times first; /* when the recording began, or as near to it as is known */
	__u64 first_ns;
	struct cpu_times step;
	__u64 step_ns; /* from when on what it used since `step` may have been used */
	__u8 comm[COMM_SIZE];
	bool used; /* false: an empty place */
	bool named;
	__u8 flags; /* of the latest record */
};

/* Open addressing. */
struct cputable {
	struct cpu_task *task;
	__u32 room; /* a power of two, or 0 */
	__u32 count;
	__u64 refused; /* records of tasks without a place */
};

/* The task, a new one where there was none, whose last_ns is 0 then; NULL: no place. */
struct cpu_task *cputable_place(struct cputable *table, struct budget *budget, __u32 tid,
				__u64 start_ns, bool process);
void cputable_release(struct cputable *table, struct budget *budget);

/* What a record says; the children's time is as in @times before. */
struct cpu_times cpu_times_of(const struct rec_cputime *record, const struct cpu_times *times);

/* By how much the times grew; what seems to have gone back did not grow. */
struct cpu_times cpu_times_since(const struct cpu_task *task, const struct cpu_times *before);

/* The user time that /proc shows for these times of @task. */
__u64 cpu_user_ns(const struct cpu_task *task, const struct cpu_times *times);

#endif
