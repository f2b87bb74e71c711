// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_noise - the statistics of diff against values worked out by hand */
#include <math.h>

#include "check.h"
#include "noise.h"

static void assert_near(double value, double expected)
{
	if (fabs(value - expected) > 1e-5)
		print_message("# %f is not %f\n", value, expected);
	assert_true(fabs(value - expected) <= 1e-5);
}

/* U = 64 of 64 pairs, mean 32, variance 8 * 8 * 17 / 12, with the correction for continuity. */
static void test_apart(void **state)
{
	double before[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	double after[] = { 9, 16, 10, 15, 11, 14, 12, 13 };

	(void)state;
	assert_near(noise_mann_whitney(before, 8, after, 8), 31.5 / sqrt(64 * 17 / 12.0));
	assert_near(noise_mann_whitney(after, 8, before, 8), -31.5 / sqrt(64 * 17 / 12.0));
}

/* U = 15 of 16 pairs, mean 8; ties of 2, 3 and 3 take 54 / 56 of the variance's last factor. */
static void test_ties(void **state)
{
	double before[] = { 1, 1, 2, 2 }, after[] = { 2, 3, 3, 3 };

	(void)state;
	assert_near(noise_mann_whitney(before, 4, after, 4),
		    6.5 / sqrt(16 / 12.0 * (9 - 54 / 56.0)));
}

static void test_nothing(void **state)
{
	double same[] = { 5, 5, 5 }, again[] = { 5, 5, 5 };

	(void)state;
	assert_near(noise_mann_whitney(same, 3, again, 3), 0);
	assert_near(noise_mann_whitney(same, 0, again, 0), 0);
	assert_near(noise_mann_whitney(same, 1, again, 1), 0);
}

/* Of a few values the ends of a percentile's interval would be outside of them. */
static void test_interval(void **state)
{
	struct histogram histogram = { 0 };
	__u64 low, high;

	(void)state;
	for (__u64 value = 1; value <= 100; value++)
		histogram_add(&histogram, value * 1000);
	assert_true(noise_interval(&histogram, 500, &low, &high));
	/* ranks 50 -+ 2.58 * 5: 37 and 64 */
	assert_true(low >= 37000 && low <= 37000 * 1.125);
	assert_true(high >= 64000 && high <= 64000 * 1.125);
	assert_false(noise_interval(&histogram, 999, &low, &high));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
