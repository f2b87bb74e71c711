// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_histogram - figures against those computed from the values themselves */
#include <math.h>

#include "check.h"
#include "encode.h"
#include "histogram.h"
#include "plot.h"

#define COUNT 10000

static __u64 values[COUNT];
static struct histogram histogram;
static struct moments moments;

static int by_size(const void *left, const void *right)
{
	__u64 a = *(const __u64 *)left, b = *(const __u64 *)right;

	return (a > b) - (a < b);
}

/* From 0 to 2^@bits, evenly over the octaves. */
static void make(unsigned int bits, __u64 offset)
{
	__u64 random = bits + 1;

	memset(&histogram, 0, sizeof(histogram));
	memset(&moments, 0, sizeof(moments));
	for (size_t i = 0; i < COUNT; i++) {
		__u64 drawn = encode_random(&random);

		values[i] = offset + ((drawn >> 8) >> (63 - (drawn & 63) * bits / 64));
		histogram_add(&histogram, values[i]);
		moments_add(&moments, values[i]);
	}
	qsort(values, COUNT, sizeof(values[0]), by_size);
}

static void assert_close(long double is, long double must)
{
	assert_true(fabsl(is - must) <= 1e-9L * fabsl(must));
}

/* Two passes over the values, in long double. */
static void check_moments(void)
{
	long double sum = 0, squares = 0, mean, is;

	for (size_t i = 0; i < COUNT; i++)
		sum += values[i];
	for (size_t i = 0; i < COUNT; i++)
		squares += (values[i] - sum / COUNT) * (values[i] - sum / COUNT);
	assert_true(moments_mean(&moments, &mean));
	assert_close(mean, sum / COUNT);
	assert_true(moments_variance(&moments, &is));
	assert_close(is, squares / COUNT);
	assert_true(moments.min == values[0] && moments.max == values[COUNT - 1]);
}

static void test_moments(void **state)
{
	(void)state;
	make(20, 0);
	check_moments();
	make(45, 0);
	check_moments();
	/* a small deviation beside a large mean: where a naive formula loses all digits */
	make(4, 1ULL << 45);
	check_moments();
}

static void test_moments_of_few(void **state)
{
	struct moments few = { 0 };
	long double figure;

	(void)state;
	assert_false(moments_mean(&few, &figure));
	moments_add(&few, 7);
	assert_true(moments_variance(&few, &figure));
	assert_true(figure == 0);
	moments_add(&few, 8);
	assert_true(moments_variance(&few, &figure));
	assert_true(figure == 0.25L);
}

static void test_impossible_moments(void **state)
{
	struct moments lie = { .count = 2, .sum = 10, .squares = 10, .min = 0, .max = ~0ULL };
	long double figure;

	(void)state;
	assert_true(moments_mean(&lie, &figure));
	assert_false(moments_variance(&lie, &figure));
	lie.min = 6;
	assert_false(moments_mean(&lie, &figure));
	memset(&lie, 0, sizeof(lie));
	for (int i = 0; i < 4; i++)
		moments_add(&lie, ~0ULL);
	assert_false(moments_mean(&lie, &figure));
}

static void test_percentiles(void **state)
{
	static const unsigned int wanted[] = { 0, 1, 500, 900, 990, 999, 1000 };

	(void)state;
	make(40, 0);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		size_t rank = (COUNT * wanted[i] + 999) / 1000;
		__u64 exact = values[rank ? rank - 1 : 0];
		__u64 is = histogram_percentile(&histogram, wanted[i]);

		assert_true(is >= exact);
		assert_true(is - exact <= exact / 8);
		assert_int_equal(h2_bucket(is), h2_bucket(exact));
	}
}

static void test_buckets(void **state)
{
	(void)state;
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		assert_int_equal(h2_bucket(h2_lower(i)), i);
		assert_int_equal(h2_bucket(h2_upper(i)), i);
	}
	assert_int_equal(h2_bucket(~0ULL), H2_BUCKETS - 1);
}

/* The row of each value, by bcc's own rule. */
static unsigned int row_of(__u64 units)
{
	unsigned int row = 0;

	while (units > 1) {
		units >>= 1;
		row++;
	}
	return row;
}

static void test_log2_of_nanoseconds_is_exact(void **state)
{
	__u64 rows[LOG2_ROWS], must[LOG2_ROWS] = { 0 };

	(void)state;
	make(60, 0);
	for (size_t i = 0; i < COUNT; i++)
		must[row_of(values[i])]++;
	histogram_log2(&histogram, 1, rows);
	assert_memory_equal(rows, must, sizeof(rows));
}

/* With another unit a row's edge may be off by half a bucket. */
static void test_log2_of_microseconds(void **state)
{
	__u64 rows[LOG2_ROWS], below = 0;

	(void)state;
	make(40, 0);
	histogram_log2(&histogram, 1000, rows);
	for (unsigned int row = 0; row < 20; row++) {
		long double edge = 2000.0L * (1ULL << row);
		__u64 least = 0, most = 0;

		below += rows[row];
		for (size_t i = 0; i < COUNT; i++) {
			least += values[i] < edge * (1 - 0.0625L);
			most += values[i] <= edge * (1 + 0.0625L);
		}
		assert_in_range(below, least, most);
	}
}

static void test_plot(void **state)
{
	static const char *must =
		"     usecs               : count    distribution\n"
		"         0 -> 1          : 12       |********************                    |\n"
		"         2 -> 3          : 0        |                                        |\n"
		"         4 -> 7          : 24       |****************************************|\n"
		"         8 -> 15         : 1        |*                                       |\n";
	char *is;
	size_t length;
	FILE *out = open_memstream(&is, &length);

	(void)state;
	memset(&histogram, 0, sizeof(histogram));
	histogram.count[h2_bucket(1000)] = 12;
	histogram.count[h2_bucket(5000)] = 24;
	histogram.count[h2_bucket(9000)] = 1;
	plot_log2(out, &histogram, unit_find("us"));
	fclose(out);
	assert_string_equal(is, must);
	free(is);
}

static void check_variance(const char *unit, const char *must)
{
	char *is;
	size_t length;
	FILE *out = open_memstream(&is, &length);

	plot_figures(out, &histogram, &moments, unit_find(unit));
	fclose(out);
	if (!strstr(is, must))
		fail_msg("\"%s\" is not in:\n%s", must, is);
	free(is);
}

static void test_variance_has_the_unit_squared(void **state)
{
	(void)state;
	memset(&histogram, 0, sizeof(histogram));
	memset(&moments, 0, sizeof(moments));
	for (__u64 value = 1000; value <= 3000; value += 2000) {
		histogram_add(&histogram, value);
		moments_add(&moments, value);
	}
	check_variance("ns", "standard deviation 1000.000 ns (variance 1000000.000 ns^2)\n");
	check_variance("us", "standard deviation 1.000 us (variance 1.000 us^2)\n");
	check_variance("ms", "standard deviation 0.001 ms (variance 0.000 ms^2)\n");
	moments.squares = 1;
	check_variance("us", "standard deviation impossible\n");
}

static void test_plot_of_everything(void **state)
{
	char *is;
	size_t length;
	FILE *out = open_memstream(&is, &length);

	(void)state;
	for (__u32 i = 0; i < H2_BUCKETS; i++)
		histogram.count[i] = (1ULL << 48) - 1;
	moments = (struct moments) { .count = ~0ULL, .min = ~0ULL };
	plot_log2(out, &histogram, unit_find("ns"));
	plot_h2(out, &histogram, unit_find("ms"));
	plot_figures(out, &histogram, &moments, unit_find("ns"));
	fclose(out);
	assert_non_null(strstr(is, " 9223372036854775808 -> 18446744073709551615 "));
	assert_non_null(strstr(is, "mean impossible"));
	free(is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_moments_of_few),
		cmocka_unit_test(test_impossible_moments),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_log2_of_nanoseconds_is_exact),
		cmocka_unit_test(test_log2_of_microseconds),
		cmocka_unit_test(test_plot),
		cmocka_unit_test(test_variance_has_the_unit_squared),
		cmocka_unit_test(test_plot_of_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
