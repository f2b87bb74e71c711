// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_h2 - the H2 histogram at the edges of every bucket */
#include "fakes.h"

#include "h2.h"
#include "hist.h"

/* The same by counting: octave by octave, bucket by bucket, the lower edges one after the other. */
static __u64 edge[H2_BUCKETS + 1];

static void find_edges(void)
{
	__u64 width = 1, at = 0;

	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++) {
		/* the first two runs of eight have buckets of one value */
		if (bucket >= 16 && bucket % 8 == 0)
			width *= 2;
		edge[bucket] = at;
		at += width;
	}
	edge[H2_BUCKETS] = at; /* 2^64, wrapped */
}

static void test_buckets_cover_all_values(void **state)
{
	(void)state;
	assert_int_equal(H2_BUCKETS, 496);
	assert_true(edge[0] == 0);
	assert_true(edge[H2_BUCKETS] == 0);
}

static void test_edges(void **state)
{
	(void)state;
	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++) {
		assert_true(h2_lower(bucket) == edge[bucket]);
		assert_true(h2_upper(bucket) == edge[bucket + 1] - 1);
	}
}

static void test_value_to_bucket(void **state)
{
	(void)state;
	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++) {
		__u64 first = edge[bucket], last = edge[bucket + 1] - 1;

		assert_int_equal(h2_bucket(first), bucket);
		assert_int_equal(h2_bucket(last), bucket);
		assert_int_equal(h2_bucket(first + (last - first) / 2), bucket);
	}
}

static void test_small_values_have_a_bucket_each(void **state)
{
	(void)state;
	for (__u64 value = 0; value < 16; value++)
		assert_int_equal(h2_bucket(value), value);
}

/* 12.5 % of the lower edge, from where buckets hold more than one value. */
static void test_width(void **state)
{
	(void)state;
	for (unsigned int bucket = 16; bucket < H2_BUCKETS; bucket++) {
		__u64 width = h2_upper(bucket) - h2_lower(bucket) + 1;

		assert_true(width <= h2_lower(bucket) / 8);
	}
}

/* What the programs in the kernel do with a table for small values. */
static void test_division_shifts_by_octaves(void **state)
{
	(void)state;
	for (unsigned int bucket = 16; bucket < H2_BUCKETS; bucket++)
		for (unsigned int n = 0; edge[bucket] >> n >= 8; n++) {
			__u64 last = edge[bucket + 1] - 1;

			assert_int_equal(h2_bucket(edge[bucket] >> n) + n * 8, bucket);
			assert_int_equal(h2_bucket(last >> n) + n * 8, bucket);
		}
}

static int set_up(void **state)
{
	(void)state;
	find_edges();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets_cover_all_values),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_value_to_bucket),
		cmocka_unit_test(test_small_values_have_a_bucket_each),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_division_shifts_by_octaves),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
