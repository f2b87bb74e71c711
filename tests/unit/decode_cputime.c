// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_cputime - CPU times: what grew since when, whatever order and however many records come in */
#include "cputable.h"
#include "cputime.h"
#include "decoding.h"

#define SECOND 1000000000ULL
#define MS 1000000ULL
#define PROCESS CPUTIME_PROCESS

static int setup_with_steps(void **state, __u64 interval_ns)
{
	(void)state;
	options = options_default();
	options.interval_ns = interval_ns;
	options.rows = 40;
	options.unit = unit_find("ms");
	return decoding_open();
}

static int setup(void **state)
{
	return setup_with_steps(state, 0);
}

static int setup_long_steps(void **state)
{
	return setup_with_steps(state, 2 * SECOND);
}

static int setup_short_steps(void **state)
{
	return setup_with_steps(state, MS);
}

static void cputime(__u64 time_ns, __u8 flags, __u32 tid, __u64 start_ns, __u64 runtime_ns)
{
	struct rec_cputime record = {
		.type = REC_cputime,
		.flags = flags,
		.time_ns = time_ns,
		.start_ns = start_ns,
		.tid = tid,
		.tgid = tid,
		.utime_ns = runtime_ns,
		.runtime_ns = runtime_ns,
	};

	encode(&encoder, &record);
}

static void cpus(__u64 time_ns, __u8 flags, __u64 tasks_ns, __u32 idle_ticks)
{
	struct rec_cputime_system record = {
		.type = REC_cputime_system,
		.flags = flags,
		.time_ns = time_ns,
		.tasks_ns = tasks_ns,
		.idle_ticks = idle_ticks,
		.cpus = 1,
		.ticks_per_s = 100,
	};

	encode(&encoder, &record);
}

/* Decode what was encoded, and end it. */
static void decode(void)
{
	encode_closing(&encoder);
	feed_all();
	add_report();
}

/* A task that used much before the recording has used little in it. */
static void test_only_the_growth_counts(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	encode_task(&encoder, 7, SECOND, "old");
	cputime(10 * SECOND, PROCESS | CPUTIME_BASELINE, 7, SECOND, 5000 * MS);
	cputime(12 * SECOND, PROCESS, 7, SECOND, 5500 * MS);
	cpus(12 * SECOND, 0, 500 * MS, 250);
	decode();
	says("7       old                 25.00      500.000000");
	says("all CPUs: tasks 25.00 % + idle 75.00 % + waiting for I/O 0.00 % = 100.00 % of 100 %");
	says_not("the rest:");
}

/* Without the figures from before, what it used in its life is not what it used here. */
static void test_lost_baseline(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	cputime(12 * SECOND, PROCESS, 7, SECOND, 5500 * MS);
	cpus(12 * SECOND, 0, 500 * MS, 250);
	cputime(14 * SECOND, PROCESS, 7, SECOND, 5600 * MS);
	cpus(14 * SECOND, 0, 600 * MS, 440);
	decode();
	says("7       -                    5.00*     100.000000");
	says_not("5500.000000");
	says("* over another time");
}

/* The blocks came in another order. */
static void test_baseline_after_the_first_figures(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	cputime(12 * SECOND, PROCESS, 7, SECOND, 5500 * MS);
	cputime(10 * SECOND, PROCESS | CPUTIME_BASELINE, 7, SECOND, 5000 * MS);
	cputime(11 * SECOND, PROCESS, 7, SECOND, 5100 * MS);
	cpus(12 * SECOND, 0, 500 * MS, 250);
	decode();
	says("7       -                   25.00      500.000000");
}

/* Two processes with one id: neither has the other's time, nor its name. */
static void test_reused_id(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	encode_task(&encoder, 7, 11 * SECOND, "first");
	cputime(12 * SECOND, PROCESS, 7, 11 * SECOND, 900 * MS);
	cpus(12 * SECOND, 0, 900 * MS, 210);
	cputime(14 * SECOND, PROCESS, 7, 13 * SECOND, 100 * MS);
	cpus(14 * SECOND, 0, 1000 * MS, 400);
	decode();
	says("7       first               22.50      900.000000");
	says("7       -                    2.50      100.000000");
}

static void test_thread_is_not_its_process(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	cputime(11 * SECOND, PROCESS, 7, 10 * SECOND, 900 * MS);
	cputime(11 * SECOND, 0, 7, 10 * SECOND, 300 * MS);
	cpus(11 * SECOND, 0, 900 * MS, 110);
	decode();
	says("7       -                   90.00      900.000000");
	says("7       7       -                   30.00      300.000000");
}

static void test_filtered_has_no_balance(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	cputime(11 * SECOND, PROCESS, 7, 10 * SECOND, 900 * MS);
	cpus(11 * SECOND, CPUTIME_FILTERED, 900 * MS, 110);
	decode();
	says_not("all CPUs");
}

static void test_balance_tells_what_is_missing(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 0xfffffff0u);
	cpus(11 * SECOND, CPUTIME_IRQ_APART | CPUTIME_STEAL_APART, 200 * MS, 4);
	decode();
	says("tasks 20.00 % + idle 20.00 % + waiting for I/O 0.00 % + interrupts 0.00 % + stolen "
	     "0.00 % = 40.00 % of 100 %");
	says("the rest: tasks that began or ended between two snapshots");
}

static void test_steps(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	(void)state;
	encoder.step_ns = 0;
	encoder.time_ns = 10 * SECOND;
	encode_about(&encoder, "board", 1u << PROBE_cputime);
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	for (__u64 i = 1; i <= 6; i++) {
		encoder.time_ns = (10 + i) * SECOND;
		cputime(encoder.time_ns, PROCESS, 7, 10 * SECOND, i * 100 * MS);
		cpus(encoder.time_ns, 0, i * 100 * MS, 100 + (__u32)i * 90);
		columns[LEDGER_entered] = columns[LEDGER_delivered] = i;
		encode_counters(&encoder, PROBE_cputime, columns);
		memset(columns, 0, sizeof(columns));
		encode_counters(&encoder, 0, columns);
	}
	decode();
	says("00:00:10.000000 to 00:00:12.000000 (2.000000 s)");
	says("00:00:14.000000 to 00:00:16.000000 (2.000000 s)");
	says("7       -                   10.00      200.000000");
	says("all CPUs: tasks 10.00 % + idle 90.00 % + waiting for I/O 0.00 % = 100.00 % of 100 %");
	says_not("over another time");
}

/* More tasks than there is memory for: some are passed over, none is wrong. */
static void test_many_tasks(void **state)
{
	(void)state;
	cpus(10 * SECOND, CPUTIME_BASELINE, 0, 100);
	for (__u32 tid = 1; tid <= 40000; tid++)
		cputime(11 * SECOND, PROCESS, tid, 10 * SECOND, tid * MS / 100);
	cpus(11 * SECOND, 0, 900 * MS, 110);
	decode();
	says("of further tasks, more than are kept");
	says("more (--rows all)");
	assert_true(decoder->shared.budget.refused > 0);
}

/* Whatever the numbers are. */
static void test_hostile_numbers(void **state)
{
	static const __u64 numbers[] = { 0, 1, 1ULL << 31, 1ULL << 32, 1ULL << 63, ~0ULL };
	struct rec_cputime_children children = { .type = REC_cputime_children };
	__u64 random = 7;

	(void)state;
	options.verbose = true;
	for (int i = 0; i < 3000; i++) {
		__u64 pick = encode_random(&random);

		cputime(numbers[pick % 6], (__u8)(pick >> 8), (__u32)(pick >> 16 & 7),
			numbers[pick >> 20 & 3], numbers[(pick >> 24) % 6]);
		children.flags = (__u8)(pick >> 32);
		children.time_ns = numbers[(pick >> 40) % 6];
		children.tgid = (__u32)(pick >> 16 & 7);
		children.utime_ns = numbers[(pick >> 44) % 6];
		encode(&encoder, &children);
		cpus(numbers[(pick >> 48) % 6], (__u8)(pick >> 52), numbers[(pick >> 56) % 6],
		     (__u32)pick);
	}
	decode();
	says("cputime:");
}

static void test_table(void **state)
{
	struct budget budget = { .left = 1 << 20 };
	struct cputable table = { 0 };
	struct cpu_task *task;

	(void)state;
	for (__u32 tid = 1; tid <= 1000; tid++) {
		task = cputable_place(&table, &budget, tid, 5, tid % 2);
		assert_non_null(task);
		assert_true(task->last_ns == 0);
		task->last_ns = tid;
	}
	assert_int_equal(table.count, 1000);
	for (__u32 tid = 1; tid <= 1000; tid++) {
		task = cputable_place(&table, &budget, tid, 5, tid % 2);
		assert_true(task->last_ns == tid);
	}
	assert_int_equal(table.count, 1000);
	cputable_release(&table, &budget);
	assert_int_equal(budget.left, 1 << 20);
	assert_int_equal(budget.refused, 0);
}

static void test_growth(void **state)
{
	struct cpu_task task = {
		.last = { .runtime_ns = 100, .system_ns = 90, .raw_user_ns = 7 },
	};
	struct cpu_times before = { .runtime_ns = 60, .system_ns = 40, .raw_user_ns = 8 };
	struct cpu_times grown = cpu_times_since(&task, &before);

	(void)state;
	assert_true(grown.runtime_ns == 40);
	assert_true(grown.system_ns == 40);
	assert_true(grown.raw_user_ns == 0);
	assert_true(cpu_user_ns(&task, &grown) == 0);
	task.flags = CPUTIME_AS_IN_PROC;
	grown = cpu_times_since(&task, &before);
	assert_true(grown.system_ns == 50);
	assert_true(cpu_user_ns(&task, &task.last) == 7);
}

#define TEST(name, setup) cmocka_unit_test_setup_teardown(name, setup, decoding_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_only_the_growth_counts, setup),
		TEST(test_lost_baseline, setup),
		TEST(test_baseline_after_the_first_figures, setup),
		TEST(test_reused_id, setup),
		TEST(test_thread_is_not_its_process, setup),
		TEST(test_filtered_has_no_balance, setup),
		TEST(test_balance_tells_what_is_missing, setup),
		TEST(test_steps, setup_long_steps),
		TEST(test_many_tasks, setup),
		TEST(test_hostile_numbers, setup_short_steps),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
