// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_options - the decoder's command line: values and their limits */
#include <getopt.h>

#include "check.h"
#include "exit.h"
#include "options.h"

static struct options options;

/* "tarsier-decode OPTION VALUE FILE" */
static bool parse(const char *option, const char *value)
{
	char *argv[] = { "tarsier-decode", (char *)option, (char *)value, "file", NULL };
	int status;

	optind = 0;
	return options_parse(COMMAND_report, 4, argv, &options, &status) || status != EXIT_USAGE;
}

static void test_interval(void **state)
{
	static const struct {
		const char *text;
		__u64 ns;
	} good[] = {
		{ "10", 10000000000 },	  { "10s", 10000000000 },	    { "0.5", 500000000 },
		{ ".25", 250000000 },	  { "200ms", 200000000 },	    { "1ms", 1000000 },
		{ "1.5ms", 1500000 },	  { "5m", 300000000000 },	    { "2h", 7200000000000 },
		{ "1d", 86400000000000 }, { "366d", 366 * 86400000000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(parse("--interval", good[i].text));
		assert_true(options.interval_ns == good[i].ns);
		assert_true(parse("-i", good[i].text));
		assert_true(options.interval_ns == good[i].ns);
	}
}

static void test_interval_that_is_none(void **state)
{
	static const char *const bad[] = { "",	  "0",	 "0.9ms", "0.0009", "-1",    "ms",  "367d",
					   "1us", "1 s", "10sec", "nan",    "1e400", "inf", "+1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(parse("--interval", bad[i]));
}

static void test_defaults(void **state)
{
	(void)state;
	assert_true(parse("--rows", "7"));
	assert_true(options.interval_ns == 0);
	assert_true(options.rows == 7);
	assert_true(parse("--rows", "all"));
	assert_true(options.rows == ~0ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_interval_that_is_none),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
