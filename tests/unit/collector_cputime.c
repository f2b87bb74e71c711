// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_cputime - /proc's arithmetic, its files, and the table of tasks
 */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cputime.h"
#include "cputime_adjust.h"
#include "probe.h"
#include "proc_cpus.h"
#include "proc_tasks.h"
#include "task_table.h"

#define MS 1000000ull

__extension__ typedef unsigned __int128 u128;

/*
 * Adjusting
 */

static __u64 share_of(__u64 value, __u32 share)
{
	return (__u64)((u128)value * share >> 32);
}

/* The kernel's own arithmetic, in 128 bits. */
static __u64 expected_system(const struct cpu_figures *raw, const struct shown_figures *shown)
{
	__u64 stime;

	if (shown->stime_ns + shown->utime_ns >= raw->runtime_ns)
		return shown->stime_ns;
	if (!raw->stime_ns)
		stime = 0;
	else if (!raw->utime_ns)
		stime = raw->runtime_ns;
	else
		stime = (__u64)((u128)raw->stime_ns * raw->runtime_ns /
				(raw->stime_ns + raw->utime_ns));
	if (stime < shown->stime_ns)
		stime = shown->stime_ns;
	if (raw->runtime_ns - stime < shown->utime_ns)
		stime = raw->runtime_ns - shown->utime_ns;
	return stime;
}

static void check_adjusted(struct cpu_figures raw, struct shown_figures shown)
{
	__u64 wanted = expected_system(&raw, &shown);
	__u64 got = share_of(raw.runtime_ns, cputime_system_share(&raw, &shown));
	__u64 near = (raw.runtime_ns >> 32) + 2;

	if (got > wanted + near || wanted > got + near)
		fail_msg("utime %llu stime %llu runtime %llu: system %llu, not %llu", raw.utime_ns,
			 raw.stime_ns, raw.runtime_ns, got, wanted);
}

static void test_adjusting(void **state)
{
	static const struct shown_figures none;

	(void)state;
	check_adjusted((struct cpu_figures) { 0, 0, 0 }, none);
	check_adjusted((struct cpu_figures) { 0, 0, 3 * MS }, none);
	check_adjusted((struct cpu_figures) { 4 * MS, 0, 3 * MS }, none);
	check_adjusted((struct cpu_figures) { 0, 4 * MS, 3 * MS }, none);
	check_adjusted((struct cpu_figures) { 8 * MS, 4 * MS, 13 * MS }, none);
	check_adjusted((struct cpu_figures) { 1, ~0ull >> 2, ~0ull >> 1 }, none);
	check_adjusted((struct cpu_figures) { ~0ull >> 2, ~0ull >> 2, ~0ull >> 1 }, none);
	check_adjusted((struct cpu_figures) { 8640000000 * MS, 7 * MS, 8650000000 * MS }, none);
}

/* What was shown once is never taken back. */
static void test_adjusting_keeps_what_was_shown(void **state)
{
	(void)state;
	check_adjusted((struct cpu_figures) { 8 * MS, 4 * MS, 13 * MS },
		       (struct shown_figures) { 0, 10 * MS });
	check_adjusted((struct cpu_figures) { 8 * MS, 4 * MS, 13 * MS },
		       (struct shown_figures) { 12 * MS, 0 });
	check_adjusted((struct cpu_figures) { 0, 4 * MS, 13 * MS },
		       (struct shown_figures) { 12 * MS, 1 * MS });
	check_adjusted((struct cpu_figures) { 8 * MS, 4 * MS, 13 * MS },
		       (struct shown_figures) { 9 * MS, 5 * MS });
}

static void test_shares(void **state)
{
	(void)state;
	assert_int_equal(share_q32(0, 0), 0);
	assert_int_equal(share_q32(0, 7), 0);
	assert_int_equal(share_q32(7, 7), ~0u);
	assert_int_equal(share_q32(8, 7), ~0u);
	assert_int_equal(share_q32(1, 2), 1u << 31);
	assert_int_equal(share_q32(1, 3), 0x55555556);
	assert_int_equal(share_q32(~0ull - 1, ~0ull), ~0u);
	assert_int_equal(share_q32(1ull << 62, 1ull << 63), 1u << 31);
}

/*
 * /proc
 */

static void test_line(void **state)
{
	struct task_reading reading;

	(void)state;
	assert_true(proc_tasks_parse("42 (a) (b) Z c) S 1 42 42 0 -1 4194560 9 8 7 6 123 45 67 89 "
				     "20 0 3 0 5000 1 2 3\n",
				     &reading));
	assert_int_equal(reading.tid, 42);
	assert_string_equal((char *)reading.comm, "a) (b) Z c");
	assert_true(reading.thread_shown.utime_ns == 1230 * MS);
	assert_true(reading.thread_shown.stime_ns == 450 * MS);
	assert_true(reading.children_utime_ns == 670 * MS);
	assert_true(reading.children_stime_ns == 890 * MS);
	assert_int_equal(reading.threads, 3);
	assert_true(reading.start_ns == 50000 * MS);
	assert_false(reading.flags & READING_EXITED);
	assert_true(proc_tasks_parse("42 (kworker/0:1-a very long name) Z 1 2 3 4 5 6 7 8 9 10 11 "
				     "12 13 14 15 16 1 18 19",
				     &reading));
	assert_memory_equal(reading.comm, "kworker/0:1-a v", COMM_SIZE);
	assert_true(reading.flags & READING_EXITED);
}

static void test_no_line(void **state)
{
	static const char *const lines[] = { "",    "42",     "42 (a",	  "42 a) S 1",
					     ") (", "42 (a)", "42 (a) S", "x (a) S 1 2 3" };
	struct task_reading reading;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		assert_false(proc_tasks_parse(lines[i], &reading));
}

static struct task_reading taken[16];
static unsigned int taken_count;

static void take(const struct task_reading *reading)
{
	assert_true(taken_count < COUNT_OF(taken));
	taken[taken_count++] = *reading;
}

/* Of thread @tid. */
static const struct task_reading *taken_of(__u32 tid, __u32 flag)
{
	for (unsigned int i = 0; i < taken_count; i++)
		if (taken[i].tid == tid && taken[i].flags & flag)
			return &taken[i];
	fail_msg("nothing was read of %u", tid);
	return NULL;
}

static void make_file(const char *root, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Two processes, one of two threads, one thread without its files, and what is no process. */
static int make_proc(const char *root)
{
	make_file(root, "7/stat", "7 (one) S 1 1 1 0 -1 0 0 0 0 0 10 20 30 40 20 0 1 0 500 0");
	make_file(root, "7/task/7/stat",
		  "7 (one) S 1 1 1 0 -1 0 0 0 0 0 10 20 30 40 20 0 1 0 500 0");
	make_file(root, "7/task/7/schedstat", "301234567 5 6\n");
	make_file(root, "8/stat", "8 (two) Z 1 1 1 0 -1 0 0 0 0 0 5 6 0 0 20 0 2 0 600 0");
	make_file(root, "8/task/8/stat", "8 (two) Z 1 1 1 0 -1 0 0 0 0 0 1 2 0 0 20 0 2 0 600 0");
	make_file(root, "8/task/9/stat", "9 (other) R 1 1 1 0 -1 0 0 0 0 0 4 4 0 0 20 0 2 0 601 0");
	make_file(root, "8/task/10/status", "");
	make_file(root, "11/status", "");
	make_file(root, "12/stat", "");
	make_file(root, "self", "");
	make_file(root, "0/stat", "");
	make_file(root, "13x/stat", "13 (x) S 1 1 1 0 -1 0 0 0 0 0 10 20 30 40 20 0 1 0 500 0");
	return open(root, O_RDONLY | O_DIRECTORY);
}

static void test_walk(void **state)
{
	const char *path = directory_make();
	int root = make_proc(path);
	const struct task_reading *reading;

	(void)state;
	for (int again = 0; again < 2; again++) {
		taken_count = 0;
		assert_int_equal(proc_tasks_walk(root, true, take), 0);
		assert_int_equal(taken_count, 5);
	}
	reading = taken_of(7, READING_PROCESS_ONLY);
	assert_true(reading->flags & READING_AS_IN_PROC);
	assert_true(reading->process.runtime_ns == 300 * MS);
	assert_true(reading->process.utime_ns == 100 * MS);
	assert_true(reading->process_start_ns == 5000 * MS);
	reading = taken_of(7, READING_THREAD_ONLY);
	assert_true(reading->thread.runtime_ns == 301234567);
	reading = taken_of(8, READING_PROCESS_ONLY);
	assert_true(reading->flags & READING_LEADER_EXITED);
	assert_int_equal(reading->threads, 2);
	reading = taken_of(9, READING_THREAD_ONLY);
	assert_int_equal(reading->tgid, 8);
	assert_true(reading->process_start_ns == 6000 * MS);
	assert_true(reading->start_ns == 6010 * MS);
	assert_true(reading->thread.runtime_ns == 80 * MS);
	taken_count = 0;
	assert_int_equal(proc_tasks_walk(root, false, take), 0);
	assert_int_equal(taken_count, 2);
	close(root);
	directory_remove(path);
}

/* The clocks of this very process, by way of the real /proc. */
static void test_walk_of_proc(void **state)
{
	static struct task_reading own;
	int root = open("/proc", O_RDONLY | O_DIRECTORY);
	char line[512];
	FILE *file = fopen("/proc/self/stat", "r");

	(void)state;
	assert_true(root >= 0 && file);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_true(proc_tasks_parse(line, &own));
	assert_int_equal(own.tid, getpid());
	fclose(file);
	close(root);
}

static void test_no_proc(void **state)
{
	(void)state;
	assert_int_equal(proc_tasks_walk(-1, false, take), -EBADF);
}

static void test_cpus(void **state)
{
	struct rec_cputime_system record = { .cpus = 9 };

	(void)state;
	assert_int_equal(proc_cpus_parse("cpu  10 20 30 40 50 60 70 80 0 0\n"
					 "cpu0 1 2 3 4 5 6 7 8 0 0\n"
					 "cpu3 1 2 3 4 5 6 7 8 0 0\n"
					 "intr 1\ncpus 3\n",
					 &record),
			 0);
	assert_int_equal(record.user_ticks, 30);
	assert_int_equal(record.system_ticks, 30);
	assert_int_equal(record.idle_ticks, 40);
	assert_int_equal(record.iowait_ticks, 50);
	assert_int_equal(record.irq_ticks, 130);
	assert_int_equal(record.steal_ticks, 80);
	assert_int_equal(record.cpus, 2);
	assert_int_equal(record.ticks_per_s, 100);
	assert_int_equal(proc_cpus_parse("", &record), -EINVAL);
	assert_int_equal(proc_cpus_parse("cpux", &record), -EINVAL);
	assert_int_equal(proc_cpus_parse("cpu ", &record), 0);
	assert_int_equal(record.cpus, 0);
}

/*
 * The table
 */

static struct task_table table;

/* A thread that has run for @ms; of its process, gone threads ran for @gone_ms. */
static struct task_reading reading_of(__u32 tid, __u32 tgid, __u64 start, __u64 ms, __u64 gone_ms)
{
	struct task_reading reading = {
		.tid = tid,
		.tgid = tgid,
		.threads = 1,
		.start_ns = start,
		.process_start_ns = start - (tid - tgid),
		.thread = { ms * MS, 0, ms * MS },
		.process = { gone_ms * MS, 0, gone_ms * MS },
	};

	snprintf((char *)reading.comm, COMM_SIZE, "thread-%u", tid);
	snprintf((char *)reading.process_comm, COMM_SIZE, "process-%u", tgid);
	return reading;
}

static void meet(__u32 tid, __u32 tgid, __u64 start, __u64 ms, __u64 gone_ms)
{
	struct task_reading reading = reading_of(tid, tgid, start, ms, gone_ms);

	task_table_take(&table, &reading);
}

static struct task *task_of(__u32 tid, bool process)
{
	for (struct task *task = task_table_next(&table, NULL); task;
	     task = task_table_next(&table, task))
		if (task->tid == tid && !(task->flags & CPUTIME_PROCESS) == !process)
			return task;
	return NULL;
}

static __u64 runtime_ms(__u32 tid)
{
	return task_of(tid, true) ? task_of(tid, true)->now.runtime_ns / MS : 0;
}

static void open_table(__u32 room, bool threads)
{
	assert_int_equal(task_table_open(&table, room, threads), 0);
}

static void test_process_is_the_sum_of_its_threads(void **state)
{
	(void)state;
	open_table(16, false);
	task_table_begin(&table);
	meet(10, 10, 100, 5, 100);
	meet(11, 10, 101, 7, 100);
	meet(20, 20, 200, 1, 0);
	task_table_end(&table);
	assert_int_equal(runtime_ms(10), 112);
	assert_int_equal(runtime_ms(20), 1);
	assert_int_equal(table.processes, 2);
	assert_null(task_of(11, false));
	assert_string_equal((char *)task_of(10, true)->comm, "process-10");
	task_table_close(&table);
}

/* A thread exits in the middle of the walk, and its time appears among that of those gone. */
static void test_exit_during_the_walk_counts_once(void **state)
{
	(void)state;
	open_table(16, false);
	task_table_begin(&table);
	meet(10, 10, 100, 5, 0);
	meet(11, 10, 101, 7, 0);
	meet(12, 10, 102, 9, 7);
	task_table_end(&table);
	assert_int_equal(runtime_ms(10), 21);
	task_table_close(&table);
}

/* The thread is gone before it was met: less than before, until the next walk. */
static void test_figures_never_go_back(void **state)
{
	(void)state;
	open_table(16, false);
	task_table_begin(&table);
	meet(10, 10, 100, 5, 0);
	meet(11, 10, 101, 50, 0);
	task_table_end(&table);
	task_table_written(&table, task_of(10, true));
	task_table_begin(&table);
	meet(10, 10, 100, 6, 0);
	task_table_end(&table);
	assert_int_equal(runtime_ms(10), 55);
	assert_true(task_change(task_of(10, true)) == 0);
	task_table_begin(&table);
	meet(10, 10, 100, 6, 51);
	task_table_end(&table);
	assert_int_equal(runtime_ms(10), 57);
	assert_true(task_change(task_of(10, true)) == 2 * MS);
	task_table_close(&table);
}

static void test_main_thread_gone(void **state)
{
	struct task_reading reading = reading_of(10, 10, 100, 5, 0);

	(void)state;
	open_table(16, false);
	reading.flags = READING_EXITED | READING_LEADER_EXITED;
	reading.threads = 2;
	task_table_begin(&table);
	task_table_take(&table, &reading);
	task_table_end(&table);
	assert_true(task_of(10, true)->flags & CPUTIME_LEADER_GONE);
	assert_false(task_of(10, true)->flags & CPUTIME_EXITED);
	reading.threads = 1;
	task_table_begin(&table);
	task_table_take(&table, &reading);
	task_table_end(&table);
	assert_false(task_of(10, true)->flags & CPUTIME_LEADER_GONE);
	assert_true(task_of(10, true)->flags & CPUTIME_EXITED);
	task_table_close(&table);
}

/* The same id, another start: another task, with figures of its own. */
static void test_reused_id(void **state)
{
	(void)state;
	open_table(16, false);
	task_table_begin(&table);
	meet(10, 10, 100, 900, 0);
	task_table_end(&table);
	task_table_written(&table, task_of(10, true));
	task_table_begin(&table);
	meet(10, 10, 555, 3, 0);
	task_table_end(&table);
	task_table_sweep(&table);
	assert_int_equal(runtime_ms(10), 3);
	assert_true(task_of(10, true)->start_ns == 555);
	assert_true(task_change(task_of(10, true)) == 3 * MS);
	task_table_close(&table);
}

/* What it used before it was first met is not what it used since. */
static void test_old_task_met_late(void **state)
{
	(void)state;
	open_table(16, false);
	table.since_ns = 1000;
	task_table_begin(&table);
	meet(10, 10, 100, 900, 0);
	meet(20, 20, 2000, 8, 0);
	task_table_end(&table);
	assert_true(task_change(task_of(10, true)) == 0);
	assert_true(task_change(task_of(20, true)) == 8 * MS);
	task_table_begin(&table);
	meet(10, 10, 100, 901, 0);
	meet(20, 20, 2000, 8, 0);
	task_table_end(&table);
	assert_true(task_change(task_of(10, true)) == MS);
	task_table_close(&table);
}

/* Gone tasks keep their places until they were written. */
static void test_gone_tasks(void **state)
{
	(void)state;
	open_table(2, false);
	task_table_begin(&table);
	meet(10, 10, 100, 5, 0);
	meet(20, 20, 200, 6, 0);
	meet(30, 30, 300, 7, 0);
	task_table_end(&table);
	assert_int_equal(table.refused, 1);
	assert_null(task_of(30, true));
	task_table_written(&table, task_of(20, true));
	task_table_sweep(&table);
	task_table_begin(&table);
	meet(30, 30, 300, 7, 0);
	task_table_end(&table);
	assert_int_equal(table.refused, 1);
	task_table_sweep(&table);
	assert_true(task_of(10, true)->flags & CPUTIME_GONE);
	assert_null(task_of(20, true));
	task_table_written(&table, task_of(10, true));
	task_table_sweep(&table);
	assert_null(task_table_next(&table, NULL));
	task_table_begin(&table);
	meet(30, 30, 300, 7, 0);
	meet(40, 40, 400, 7, 0);
	task_table_end(&table);
	assert_int_equal(table.refused, 0);
	assert_int_equal(runtime_ms(30), 7);
	assert_int_equal(runtime_ms(40), 7);
	assert_true(table.written_ns == 11 * MS);
	task_table_close(&table);
}

static void test_threads(void **state)
{
	(void)state;
	open_table(16, true);
	task_table_begin(&table);
	meet(10, 10, 100, 5, 3);
	meet(11, 10, 101, 7, 3);
	task_table_end(&table);
	assert_int_equal(runtime_ms(10), 15);
	assert_true(task_of(10, false)->now.runtime_ns == 5 * MS);
	assert_true(task_of(11, false)->now.runtime_ns == 7 * MS);
	assert_int_equal(task_of(11, false)->tgid, 10);
	task_table_written(&table, task_of(11, false));
	assert_true(table.written_ns == 0);
	task_table_close(&table);
}

static __u32 count_chosen(__u64 threshold, __u32 ties)
{
	__u32 chosen = 0;

	for (struct task *task = task_table_next(&table, NULL); task;
	     task = task_table_next(&table, task)) {
		__u64 change = task_change(task);

		if (change && (change > threshold || (change == threshold && ties && ties--)))
			chosen++;
	}
	return chosen;
}

static void test_threshold(void **state)
{
	__u32 ties;
	__u64 threshold;

	(void)state;
	open_table(100, false);
	threshold = task_table_threshold(&table, 5, &ties);
	assert_int_equal(count_chosen(threshold, ties), 0);
	task_table_begin(&table);
	for (__u32 i = 1; i <= 90; i++)
		meet(i, i, i, i % 9, 0);
	task_table_end(&table);
	for (__u32 most = 1; most <= 100; most++) {
		threshold = task_table_threshold(&table, most, &ties);
		assert_int_equal(count_chosen(threshold, ties), most < 80 ? most : 80);
	}
	threshold = task_table_threshold(&table, 10, &ties);
	assert_true(threshold == 7 * MS || ties == 10 || threshold == 8 * MS - 1);
	task_table_close(&table);
}

/* Many tasks in few places, again and again. */
static void test_churn(void **state)
{
	(void)state;
	open_table(50, true);
	for (__u32 round = 0; round < 200; round++) {
		task_table_begin(&table);
		for (__u32 i = 0; i < 30; i++)
			meet(1 + (round * 7 + i) % 100, 1 + (round * 7 + i) % 100, round / 3 + 1, i,
			     0);
		task_table_end(&table);
		for (struct task *task = task_table_next(&table, NULL); task;
		     task = task_table_next(&table, task))
			task_table_written(&table, task);
		task_table_sweep(&table);
		assert_true(table.used <= 50);
	}
	task_table_begin(&table);
	task_table_end(&table);
	task_table_sweep(&table);
	assert_null(task_table_next(&table, NULL));
	task_table_close(&table);
}

/*
 * The probe
 */

static struct task_reading crowd[40];

/* @count processes that began after the recording did, of which number i has used i times @ms. */
static void crowd_uses(unsigned int count, __u64 ms)
{
	for (__u32 i = 0; i < count; i++)
		crowd[i] = reading_of(i + 1, i + 1, ~0ull >> 1, i * ms, 0);
	fake_tasks = (struct fake_tasks) { crowd, count, 0 };
}

/* Records of @type in what was written, and how many of them have a bit of @flags. */
static unsigned int written(__u8 type, __u8 flags)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < fake_records(); i++) {
		const struct record *record = fake_record(i);

		count += record->type == type && (!flags || record->flags & flags);
	}
	return count;
}

static __u64 columns[LEDGER_COLUMNS];

static void take_snapshot(struct stream *stream, bool final)
{
	fake_output_open(stream, BLOCK_RECORDS_MAX);
	probe_cputime.snapshot(1234, final, stream);
	stream_flush(stream);
	memset(columns, 0, sizeof(columns));
	probe_cputime.ledger(columns);
	EXPECT(columns[LEDGER_entered] ==
	       columns[LEDGER_delivered] + columns[LEDGER_map_full] + columns[LEDGER_user_dropped]);
}

static void start_probe(const char *options, struct stream *stream)
{
	EXPECT(probe_parse(options));
	probe_cputime.enable(stream);
	EXPECT(!tasktime_config.first_walk());
}

/* The cap, what it leaves out, and that all comes in the end. */
static void probe_with_cap(void)
{
	static struct stream stream;
	const struct rec_cputime_system *system;

	crowd_uses(20, 0);
	start_probe("cputime:max=5", &stream);
	crowd_uses(20, 10);
	take_snapshot(&stream, false);
	EXPECT(written(REC_cputime, 0) == 5);
	EXPECT(written(REC_task, 0) == 5);
	EXPECT(written(REC_cputime_system, CPUTIME_BASELINE) == 1);
	system = fake_record(fake_records() - 1);
	EXPECT(system->left_out == 14);
	EXPECT(system->left_out_us == 1050000);
	EXPECT(system->tasks_ns == 1900 * MS);
	EXPECT(columns[LEDGER_delivered] == 5);
	EXPECT(columns[LEDGER_user_dropped] == 14);
	take_snapshot(&stream, false);
	EXPECT(written(REC_cputime, CPUTIME_LATE) == 5);
	EXPECT(written(REC_cputime_system, 0) == 1);
	take_snapshot(&stream, true);
	EXPECT(written(REC_cputime, 0) == 19);
	EXPECT(written(REC_cputime, CPUTIME_LATE) == 9);
	system = fake_record(fake_records() - 1);
	EXPECT(!system->left_out && system->tasks_ns == 1900 * MS);
}

/* What was there before comes with the first change; without a change there is nothing to say. */
static void probe_with_old_tasks(void)
{
	static struct stream stream;
	const struct rec_cputime *record;

	crowd_uses(2, 500);
	crowd[1].start_ns = crowd[1].process_start_ns = 77;
	start_probe("cputime", &stream);
	take_snapshot(&stream, false);
	EXPECT(!written(REC_cputime, 0));
	crowd[1].thread.runtime_ns += MS;
	crowd[1].children_utime_ns = MS;
	take_snapshot(&stream, false);
	EXPECT(written(REC_cputime, 0) == 2 && written(REC_cputime_children, 0) == 1);
	record = fake_record(1);
	EXPECT(record->flags == (CPUTIME_PROCESS | CPUTIME_BASELINE));
	EXPECT(record->runtime_ns == 500 * MS && record->time_ns != 1234);
	record = fake_record(2);
	EXPECT(record->flags == CPUTIME_PROCESS);
	EXPECT(record->runtime_ns == 501 * MS && record->time_ns == 1234);
	fake_tasks.count = 0;
	take_snapshot(&stream, true);
	EXPECT(written(REC_cputime, CPUTIME_GONE) == 1);
	take_snapshot(&stream, true);
	EXPECT(!written(REC_cputime, 0));
}

/* Only what was asked for; a process keeps its place when it takes another name. */
static void probe_with_filter(void)
{
	static struct stream stream;

	crowd_uses(20, 0);
	start_probe("cputime:comm=process-1,threads", &stream);
	crowd_uses(20, 10);
	take_snapshot(&stream, false);
	EXPECT(written(REC_cputime, CPUTIME_PROCESS) == 10);
	EXPECT(written(REC_cputime, 0) == 20);
	EXPECT(written(REC_cputime_system, CPUTIME_FILTERED) == 2);
	memcpy(crowd[11].process_comm, "other", 6);
	crowd[11].thread.runtime_ns += MS;
	take_snapshot(&stream, false);
	EXPECT(written(REC_cputime, 0) == 2);
	EXPECT(!written(REC_cputime, CPUTIME_GONE));
	EXPECT(written(REC_task, 0) == 1);
}

static void probe_with_few_places(void)
{
	static struct stream stream;

	crowd_uses(20, 0);
	start_probe("cputime:tasks=7", &stream);
	crowd_uses(20, 10);
	take_snapshot(&stream, false);
	EXPECT(columns[LEDGER_map_full] == 13);
	EXPECT(columns[LEDGER_delivered] == 6);
}

static void probe_without_tasks(void)
{
	static struct stream stream;

	fake_tasks.count = 0;
	EXPECT(probe_parse("cputime"));
	probe_cputime.enable(&stream);
	EXPECT(tasktime_config.first_walk() == -ENODATA);
	fake_tasks.walk_result = -EPERM;
	EXPECT(tasktime_config.first_walk() == -EPERM);
	crowd_uses(3, 1);
	EXPECT(!tasktime_config.first_walk());
	fake_tasks.walk_result = -EPERM;
	stderr_begin();
	take_snapshot(&stream, false);
	take_snapshot(&stream, false);
	EXPECT(!strcmp(stderr_end(), "tarsier: cputime: cannot read tasks any more: Operation not "
				     "permitted\n"));
	EXPECT(!fake_records());
}

static void test_probe(void **state)
{
	(void)state;
	in_child(probe_with_cap);
	in_child(probe_with_old_tasks);
	in_child(probe_with_filter);
	in_child(probe_with_few_places);
	in_child(probe_without_tasks);
}

static void child_options(void)
{
	EXPECT(probe_parse("cputime:way=iter,max=1,tasks=32768,pid=7"));
	EXPECT(!strcmp(tasktime_config.only_way, "iter"));
	EXPECT(probe_parse("cputime:way=proc,threads"));
	EXPECT(tasktime_config.threads);
	stderr_begin();
	EXPECT(!probe_parse("cputime:way=x"));
	EXPECT(!probe_parse("cputime:max=0"));
	EXPECT(!probe_parse("cputime:tasks=32769"));
	EXPECT(!probe_parse("cputime:pid=0"));
	EXPECT(!probe_parse("cputime:threads=1"));
	stderr_end();
}

IN_CHILD(options)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adjusting),
		cmocka_unit_test(test_adjusting_keeps_what_was_shown),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_no_line),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_of_proc),
		cmocka_unit_test(test_no_proc),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_process_is_the_sum_of_its_threads),
		cmocka_unit_test(test_exit_during_the_walk_counts_once),
		cmocka_unit_test(test_figures_never_go_back),
		cmocka_unit_test(test_main_thread_gone),
		cmocka_unit_test(test_reused_id),
		cmocka_unit_test(test_old_task_met_late),
		cmocka_unit_test(test_gone_tasks),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
