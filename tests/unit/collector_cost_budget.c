// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_cost_budget - loads of known cost against a budget: what goes on, and what it costs in any window */
#include "fakes.h"

#include "clocks.h"
#include "cost_budget.h"

#define LOOK_NS (10 * NS_PER_MS)
#define LOOKS_PER_S 100
#define SECONDS_MAX 400

/* A collector that costs @idle_ppm, and @events_ppm more as long as all events go on. */
struct load {
	struct cost_budget budget;
	__u64 now_ns;
	__u64 used_ns;
	__u64 used_at[SECONDS_MAX * LOOKS_PER_S]; /* at each look */
	unsigned int looks;
};

static struct load load;

static void start(__u32 share_ppm, __u64 used_ns)
{
	memset(&load, 0, sizeof(load));
	load.budget.share_ppm = share_ppm;
	load.now_ns = 5 * NS_PER_SEC;
	load.used_ns = used_ns;
	cost_budget_take(&load.budget, load.now_ns, load.used_ns);
}

/* The share of events that go on at @level, in 1/1024. */
static unsigned int kept(unsigned int level)
{
	return level == SHED_ALL ? 0 : 1024 >> level;
}

static void run_looks(unsigned int looks, __u64 idle_ppm, __u64 events_ppm)
{
	for (unsigned int i = 0; i < looks; i++) {
		__u64 ppm = idle_ppm + events_ppm * kept(load.budget.level) / 1024;

		load.used_ns += ppm * LOOK_NS / 1000000;
		load.now_ns += LOOK_NS;
		load.used_at[load.looks++] = load.used_ns;
		cost_budget_take(&load.budget, load.now_ns, load.used_ns);
	}
}

static void run_for(unsigned int seconds, __u64 idle_ppm, __u64 events_ppm)
{
	run_looks(seconds * LOOKS_PER_S, idle_ppm, events_ppm);
}

/* The most that was used in any window, in millionths. */
static __u64 most_ppm(void)
{
	__u64 most = 0;

	for (unsigned int i = COST_WINDOW_S * LOOKS_PER_S; i < load.looks; i++) {
		__u64 used = load.used_at[i] - load.used_at[i - COST_WINDOW_S * LOOKS_PER_S];

		most = used > most ? used : most;
	}
	return most * 1000000 / (COST_WINDOW_S * NS_PER_SEC);
}

static void test_light(void **state)
{
	(void)state;
	start(10000, 0);
	run_for(100, 500, 5000);
	assert_int_equal(load.budget.level, SHED_NOTHING);
	assert_false(load.budget.exceeded);
	assert_in_range(load.budget.used_ppm, 5400, 5600);
}

/* However much more than the budget they cost, from the start on or later. */
static void test_heavy(void **state)
{
	static const __u64 events_ppm[] = { 15000, 100000, 500000, 2000000 };

	(void)state;
	for (unsigned int i = 0; i < COUNT_OF(events_ppm); i++)
		for (unsigned int quiet = 0; quiet <= 30; quiet += 15) {
			__u64 before;

			start(20000, 0);
			run_for(quiet, 2000, 0);
			run_for(100, 2000, events_ppm[i]);
			before = load.used_ns;
			run_for(100, 2000, events_ppm[i]);
			assert_in_range(most_ppm(), 0, 20000);
			assert_false(load.budget.exceeded);
			/* some go on: more is used than without any */
			assert_true(load.used_ns - before > 4000 * (100 * NS_PER_SEC / 1000000));
		}
}

static void test_peaks(void **state)
{
	(void)state;
	start(20000, 0);
	for (unsigned int i = 0; i < 20; i++) {
		run_for(3, 3000, 300000);
		run_for(15, 3000, 0);
	}
	assert_in_range(most_ppm(), 0, 20000);
}

/* Bursts of any height, length and phase, while what is never dropped costs up to two fifths of the budget. */
static void test_bursts(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (unsigned int round = 0; round < 200; round++) {
		unsigned int idle_ppm = (unsigned int)rand_r(&seed) % 8000;

		start(20000, 0);
		while (load.looks < (SECONDS_MAX / 4 - 10) * LOOKS_PER_S) {
			run_looks(1 + (unsigned int)rand_r(&seed) % (4 * LOOKS_PER_S), idle_ppm,
				  1000u << (unsigned int)rand_r(&seed) % 10);
			run_looks((unsigned int)rand_r(&seed) % (8 * LOOKS_PER_S), idle_ppm, 0);
		}
		assert_in_range(most_ppm(), 0, 20000);
		assert_false(load.budget.exceeded);
	}
}

static void test_restores(void **state)
{
	(void)state;
	start(20000, 0);
	run_for(30, 2000, 500000);
	assert_true(load.budget.level > SHED_NOTHING);
	run_for(30, 2000, 1000);
	assert_int_equal(load.budget.level, SHED_NOTHING);
}

/*
 * What is never dropped is more than half of the budget, so that half of the events cost far more than half of the
 * rest: the level goes where the load fits, and stays.
 */
static void test_settles(void **state)
{
	unsigned int level;
	__u64 before;

	(void)state;
	start(300000, 0);
	run_for(30, 167000, 420000);
	level = load.budget.level;
	before = load.used_ns;
	for (unsigned int i = 0; i < 100; i++) {
		run_for(1, 167000, 420000);
		assert_int_equal(load.budget.level, level);
	}
	assert_in_range(load.used_ns - before, 200000 * (100 * NS_PER_SEC / 1000000),
			270000 * (100 * NS_PER_SEC / 1000000));
	assert_in_range(most_ppm(), 0, 300000);
}

static void test_exceeded(void **state)
{
	(void)state;
	start(10000, 0);
	run_for(6, 15000, 1000);
	assert_int_equal(load.budget.level, SHED_ALL);
	assert_false(load.budget.exceeded);
	run_for(1, 15000, 1000);
	assert_int_equal(load.budget.level, SHED_ALL);
	assert_true(load.budget.exceeded);
}

/* What is never dropped costs more for a few seconds: one window is over, although those around it are not. */
static void test_exceeded_once(void **state)
{
	(void)state;
	start(20000, 0);
	run_for(30, 8000, 300000);
	assert_false(load.budget.exceeded);
	run_for(5, 40000, 300000);
	run_for(30, 8000, 300000);
	assert_true(most_ppm() > 20000);
	assert_true(load.budget.exceeded);
}

/* The same now and then: when it has been seen, there is room for it. */
static void test_uneven(void **state)
{
	(void)state;
	start(20000, 0);
	for (unsigned int i = 0; i < 20; i++) {
		run_for(3, 4000, 300000);
		run_for(2, 12000, 300000);
	}
	assert_in_range(most_ppm(), 0, 20000);
	assert_false(load.budget.exceeded);
}

/* Held up for a while by a slow disk: what was used meanwhile was not used at once. */
static void test_held_up(void **state)
{
	(void)state;
	start(20000, 0);
	run_for(20, 2000, 10000);
	load.budget.used_ppm = 0;
	load.now_ns += 60 * NS_PER_SEC;
	load.used_ns += 12000 * (60 * NS_PER_SEC / 1000000);
	cost_budget_take(&load.budget, load.now_ns, load.used_ns);
	assert_int_equal(load.budget.level, SHED_NOTHING);
	assert_in_range(load.budget.used_ppm, 0, 14000);
}

/* Sums of nanoseconds that pass 2^64 are as good as others. */
static void test_wrap(void **state)
{
	(void)state;
	start(20000, ~0ull - NS_PER_SEC / 100);
	run_for(60, 2000, 5000);
	assert_int_equal(load.budget.level, SHED_NOTHING);
	run_for(60, 2000, 500000);
	assert_in_range(load.budget.used_ppm, 0, 21000);
}

static void test_mask(void **state)
{
	unsigned int went_on = 0;

	(void)state;
	for (__u32 number = 1; number <= 4096; number++) {
		assert_false(number & cost_budget_mask(SHED_NOTHING));
		assert_true(number & cost_budget_mask(SHED_ALL));
		went_on += !(number & cost_budget_mask(5));
	}
	assert_int_equal(went_on, 4096 / 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_light),	 cmocka_unit_test(test_heavy),
		cmocka_unit_test(test_peaks),	 cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_restores), cmocka_unit_test(test_settles),
		cmocka_unit_test(test_exceeded), cmocka_unit_test(test_exceeded_once),
		cmocka_unit_test(test_uneven),	 cmocka_unit_test(test_held_up),
		cmocka_unit_test(test_wrap),	 cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
