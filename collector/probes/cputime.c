// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cputime - CPU time of processes and threads: those that changed most, at each snapshot
 *
 * An event of the ledger is a task whose figures have changed since they were last written, counted
 * at each snapshot.  What the cap leaves out is counted as dropped, and comes later: figures are
 * cumulative.  The closing snapshot has no cap and repeats what it wrote before, so that a figure
 * which was lost on the way heals.
 */
#include "cputime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "clocks.h"
#include "cputime_adjust.h"
#include "probe.h"
#include "proc_cpus.h"
#include "say.h"
#include "task_filter.h"
#include "task_table.h"
#include "tasktime_hook.h"

#define MAX_DEFAULT 64
#define TASKS_DEFAULT 4096
#define NS_PER_START (10 * NS_PER_MS) /* /proc tells when a task began to 1/100 s, rounded down */
#define RECORDS_PER_NAME 16	      /* a lost name heals after that many records of the task */

static struct task_filter filter;
static __u32 max_tasks = MAX_DEFAULT, room = TASKS_DEFAULT;

static struct task_table table;
static struct rec_cputime_system baseline;
static int stat_fd = -1;
static __u32 reading_flags; /* of the last reading */
static __u64 tasks_ns;
static __u64 entered, delivered, map_full, user_dropped;

static int set_pid(const char *text)
{
	return filter_set_tgid(&filter, text);
}

static int set_comm(const char *text)
{
	return filter_set_comm(&filter, text);
}

static int set_threads(const char *text)
{
	(void)text;
	tasktime_config.threads = true;
	return 0;
}

static int set_max(const char *text)
{
	return parse_u32(text, 1, TASKS_ROOM_MAX, &max_tasks);
}

static int set_tasks(const char *text)
{
	return parse_u32(text, 1, TASKS_ROOM_MAX, &room);
}

static int set_way(const char *text)
{
	if (!tasktime_hook_has_way(text))
		return -EINVAL;
	tasktime_config.only_way = !strcmp(text, "iter") ? "iter" : "proc";
	return 0;
}

static const struct probe_option options[] = {
	{ "threads", NULL, "also each thread", set_threads },
	{ "max", "TASKS", "written per snapshot, those that used most first (default 64)",
	  set_max },
	{ "tasks", "TASKS", "kept in mind (default 4096)", set_tasks },
	{ "way", "iter or proc", "read tasks only this way", set_way },
	{ "pid", "PID", "only this process", set_pid },
	{ "comm", "PREFIX (up to 15 bytes)", "only processes whose name starts so", set_comm },
	{ NULL, NULL, NULL, NULL },
};

static bool is_wanted(const struct task_reading *reading)
{
	if (filter.tgid && filter.tgid != reading->tgid)
		return false;
	return !memcmp(filter.comm, reading->process_comm, filter.comm_len) ||
	       task_table_has(&table, reading);
}

static void take(const struct task_reading *reading)
{
	reading_flags = reading->flags;
	if (is_wanted(reading))
		task_table_take(&table, reading);
}

static int walk(void)
{
	int err;

	task_table_begin(&table);
	err = tasktime_hook_walk(take);
	task_table_end(&table);
	return err;
}

static __u8 system_flags(void)
{
	__u8 flags = filter.active ? CPUTIME_FILTERED : 0;

	if (reading_flags & READING_IRQ_APART)
		flags |= CPUTIME_IRQ_APART;
	if (reading_flags & READING_STEAL_APART)
		flags |= CPUTIME_STEAL_APART;
	if (reading_flags & READING_UNKNOWN_APART)
		flags |= CPUTIME_UNKNOWN_APART;
	return flags;
}

static void read_system(struct rec_cputime_system *record, __u64 time_ns)
{
	*record = (struct rec_cputime_system) { .type = REC_cputime_system, .time_ns = time_ns };
	if (stat_fd >= 0)
		proc_cpus_read(stat_fd, record);
	record->flags = system_flags();
	record->tasks = (__u16)(table.processes < USHRT_MAX ? table.processes : USHRT_MAX);
}

/* What was there before the recording does not count, but changes from here on do. */
static int first_walk(void)
{
	int err;

	task_table_close(&table);
	err = task_table_open(&table, room, tasktime_config.threads);
	if (err)
		return err;
	if (stat_fd < 0)
		stat_fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	baseline.time_ns = now_ns();
	table.since_ns = baseline.time_ns - NS_PER_START;
	err = walk();
	if (!err && !table.processes && !filter.active)
		err = -ENODATA;
	read_system(&baseline, baseline.time_ns);
	baseline.flags |= CPUTIME_BASELINE;
	return err;
}

static void enable(struct stream *stream)
{
	(void)stream;
	tasktime_config.first_walk = first_walk;
}

static void write_name(struct task *task, __u64 time_ns, struct stream *stream)
{
	struct rec_task record = {
		.type = REC_task,
		.time_ns = time_ns,
		.start_ns = task->start_ns,
		.tid = task->tid,
		.tgid = task->tgid,
	};

	if (!(task->flags & TASK_RENAMED) && task->records % RECORDS_PER_NAME)
		return;
	memcpy(record.comm, task->comm, sizeof(record.comm));
	stream_add(stream, &record);
	task->flags &= (__u16)~TASK_RENAMED;
}

static void write_figures(const struct task *task, const struct cpu_figures *figures, __u8 flags,
			  __u64 time_ns, struct stream *stream)
{
	static const struct shown_figures none;
	struct rec_cputime record = {
		.type = REC_cputime,
		.flags = (__u8)(task->flags & TASK_RECORD_FLAGS) | flags,
		.time_ns = time_ns,
		.start_ns = task->start_ns,
		.tid = task->tid,
		.tgid = task->tgid,
		.utime_ns = figures->utime_ns,
		.stime_ns = figures->stime_ns,
		.runtime_ns = figures->runtime_ns,
	};

	record.system_share =
		cputime_system_share(figures, flags & CPUTIME_BASELINE ? &none : &task->shown);
	stream_add(stream, &record);
}

static void write_children(const struct task *task, const struct shown_figures *children,
			   __u8 flags, __u64 time_ns, struct stream *stream)
{
	struct rec_cputime_children record = {
		.type = REC_cputime_children,
		.flags = (__u8)(task->flags & TASK_RECORD_FLAGS) | flags,
		.time_ns = time_ns,
		.start_ns = task->start_ns,
		.tgid = task->tgid,
		.utime_ns = children->utime_ns,
		.stime_ns = children->stime_ns,
	};

	stream_add(stream, &record);
}

static bool is_older_than_recording(const struct task *task)
{
	return task->start_ns < baseline.time_ns;
}

/* Before the first change, what there was before it; tasks that are younger began with nothing. */
static void write_task(struct task *task, __u64 time_ns, struct stream *stream)
{
	bool first = !task->records;

	write_name(task, time_ns, stream);
	if (first && is_older_than_recording(task))
		write_figures(task, &task->written, CPUTIME_BASELINE, baseline.time_ns, stream);
	write_figures(task, &task->now, 0, time_ns, stream);
	if (first && is_older_than_recording(task) &&
	    (task->children_written.utime_ns || task->children_written.stime_ns))
		write_children(task, &task->children_written, CPUTIME_BASELINE, baseline.time_ns,
			       stream);
	if (task_children_changed(task))
		write_children(task, &task->children, 0, time_ns, stream);
	task_table_written(&table, task);
	task->records += task->records < USHRT_MAX;
	delivered++;
}

struct left_out {
	__u32 tasks;
	__u64 ns; /* of processes */
};

static void leave_out(struct task *task, struct left_out *left_out)
{
	task->flags |= CPUTIME_LATE;
	left_out->tasks++;
	if (task->flags & CPUTIME_PROCESS)
		left_out->ns += task->now.runtime_ns - task->written.runtime_ns;
	user_dropped++;
}

/* With the greatest change first, up to the cap; at the end all. */
static struct left_out write_tasks(__u64 time_ns, bool final, struct stream *stream)
{
	struct left_out left_out = { 0, 0 };
	__u32 ties = 0;
	__u64 threshold = final ? 0 : task_table_threshold(&table, max_tasks, &ties);

	for (struct task *task = task_table_next(&table, NULL); task;
	     task = task_table_next(&table, task)) {
		__u64 change = task_change(task);

		if (!change && !(final && task->records))
			continue;
		entered++;
		if (final || change > threshold || (change == threshold && ties && ties--))
			write_task(task, time_ns, stream);
		else
			leave_out(task, &left_out);
	}
	entered += table.refused;
	map_full += table.refused;
	return left_out;
}

static void write_system(__u64 time_ns, struct left_out left_out, struct stream *stream)
{
	struct rec_cputime_system record;
	__u64 grown_ns = table.written_ns + left_out.ns, left_out_us = left_out.ns / 1000;

	/* a process whose threads exit while they are read may seem to have used less than before */
	tasks_ns = grown_ns > tasks_ns ? grown_ns : tasks_ns;
	read_system(&record, time_ns);
	record.tasks_ns = tasks_ns;
	record.left_out = (__u16)(left_out.tasks < USHRT_MAX ? left_out.tasks : USHRT_MAX);
	record.left_out_us = (__u32)(left_out_us < UINT_MAX ? left_out_us : UINT_MAX);
	stream_add(stream, &record);
}

static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	static bool told;
	int err = walk();

	if (err) {
		if (!told)
			say("cputime: cannot read tasks any more: %s", strerror(-err));
		told = true;
		return;
	}
	if (baseline.type)
		stream_add(stream, &baseline);
	baseline.type = 0;
	write_system(time_ns, write_tasks(time_ns, final, stream), stream);
	task_table_sweep(&table);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	columns[LEDGER_entered] = entered;
	columns[LEDGER_delivered] = delivered;
	columns[LEDGER_map_full] = map_full;
	columns[LEDGER_user_dropped] = user_dropped;
}

const struct probe probe_cputime = {
	.options = options,
	.hook = &tasktime_hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
