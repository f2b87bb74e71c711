// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_moment - moments of --since and --until */
#include <time.h>

#include "check.h"
#include "moment.h"

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		__u64 ns;
	} good[] = {
		{ "1970-01-01", 0 },
		{ "2025-01-31", 1738281600000000000 },
		{ "2025-01-31 12:34", 1738326840000000000 },
		{ "2025-01-31T12:34:56", 1738326896000000000 },
		{ "2025-01-31 12:34:56.25", 1738326896250000000 },
		{ "2025-01-31T12:34:56.000000001Z", 1738326896000000001 },
	};
	struct moment moment;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(moment_parse(good[i].text, &moment));
		assert_int_equal(moment.kind, MOMENT_DATE);
		assert_true(moment.ns == good[i].ns);
	}
}

static void test_none(void **state)
{
	static const char *const bad[] = { "",	 "12:34", "2025-13-01", "2025-01-31 12:34:56x",
					   "+",	 "-",	  "+x",		"1969-12-31",
					   "now" };
	struct moment moment;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(moment_parse(bad[i], &moment));
}

static void test_relative(void **state)
{
	struct moment moment;
	__u64 boot_ns, now_ns = (__u64)time(NULL) * NS_PER_SEC;
	struct clock clock = { 0 };

	(void)state;
	assert_true(moment_parse("+90s", &moment));
	assert_true(moment_boot_ns(&moment, &clock, 5, &boot_ns));
	assert_true(boot_ns == 90 * NS_PER_SEC + 5);
	assert_true(moment_parse("-10m", &moment));
	assert_true(moment.ns >= now_ns - 600 * NS_PER_SEC);
	assert_true(moment.ns <= now_ns - 598 * NS_PER_SEC);
	/* where the clock is unknown nothing has a date */
	assert_false(moment_boot_ns(&moment, &clock, 5, &boot_ns));
	clock_learn_own(&clock, 1000, now_ns);
	assert_true(moment_parse("2001-01-01", &moment));
	assert_false(moment_boot_ns(&moment, &clock, 5, &boot_ns)); /* before the boot */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_relative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
