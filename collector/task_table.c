// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * task_table - the tasks there are: their CPU time as read and as last written
 *
 * A process's figures are those of its gone threads, as the kernel keeps them, plus those of the
 * threads met.  The former are taken with the first of its threads that a walk meets, so that a
 * thread which exits meanwhile is not counted twice: it was met, or it is missing until the next
 * walk.  What then would be less than was written before is kept as it was written.
 */
#include "task_table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "cputime.h"

static size_t tasks_size(__u32 room)
{
	return (room + 1) * sizeof(struct task);
}

/* As many as places, rounded up to a power of two. */
static __u32 bucket_count(__u32 room)
{
	__u32 count = 1;

	while (count < room)
		count *= 2;
	return count;
}

static void *take_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

int task_table_open(struct task_table *table, __u32 room, bool threads)
{
	*table = (struct task_table) { .room = room, .threads = threads };
	table->tasks = take_memory(tasks_size(room));
	table->buckets = take_memory(bucket_count(room) * sizeof(*table->buckets));
	if (table->tasks && table->buckets)
		return 0;
	task_table_close(table);
	return -ENOMEM;
}

void task_table_close(struct task_table *table)
{
	if (table->tasks)
		munmap(table->tasks, tasks_size(table->room));
	if (table->buckets)
		munmap(table->buckets, bucket_count(table->room) * sizeof(*table->buckets));
	table->tasks = NULL;
	table->buckets = NULL;
}

void task_table_begin(struct task_table *table)
{
	table->walk++;
	table->refused = 0;
	table->processes = 0;
}

static __u16 *bucket_of(const struct task_table *table, __u32 tid)
{
	return &table->buckets[tid & (bucket_count(table->room) - 1)];
}

static struct task *find(const struct task_table *table, __u32 tid, __u64 start_ns, bool process)
{
	for (__u16 at = *bucket_of(table, tid); at; at = table->tasks[at].next) {
		struct task *task = &table->tasks[at];

		if (task->tid == tid && task->start_ns == start_ns &&
		    !(task->flags & CPUTIME_PROCESS) == !process)
			return task;
	}
	return NULL;
}

static struct task *add(struct task_table *table, __u32 tid, __u64 start_ns, bool process)
{
	__u16 *bucket = bucket_of(table, tid);
	struct task *task;
	__u32 at = table->free;

	if (at)
		table->free = table->tasks[at].next;
	else if (table->used < table->room)
		at = ++table->used;
	else
		return NULL;
	task = &table->tasks[at];
	memset(task, 0, sizeof(*task));
	task->tid = tid;
	task->start_ns = start_ns;
	task->flags = TASK_USED | TASK_NEW | TASK_RENAMED | (process ? CPUTIME_PROCESS : 0);
	task->walk = (__u16)(table->walk - 1);
	task->next = *bucket;
	*bucket = (__u16)at;
	return task;
}

static void set_name(struct task *task, const __u8 *comm)
{
	if (!memcmp(task->comm, comm, COMM_SIZE))
		return;
	memcpy(task->comm, comm, COMM_SIZE);
	task->flags |= TASK_RENAMED;
}

static void set_flag(struct task *task, __u16 flag, bool on)
{
	task->flags = (__u16)(on ? task->flags | flag : task->flags & ~flag);
}

/* The first meeting of this walk. */
static void begin_task(struct task_table *table, struct task *task,
		       const struct task_reading *reading)
{
	task->walk = table->walk;
	task->tgid = reading->tgid;
	set_flag(task, CPUTIME_AS_IN_PROC, reading->flags & READING_AS_IN_PROC);
	set_flag(task, CPUTIME_GONE, false);
}

static void begin_process(struct task_table *table, struct task *task,
			  const struct task_reading *reading)
{
	bool leader_exited = reading->flags & READING_LEADER_EXITED;

	begin_task(table, task, reading);
	table->processes++;
	task->now = reading->process;
	task->shown = reading->process_shown;
	task->children.utime_ns = reading->children_utime_ns;
	task->children.stime_ns = reading->children_stime_ns;
	set_name(task, reading->process_comm);
	set_flag(task, CPUTIME_LEADER_GONE, leader_exited && reading->threads > 1);
	set_flag(task, CPUTIME_EXITED, leader_exited && reading->threads <= 1);
}

static void add_figures(struct cpu_figures *sum, const struct cpu_figures *more)
{
	sum->utime_ns += more->utime_ns;
	sum->stime_ns += more->stime_ns;
	sum->runtime_ns += more->runtime_ns;
}

static struct task *place_for(struct task_table *table, __u32 tid, __u64 start_ns, bool process)
{
	struct task *task = find(table, tid, start_ns, process);

	task = task ? task : add(table, tid, start_ns, process);
	if (!task)
		table->refused++;
	return task;
}

/* Without a place for it, a process is refused once, with its main thread. */
static struct task *process_of(struct task_table *table, const struct task_reading *reading)
{
	__u32 refused = table->refused;
	struct task *task = place_for(table, reading->tgid, reading->process_start_ns, true);

	if (reading->tid != reading->tgid)
		table->refused = refused;
	return task;
}

static void take_process(struct task_table *table, const struct task_reading *reading)
{
	struct task *task = process_of(table, reading);

	if (!task)
		return;
	if (task->walk != table->walk)
		begin_process(table, task, reading);
	if (!(reading->flags & READING_PROCESS_ONLY))
		add_figures(&task->now, &reading->thread);
}

static void take_thread(struct task_table *table, const struct task_reading *reading)
{
	struct task *task = place_for(table, reading->tid, reading->start_ns, false);

	if (!task)
		return;
	begin_task(table, task, reading);
	task->now = reading->thread;
	task->shown = reading->thread_shown;
	set_name(task, reading->comm);
	set_flag(task, CPUTIME_EXITED, reading->flags & READING_EXITED);
}

void task_table_take(struct task_table *table, const struct task_reading *reading)
{
	if (!(reading->flags & READING_THREAD_ONLY))
		take_process(table, reading);
	if (table->threads && !(reading->flags & READING_PROCESS_ONLY))
		take_thread(table, reading);
}

static __u64 greater(__u64 one, __u64 other)
{
	return one > other ? one : other;
}

static void keep_forward(struct cpu_figures *now, const struct cpu_figures *before)
{
	now->utime_ns = greater(now->utime_ns, before->utime_ns);
	now->stime_ns = greater(now->stime_ns, before->stime_ns);
	now->runtime_ns = greater(now->runtime_ns, before->runtime_ns);
}

static void set_written(struct task *task)
{
	task->written = task->now;
	task->children_written = task->children;
}

void task_table_end(struct task_table *table)
{
	for (struct task *task = task_table_next(table, NULL); task;
	     task = task_table_next(table, task)) {
		keep_forward(&task->now, &task->written);
		if (task->flags & TASK_NEW && task->start_ns < table->since_ns)
			set_written(task);
		set_flag(task, TASK_NEW, false);
		if (task->walk != table->walk)
			set_flag(task, CPUTIME_GONE, true);
	}
}

bool task_table_has(const struct task_table *table, const struct task_reading *reading)
{
	return find(table, reading->tgid, reading->process_start_ns, true);
}

struct task *task_table_next(const struct task_table *table, const struct task *task)
{
	for (__u32 at = task ? (__u32)(task - table->tasks) + 1 : 1; at <= table->used; at++)
		if (table->tasks[at].flags & TASK_USED)
			return &table->tasks[at];
	return NULL;
}

bool task_children_changed(const struct task *task)
{
	return task->children.utime_ns != task->children_written.utime_ns ||
	       task->children.stime_ns != task->children_written.stime_ns;
}

__u64 task_change(const struct task *task)
{
	__u64 change = task->now.runtime_ns - task->written.runtime_ns;

	if (task_children_changed(task) || memcmp(&task->now, &task->written, sizeof(task->now)))
		return greater(change, 1);
	return 0;
}

void task_table_written(struct task_table *table, struct task *task)
{
	if (task->flags & CPUTIME_PROCESS)
		table->written_ns += task->now.runtime_ns - task->written.runtime_ns;
	set_written(task);
	set_flag(task, CPUTIME_LATE, false);
}

static void give_back(struct task_table *table, struct task *task)
{
	__u16 at = (__u16)(task - table->tasks), *link = bucket_of(table, task->tid);

	while (*link != at)
		link = &table->tasks[*link].next;
	*link = task->next;
	task->flags = 0;
	task->next = (__u16)table->free;
	table->free = at;
}

void task_table_sweep(struct task_table *table)
{
	for (struct task *task = task_table_next(table, NULL); task;
	     task = task_table_next(table, task))
		if (task->flags & CPUTIME_GONE && !task_change(task))
			give_back(table, task);
}

static __u32 count_above(const struct task_table *table, __u64 change)
{
	__u32 count = 0;

	for (struct task *task = task_table_next(table, NULL); task;
	     task = task_table_next(table, task))
		count += task_change(task) > change;
	return count;
}

static __u64 greatest_change(const struct task_table *table)
{
	__u64 greatest = 0;

	for (struct task *task = task_table_next(table, NULL); task;
	     task = task_table_next(table, task))
		greatest = greater(greatest, task_change(task));
	return greatest;
}

/* Bit by bit: the least change that at most @most exceed. */
__u64 task_table_threshold(const struct task_table *table, __u32 most, __u32 *ties)
{
	__u64 greatest = greatest_change(table), bit = 1, threshold;

	*ties = 0;
	if (count_above(table, 0) <= most)
		return 0;
	while (bit <= greatest / 2)
		bit *= 2;
	threshold = bit * 2 - 1;
	for (; bit; bit /= 2)
		if (count_above(table, threshold & ~bit) <= most)
			threshold &= ~bit;
	*ties = most - count_above(table, threshold);
	return threshold;
}
