// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_noise - what is told from noise, beside values that were computed by other means */
#include <math.h>

#include "check.h"
#include "comparison.h"
#include "noise.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_near(double found, double wanted)
{
	if (fabs(found - wanted) > 0.0005)
		print_message("# %.6f, wanted %.6f\n", found, wanted);
	assert_true(fabs(found - wanted) <= 0.0005);
}

/* By hand: U = 15 of 25, mean 12.5, variance 25 * 11 / 12 = 22.9167. */
static void test_without_ties(void **state)
{
	double before[] = { 1, 3, 5, 7, 9 }, after[] = { 10, 2, 4, 6, 8 };

	(void)state;
	assert_near(noise_mann_whitney(before, 5, after, 5), (15 - 12.5 - 0.5) / 4.787136);
}

/*
 * By hand: pairs 0.5 + 2 + 2.5 + 3 + 3 of 15 = 11; ties of 2 and 2 values, sum of t^3 - t is 12;
 * variance 15 / 12 * (9 - 12 / 56) = 10.982143.
 */
static void test_ties(void **state)
{
	double before[] = { 1, 2, 3 }, after[] = { 3, 1, 2.5, 4, 5 };

	(void)state;
	assert_near(noise_mann_whitney(before, 3, after, 5), (11 - 7.5 - 0.5) / sqrt(10.982143));
}

static void test_symmetry(void **state)
{
	double before[] = { 5, 1, 4, 4, 8, 2 }, after[] = { 9, 4, 7, 4, 11, 12, 6 };
	double there = noise_mann_whitney(before, COUNT(before), after, COUNT(after));
	double back = noise_mann_whitney(after, COUNT(after), before, COUNT(before));

	(void)state;
	assert_true(there > 0);
	assert_near(back, -there);
}

static void test_all_the_same(void **state)
{
	double before[] = { 4, 4, 4 }, after[] = { 4, 4 };

	(void)state;
	assert_near(noise_mann_whitney(before, 3, after, 2), 0);
	assert_near(noise_mann_whitney(before, 3, after, 0), 0);
	assert_near(noise_mann_whitney(before, 1, after, 0), 0);
}

/* Nothing in common: U = 64, mean 32, variance 64 * 17 / 12. */
static void test_apart(void **state)
{
	double before[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	double after[] = { 11, 12, 13, 14, 15, 16, 17, 18 };

	(void)state;
	assert_near(noise_mann_whitney(before, 8, after, 8), 31.5 / sqrt(64 * 17 / 12.0));
	assert_true(noise_mann_whitney(before, 8, after, 8) > NOISE_Z);
}

/*
 * Values 1 to 100, of which those up to 15 have a bucket each: the 10th percentile lies between ranks
 * floor(10 - 2.58 * 3) = 2 and ceil(10 + 2.58 * 3) + 1 = 19, in the bucket of 18 and 19.
 */
static void test_interval(void **state)
{
	struct histogram histogram = { { 0 } };
	__u64 low = 0, high = 0;

	(void)state;
	for (__u64 value = 1; value <= 100; value++)
		histogram_add(&histogram, value);
	assert_true(noise_interval(&histogram, 100, &low, &high));
	assert_int_equal(low, 2);
	assert_int_equal(high, 19);
	assert_false(noise_interval(&histogram, 990, &low, &high));
	assert_false(noise_interval(&histogram, 10, &low, &high));
}

static void test_interval_of_nothing(void **state)
{
	struct histogram histogram = { { 0 } };
	__u64 low, high;

	(void)state;
	assert_false(noise_interval(&histogram, 500, &low, &high));
}

static void fill(struct series *series, __u64 value, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		histogram_add(&series->total.buckets, value + i % 16);
		moments_add(&series->total.moments, value + i % 16);
	}
}

/* Without steps, by the counts; less than a bucket is within the resolution, whatever is counted. */
static void test_by_counts(void **state)
{
	static struct series before, after, near, few;
	struct comparison comparison;

	(void)state;
	fill(&before, 100000, 5000);
	fill(&after, 200000, 5000);
	fill(&near, 106000, 5000);
	fill(&few, 200000, 3);
	comparison = compare_series(&before, &after);
	assert_false(comparison.by_steps);
	assert_int_equal(comparison.kind, CHANGE_slower);
	assert_int_equal(comparison.change[FIGURE_p50].kind, CHANGE_slower);
	assert_int_equal(compare_series(&after, &before).kind, CHANGE_faster);
	assert_int_equal(compare_series(&before, &before).kind, CHANGE_noise);
	comparison = compare_series(&before, &near);
	assert_int_equal(comparison.change[FIGURE_p50].kind, CHANGE_resolution);
	assert_int_equal(comparison.change[FIGURE_mean].kind, CHANGE_slower);
	assert_int_equal(compare_series(&before, &few).change[FIGURE_p50].kind, CHANGE_unknown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_ties),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_symmetry),
		cmocka_unit_test(test_all_the_same),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_interval_of_nothing),
		cmocka_unit_test(test_by_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
