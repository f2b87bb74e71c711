// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cputable - the tasks that cputime records are about: their figures now, at first, and when the
 * step began
 */
#include "cputable.h"

#include <string.h>

#define ROOM_AT_FIRST 64

/* Murmur3's finalizer: ids and start times come in order. */
static __u32 hash(__u32 tid, __u64 start_ns, bool process)
{
	__u64 key = start_ns ^ (__u64)tid << 32 ^ (process ? 1u << 31 : 0);

	key ^= key >> 33;
	key *= 0xff51afd7ed558ccdULL;
	key ^= key >> 33;
	return (__u32)key;
}

static bool is_process(const struct cpu_task *task)
{
	return task->flags & CPUTIME_PROCESS;
}

/* The task, or the empty place where it belongs. */
static struct cpu_task *find(const struct cputable *table, __u32 tid, __u64 start_ns, bool process)
{
	__u32 at = hash(tid, start_ns, process);

	for (;; at++) {
		struct cpu_task *task = &table->task[at & (table->room - 1)];

		if (!task->used)
			return task;
		if (task->tid == tid && task->start_ns == start_ns && is_process(task) == process)
			return task;
	}
}

static bool grow(struct cputable *table, struct budget *budget)
{
	__u32 room = table->room ? table->room * 2 : ROOM_AT_FIRST;
	struct cputable larger = *table;

	if (room > CPUTABLE_MAX)
		return false;
	larger.task = budget_take(budget, room * sizeof(*larger.task));
	if (!larger.task)
		return false;
	larger.room = room;
	for (__u32 i = 0; i < table->room; i++) {
		const struct cpu_task *task = &table->task[i];

		if (task->used)
			*find(&larger, task->tid, task->start_ns, is_process(task)) = *task;
	}
	budget_give(budget, table->task, table->room * sizeof(*table->task));
	*table = larger;
	return true;
}

/* A quarter of the places stays empty, so that a search ends soon. */
struct cpu_task *cputable_place(struct cputable *table, struct budget *budget, __u32 tid,
				__u64 start_ns, bool process)
{
	struct cpu_task *task;

	if (table->room) {
		task = find(table, tid, start_ns, process);
		if (task->used)
			return task;
	}
	if (table->count >= table->room / 4 * 3 && !grow(table, budget)) {
		table->refused++;
		return NULL;
	}
	task = find(table, tid, start_ns, process);
	table->count++;
	task->used = true;
	task->tid = tid;
	task->start_ns = start_ns;
	task->flags = process ? CPUTIME_PROCESS : 0;
	return task;
}

void cputable_release(struct cputable *table, struct budget *budget)
{
	budget_give(budget, table->task, table->room * sizeof(*table->task));
	*table = (struct cputable) { 0 };
}

/* @value * @share / 2^32 */
static __u64 part_of(__u64 value, __u32 share)
{
	return (value >> 32) * share + ((value & ~0u) * share >> 32);
}

struct cpu_times cpu_times_of(const struct rec_cputime *record, const struct cpu_times *times)
{
	struct cpu_times now = *times;

	now.runtime_ns = record->runtime_ns;
	now.raw_user_ns = record->utime_ns;
	now.raw_system_ns = record->stime_ns;
	now.system_ns = record->flags & CPUTIME_AS_IN_PROC
				? record->stime_ns
				: part_of(record->runtime_ns, record->system_share);
	return now;
}

static __u64 growth(__u64 now, __u64 before)
{
	return now > before ? now - before : 0;
}

/*
 * The kernel scales whole lives, so that from one reading to the next it may move time from one kind
 * to the other; what was used in between cannot be less than nothing or more than all.
 */
struct cpu_times cpu_times_since(const struct cpu_task *task, const struct cpu_times *before)
{
	const struct cpu_times *now = &task->last;
	struct cpu_times grown = {
		.runtime_ns = growth(now->runtime_ns, before->runtime_ns),
		.raw_user_ns = growth(now->raw_user_ns, before->raw_user_ns),
		.raw_system_ns = growth(now->raw_system_ns, before->raw_system_ns),
		.system_ns = growth(now->system_ns, before->system_ns),
		.children_user_ns = growth(now->children_user_ns, before->children_user_ns),
		.children_system_ns = growth(now->children_system_ns, before->children_system_ns),
	};

	if (!(task->flags & CPUTIME_AS_IN_PROC) && grown.system_ns > grown.runtime_ns)
		grown.system_ns = grown.runtime_ns;
	return grown;
}

__u64 cpu_user_ns(const struct cpu_task *task, const struct cpu_times *times)
{
	if (task->flags & CPUTIME_AS_IN_PROC)
		return times->raw_user_ns;
	return growth(times->runtime_ns, times->system_ns);
}
