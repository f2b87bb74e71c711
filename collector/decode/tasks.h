/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tasks.h - the dictionary: which name a thread had at a time
 *
 * Bounded: a thread id has TASKS_WAYS places; when all are taken the oldest entry goes.
 */
#ifndef TARSIER_DECODE_TASKS_H
#define TARSIER_DECODE_TASKS_H

#include "wire.h"

#define TASKS_SETS 128
#define TASKS_WAYS 8

struct task_name {
	__u64 start_ns;
	__u32 tid;
	__u32 used; /* 0: empty place */
	__u8 comm[COMM_SIZE];
};

struct tasks {
	__u32 clock; /* counts entries, to tell the oldest */
	__u32 reserved;
	struct task_name name[TASKS_SETS][TASKS_WAYS];
};

void tasks_learn(struct tasks *tasks, const struct rec_task *record);

/* The name of @tid at @time_ns: the youngest thread that had begun by then; NULL: unknown. */
const __u8 *tasks_find(const struct tasks *tasks, __u32 tid, __u64 time_ns);

/* The name of the thread @tid that began at @start_ns; NULL: unknown. */
const __u8 *tasks_find_exactly(const struct tasks *tasks, __u32 tid, __u64 start_ns);

/* All that @other knows, in the order in which it was learned. */
void tasks_merge(struct tasks *tasks, const struct tasks *other);

#endif
