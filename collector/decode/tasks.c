// SPDX-License-Identifier: GPL-2.0-or-later
/* tasks - the dictionary: which name a thread had at a time */
#include "tasks.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The entry of this thread, or else the place that it may take. */
static struct task_name *place_for(struct tasks *tasks, __u32 tid, __u64 start_ns)
{
	struct task_name *ways = tasks->name[tid % TASKS_SETS], *place = ways;

	for (unsigned int i = 0; i < TASKS_WAYS; i++) {
		if (ways[i].used && ways[i].tid == tid && ways[i].start_ns == start_ns)
			return &ways[i];
		if (ways[i].used < place->used)
			place = &ways[i];
	}
	return place;
}

void tasks_learn(struct tasks *tasks, const struct rec_task *record)
{
	struct task_name *place = place_for(tasks, record->tid, record->start_ns);

	place->start_ns = record->start_ns;
	place->tid = record->tid;
	place->used = ++tasks->clock;
	memcpy(place->comm, record->comm, sizeof(place->comm));
}

const __u8 *tasks_find(const struct tasks *tasks, __u32 tid, __u64 time_ns)
{
	const struct task_name *ways = tasks->name[tid % TASKS_SETS], *best = NULL;

	for (unsigned int i = 0; i < TASKS_WAYS; i++) {
		const struct task_name *name = &ways[i];

		if (name->used && name->tid == tid && name->start_ns <= time_ns &&
		    (!best || name->start_ns > best->start_ns))
			best = name;
	}
	return best ? best->comm : NULL;
}

const __u8 *tasks_find_exactly(const struct tasks *tasks, __u32 tid, __u64 start_ns)
{
	const struct task_name *ways = tasks->name[tid % TASKS_SETS];

	for (unsigned int i = 0; i < TASKS_WAYS; i++)
		if (ways[i].used && ways[i].tid == tid && ways[i].start_ns == start_ns)
			return ways[i].comm;
	return NULL;
}

static int by_use(const void *left, const void *right)
{
	const struct task_name *const *a = left, *const *b = right;

	return (*a)->used < (*b)->used ? -1 : (*a)->used > (*b)->used;
}

void tasks_merge(struct tasks *tasks, const struct tasks *other)
{
	const struct task_name *order[TASKS_SETS * TASKS_WAYS] = { NULL }, *names = other->name[0];
	size_t count = 0;

	for (size_t i = 0; i < TASKS_SETS * TASKS_WAYS; i++)
		if (names[i].used)
			order[count++] = &names[i];
	qsort(order, count, sizeof(order[0]), by_use);
	for (size_t i = 0; i < count; i++) {
		struct rec_task record = { .start_ns = order[i]->start_ns, .tid = order[i]->tid };

		memcpy(record.comm, order[i]->comm, sizeof(record.comm));
		tasks_learn(tasks, &record);
	}
}
