// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_seqset - missing, double and late numbers, across a wrap and beyond the bound */
#include "check.h"
#include "encode.h"
#include "seqset.h"

static struct budget budget;
static struct seqset set;

static int setup(void **state)
{
	(void)state;
	budget = (struct budget) { .left = 1 << 20 };
	return !seqset_init(&set, &budget);
}

static int teardown(void **state)
{
	(void)state;
	seqset_release(&set, &budget);
	return budget.left != 1 << 20;
}

static void add(__u32 seq, enum seq_verdict verdict)
{
	assert_int_equal(seqset_add(&set, seq, &budget), verdict);
}

static void test_in_order(void **state)
{
	(void)state;
	assert_int_equal(seqset_missing(&set), 0);
	for (__u32 i = 0; i < 1000; i++)
		add(i, SEQ_NEW);
	assert_int_equal(seqset_missing(&set), 0);
	assert_int_equal(set.ranges, 1);
	assert_int_equal(set.late, 0);
}

static void test_hole_is_filled_late(void **state)
{
	(void)state;
	add(0, SEQ_NEW);
	add(3, SEQ_NEW);
	assert_int_equal(seqset_missing(&set), 2);
	add(2, SEQ_NEW);
	add(1, SEQ_NEW);
	assert_int_equal(seqset_missing(&set), 0);
	assert_int_equal(set.late, 2);
	assert_int_equal(set.ranges, 1);
}

static void test_duplicates(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++)
		for (__u32 i = 0; i < 100; i += 2)
			add(i, round ? SEQ_DUPLICATE : SEQ_NEW);
	assert_int_equal(set.duplicates, 100);
	assert_int_equal(seqset_missing(&set), 49);
}

static void test_headers_and_trailers_reveal(void **state)
{
	(void)state;
	seqset_expect(&set, 5);
	assert_int_equal(seqset_missing(&set), 5);
	assert_int_equal(seqset_missing_before(&set), 5);
	add(5, SEQ_NEW);
	seqset_expect(&set, 20);
	assert_int_equal(seqset_missing(&set), 5 + 14);
	seqset_expect(&set, 7);
	assert_int_equal(seqset_missing(&set), 5 + 14);
	add(19, SEQ_NEW);
	assert_int_equal(set.late, 0);
	add(3, SEQ_NEW);
	assert_int_equal(seqset_missing(&set), 4 + 13);
}

static void test_wrap(void **state)
{
	__u32 first = 0xfffffff0;

	(void)state;
	for (__u32 i = 0; i < 32; i++)
		if (i != 15 && i != 16)
			add(first + i, SEQ_NEW);
	assert_true(seqset_missing_before(&set) == first);
	assert_true(seqset_missing(&set) == (__u64)first + 2);
	add(0xffffffff, SEQ_NEW);
	add(0, SEQ_NEW);
	add(5, SEQ_DUPLICATE);
	assert_true(seqset_missing(&set) == first);
	assert_int_equal(set.ranges, 1);
}

/* What came before a wrap may come after what came after it, from the first number on. */
static void test_late_across_wrap(void **state)
{
	(void)state;
	add(3, SEQ_NEW);
	add(0xfffffffe, SEQ_NEW);
	assert_true(seqset_missing_before(&set) == 0xfffffffe);
	assert_true(seqset_missing(&set) == 0xfffffffeULL + 4);
}

static void test_oldest_holes_are_settled(void **state)
{
	__u32 count = SEQSET_RANGES + 100;

	(void)state;
	for (__u32 i = 0; i < count; i++)
		add(i * 2, SEQ_NEW);
	assert_int_equal(set.ranges, SEQSET_RANGES);
	assert_int_equal(seqset_missing(&set), count - 1);
	add(1, SEQ_TOO_LATE);
	add(2, SEQ_TOO_LATE);
	add(count * 2 - 3, SEQ_NEW);
	assert_int_equal(seqset_missing(&set), count - 2);
	assert_int_equal(set.too_late, 2);
}

/* Against a bitmap: a window of numbers in random order. */
static void test_random_order(void **state)
{
	unsigned char seen[400] = { 0 };
	__u64 random = 4, distinct = 0;
	__u32 base = 0xffffff00;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		__u32 number = (__u32)(encode_random(&random) % sizeof(seen));

		add(base + number, seen[number] ? SEQ_DUPLICATE : SEQ_NEW);
		distinct += !seen[number];
		seen[number] = 1;
	}
	assert_true(set.seen == distinct);
	assert_true(seqset_missing(&set) - seqset_missing_before(&set) ==
		    set.end - set.lowest - distinct);
}

/* Sequence number @seq of a set that began at 0. */
static void check_run(__u32 seq, __u32 from)
{
	__u64 number = seqset_number(&set, seq);

	assert_true(number == SEQSET_FIRST + seq);
	assert_true(seqset_run(&set, number) == SEQSET_FIRST + from);
}

static void test_runs(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 10; i++)
		add(i, SEQ_NEW);
	add(12, SEQ_NEW);
	add(13, SEQ_NEW);
	check_run(0, 0);
	check_run(9, 0);
	check_run(12, 12);
	check_run(13, 12);
	add(11, SEQ_NEW);
	check_run(13, 11);
	check_run(9, 0);
	add(10, SEQ_NEW);
	check_run(13, 0);
}

static void test_run_does_not_reach_across_a_settled_hole(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 3 * SEQSET_RANGES; i += 2)
		add(i, SEQ_NEW);
	for (__u32 i = 0; i < 3 * SEQSET_RANGES; i += 2)
		check_run(i, i);
}

static void test_without_memory(void **state)
{
	(void)state;
	budget.left = 0;
	for (__u32 i = 0; i < 100; i++)
		add(i * 2, SEQ_NEW);
	assert_int_equal(seqset_missing(&set), 99);
	assert_true(budget.refused > 0);
	budget.left = (1 << 20) - set.room * sizeof(*set.range);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_order),
		TEST(test_hole_is_filled_late),
		TEST(test_duplicates),
		TEST(test_headers_and_trailers_reveal),
		TEST(test_wrap),
		TEST(test_late_across_wrap),
		TEST(test_oldest_holes_are_settled),
		TEST(test_random_order),
		TEST(test_runs),
		TEST(test_run_does_not_reach_across_a_settled_hole),
		TEST(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
