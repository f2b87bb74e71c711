// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_pace - a token bucket: never more than its rate, and never less when more is wanted */
#include "fakes.h"

#include <errno.h>

#include "clocks.h"
#include "pace.h"

#define DAY_NS (86400 * NS_PER_SEC)
#define STEPS 20000

static void test_values(void **state)
{
	static const char *const good[] = { "lan", "wan", "none", "1k", "1024", "10m", "1G" };
	static const char *const bad[] = { "",	 "Lan",	 "lan ", "wan2",
					   "0",	 "1023", "-5",	 "1k5",
					   "1t", "k",	 "200g", "99999999999999999999" };
	struct pace pace = { .rate = 77 };

	(void)state;
	for (unsigned int i = 0; i < COUNT_OF(bad); i++) {
		if (pace_set(&pace, bad[i]) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_true(pace.rate == 77);
	}
	for (unsigned int i = 0; i < COUNT_OF(good); i++)
		assert_int_equal(pace_set(&pace, good[i]), 0);
	assert_true(pace.rate == 1 << 30);
	pace_set(&pace, "lan");
	assert_true(pace.rate == 12500000 && pace.burst == 1 << 20);
	pace_set(&pace, "wan");
	assert_true(pace.rate == 16384 && pace.burst == 32768);
}

static void test_no_limit(void **state)
{
	struct pace pace;

	(void)state;
	pace_set(&pace, "none");
	for (unsigned int i = 0; i < 1000; i++)
		assert_true(pace_take(&pace, 1 << 30, 1 << 30, DAY_NS));
	assert_true(pace_wait_ns(&pace, 1 << 30) == 0);
}

/* The bucket at once, then what a second fills, to the byte. */
static void test_burst_and_rate(void **state)
{
	struct pace pace;
	__u64 now = 5 * DAY_NS;

	(void)state;
	pace_set(&pace, "wan");
	for (unsigned int i = 0; i < 32; i++)
		assert_true(pace_take(&pace, 1024, 0, now));
	assert_false(pace_take(&pace, 1, 0, now));
	assert_false(pace_take(&pace, 16385, 0, now + NS_PER_SEC));
	assert_true(pace_take(&pace, 16384, 0, now + NS_PER_SEC));
	assert_false(pace_take(&pace, 1, 0, now + NS_PER_SEC));
	assert_true(pace_take(&pace, 32768, 0, now + 366 * DAY_NS));
	assert_false(pace_take(&pace, 1, 0, now + 366 * DAY_NS));
}

static void test_reserve(void **state)
{
	struct pace pace;

	(void)state;
	pace_set(&pace, "wan");
	assert_true(pace_take(&pace, 16384, 16384, DAY_NS));
	assert_false(pace_take(&pace, 1, 16384, DAY_NS));
	assert_true(pace_take(&pace, 1, 16383, DAY_NS));
	assert_true(pace_take(&pace, 16383, 0, DAY_NS));
}

static void test_wait(void **state)
{
	struct pace pace;
	__u64 now = DAY_NS, wait_ns;

	(void)state;
	srand(2);
	pace_set(&pace, "100k");
	for (unsigned int i = 0; i < 1000; i++) {
		__u64 size = 1 + (__u64)rand() % 2000;

		if (pace_take(&pace, size, 0, now))
			continue;
		wait_ns = pace_wait_ns(&pace, size);
		assert_true(wait_ns > 0 && wait_ns < NS_PER_SEC);
		assert_false(wait_ns > 20000 && pace_take(&pace, size, 0, now + wait_ns - 20000));
		now += wait_ns;
		assert_true(pace_take(&pace, size, 0, now));
	}
}

/*
 * Whoever wants as much as he can get, at whatever moments, gets burst + rate * time, less what does
 * not make another packet, and a nanosecond each time.
 */
static void check_greedy(const char *value, __u64 most_step_ns)
{
	struct pace pace;
	__u64 begin = DAY_NS, now = begin, taken = 0;

	pace_set(&pace, value);
	for (unsigned int i = 0; i < STEPS; i++) {
		while (pace_take(&pace, 1072, 0, now))
			taken += 1072;
		assert_true(taken <= pace.burst + (now - begin) * pace.rate / NS_PER_SEC);
		now += (__u64)rand() % most_step_ns;
	}
	while (pace_take(&pace, 1072, 0, now))
		taken += 1072;
	assert_true(taken + 1072 >= pace.burst + (now - begin - STEPS) * pace.rate / NS_PER_SEC);
}

static void test_greedy(void **state)
{
	(void)state;
	srand(3);
	check_greedy("wan", NS_PER_SEC);
	check_greedy("wan", 1000); /* less than a byte's time */
	check_greedy("lan", NS_PER_MS);
	check_greedy("1k", NS_PER_SEC);
	check_greedy("1g", 10000);
	check_greedy("16g", 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	       cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_burst_and_rate), cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_wait),	       cmocka_unit_test(test_greedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
