// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_clock - what dates a boot: the best of what was heard, in whatever order it came */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boots.h"

#define SEC NS_PER_SEC
#define YEAR_2025 (1735689600 * SEC)
#define YEAR_2026 (1767225600 * SEC)

static struct clock clock_none;

static __u64 date(const struct clock *clock, __u64 boot_ns)
{
	__u64 realtime_ns = 1;

	assert_true(clock_realtime(clock, boot_ns, &realtime_ns));
	return realtime_ns;
}

static void test_printed(void **state)
{
	struct clock clock = clock_none;
	char to[TEXT_TIME];

	(void)state;
	assert_string_equal(clock_time_of_day(to, &clock, 3611 * SEC), "3611.000000");
	assert_string_equal(clock_date(to, &clock, 11 * SEC), "11.000000 s after boot");
	clock_learn_own(&clock, 10 * SEC, YEAR_2025);
	assert_string_equal(clock_time_of_day(to, &clock, 9 * SEC), "23:59:59.000000");
	assert_string_equal(clock_time_of_day(to, &clock, 3611 * SEC), "01:00:01.000000");
	assert_string_equal(clock_date(to, &clock, 10 * SEC), "2025-01-01 00:00:00.000000 UTC");
}

static void test_never_set(void **state)
{
	struct clock clock = clock_none;
	__u64 realtime_ns;

	(void)state;
	clock_learn_own(&clock, 10 * SEC, 12 * SEC);
	clock_learn_synced(&clock, 10 * SEC, 12 * SEC, 5);
	clock_learn_arrival(&clock, 10 * SEC, 12 * SEC);
	assert_int_equal(clock_source(&clock), CLOCK_UNKNOWN);
	assert_false(clock_realtime(&clock, 0, &realtime_ns));
}

/* A number that would wrap is no date. */
static void test_impossible(void **state)
{
	struct clock clock = clock_none;
	__u64 realtime_ns;

	(void)state;
	clock_learn_own(&clock, YEAR_2025, YEAR_2025);
	assert_int_equal(clock_source(&clock), CLOCK_UNKNOWN);
	clock_learn_own(&clock, SEC, YEAR_2025);
	assert_false(clock_realtime(&clock, ~0ULL, &realtime_ns));
}

/* Better sources come later, and date what was before them. */
static void test_sources(void **state)
{
	struct clock clock = clock_none;

	(void)state;
	clock_learn_own(&clock, 10 * SEC, YEAR_2025);
	assert_int_equal(clock_source(&clock), CLOCK_OWN);
	clock_learn_arrival(&clock, 20 * SEC, YEAR_2026 + 20 * SEC);
	assert_int_equal(clock_source(&clock), CLOCK_ARRIVAL);
	assert_true(date(&clock, 5 * SEC) == YEAR_2026 + 5 * SEC);
	clock_learn_synced(&clock, 30 * SEC, YEAR_2026 + 29 * SEC, 1000);
	assert_int_equal(clock_source(&clock), CLOCK_TRUE);
	assert_true(date(&clock, 5 * SEC) == YEAR_2026 + 4 * SEC);
	clock_learn_own(&clock, 40 * SEC, YEAR_2025);
	clock_learn_arrival(&clock, 40 * SEC, YEAR_2025);
	assert_true(date(&clock, 40 * SEC) == YEAR_2026 + 39 * SEC);
}

static void test_own_latest(void **state)
{
	struct clock clock = clock_none;

	(void)state;
	clock_learn_own(&clock, 10 * SEC, YEAR_2025 + 10 * SEC);
	clock_learn_own(&clock, 20 * SEC, YEAR_2026 + 20 * SEC);
	/* overtaken by the one before */
	clock_learn_own(&clock, 15 * SEC, YEAR_2025 + 15 * SEC);
	assert_true(date(&clock, 0) == YEAR_2026);
	/* what lies between reading two clocks is no step */
	clock_learn_own(&clock, 30 * SEC, YEAR_2026 + 30 * SEC + SEC / 1000);
	assert_true(date(&clock, 0) == YEAR_2026);
}

static void test_arrival_shortest(void **state)
{
	struct clock clock = clock_none;

	(void)state;
	clock_learn_arrival(&clock, 10 * SEC, YEAR_2025 + 12 * SEC);
	clock_learn_arrival(&clock, 11 * SEC, YEAR_2025 + 11 * SEC + 5);
	clock_learn_arrival(&clock, 12 * SEC, YEAR_2025 + 3600 * SEC);
	assert_true(date(&clock, 0) == YEAR_2025 + 5);
}

static void test_synced_most_exact(void **state)
{
	struct clock clock = clock_none;

	(void)state;
	clock_learn_synced(&clock, 5 * SEC, YEAR_2025 + 5 * SEC, CLOCK_NO_FIGURE);
	clock_learn_synced(&clock, 10 * SEC, YEAR_2025 + 10 * SEC + 1, 9000);
	clock_learn_synced(&clock, 20 * SEC, YEAR_2025 + 20 * SEC + 2, 3000);
	clock_learn_synced(&clock, 30 * SEC, YEAR_2025 + 30 * SEC + 3, 4000);
	assert_true(date(&clock, 0) == YEAR_2025 + 2);
	assert_int_equal(clock.synced.error_us, 3000);
	assert_true(clock.synced_from_ns == 5 * SEC);
	assert_true(clock.disagreement_ns == 0);
	/* further apart than their errors allow */
	clock_learn_synced(&clock, 40 * SEC, YEAR_2025 + 41 * SEC, 4000);
	assert_true(clock.disagreement_ns == SEC - 2);
}

/* In whatever order sessions are heard, their boot is dated the same. */
static void test_boots(void **state)
{
	static const __u8 id[16] = "this boot", other[16] = "another one", none[16];
	struct budget budget = { .left = 10000 };
	struct boots boots = { .budget = &budget }, merged = { .budget = &budget };
	struct clock *clock = boots_clock(&boots, 1, id), session = clock_none;

	(void)state;
	assert_non_null(clock);
	assert_ptr_equal(boots_clock(&boots, 1, id), clock);
	assert_ptr_not_equal(boots_clock(&boots, 1, other), clock);
	assert_ptr_not_equal(boots_clock(&boots, 2, id), clock);
	assert_null(boots_clock(&boots, 1, none));
	clock_learn_synced(clock, 50 * SEC, YEAR_2025 + 50 * SEC, 2000);
	clock_learn_own(&session, 10 * SEC, YEAR_2026);
	clock_learn_synced(&session, 20 * SEC, YEAR_2025 + 20 * SEC, 7000);
	clock_merge(clock, &session);
	assert_true(clock->synced_from_ns == 20 * SEC);
	boots_merge(&merged, &boots);
	boots_release(&boots);
	clock = boots_clock(&merged, 1, id);
	assert_int_equal(clock->synced.error_us, 2000);
	assert_true(clock->synced_from_ns == 20 * SEC);
	assert_true(clock->own.distance_ns == YEAR_2026 - 10 * SEC);
	boots_release(&merged);
	assert_int_equal(budget.left, 10000);
	budget.left = 0;
	assert_null(boots_clock(&boots, 1, id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printed),		  cmocka_unit_test(test_never_set),
		cmocka_unit_test(test_impossible),	  cmocka_unit_test(test_sources),
		cmocka_unit_test(test_own_latest),	  cmocka_unit_test(test_arrival_shortest),
		cmocka_unit_test(test_synced_most_exact), cmocka_unit_test(test_boots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
