// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_calltable - calls by CPU and thread: the latest record counts, growth, order, bounded memory */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "calltable.h"

static struct budget budget;
static struct calltable table;

static int set_up(void **state)
{
	(void)state;
	budget = (struct budget) { .left = 64 << 20 };
	calltable_init(&table, &budget, true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	calltable_release(&table);
	return table.row || table.room;
}

static void take(__u16 cpu, __u32 tid, __u32 tgid, __u64 sum, __u64 time_ns)
{
	struct rec_calls record = {
		.type = REC_calls,
		.time_ns = time_ns,
		.cpu = cpu,
		.tid = tid,
		.tgid = tgid,
		.sum = sum,
	};

	calltable_take(&table, &record);
}

static void test_empty(void **state)
{
	(void)state;
	assert_int_equal(table.count, 0);
	calltable_sort(&table);
}

static void test_latest_counts(void **state)
{
	(void)state;
	take(1, 2, 3, 100, 10);
	take(1, 2, 3, 300, 30);
	take(1, 2, 3, 200, 20); /* late */
	assert_int_equal(table.count, 1);
	assert_true(calltable_sort(&table)[0]->sum == 300);
	take(1, 2, 3, 400, 30); /* of the same moment */
	assert_true(calltable_sort(&table)[0]->sum == 400);
}

static void test_keys(void **state)
{
	(void)state;
	take(1, 2, 3, 1, 1);
	take(2, 2, 3, 2, 1);
	take(1, 3, 3, 3, 1);
	take(1, 2, 4, 4, 1);
	take(1, 2, CALLS_OTHERS, 5, 1);
	assert_int_equal(table.count, 5);
	for (unsigned int i = 0; i < 5; i++)
		assert_true(calltable_sort(&table)[i]->sum == 5 - i);
}

static void test_growth(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 10000; i++)
		take((__u16)(i % 7), i, i / 3, i, 1);
	for (__u32 i = 0; i < 10000; i++)
		take((__u16)(i % 7), i, i / 3, i + 1, 2);
	assert_int_equal(table.count, 10000);
	assert_true(table.refused == 0);
	for (unsigned int i = 0; i < 10000; i++)
		assert_true(calltable_sort(&table)[i]->sum == 10000 - i);
}

static void test_equal_sums(void **state)
{
	(void)state;
	take(1, 2, 3, 7, 1);
	take(0, 9, 3, 7, 1);
	take(0, 8, 3, 7, 1);
	assert_int_equal(calltable_sort(&table)[0]->tid, 8);
	assert_int_equal(calltable_sort(&table)[1]->tid, 9);
	assert_int_equal(calltable_sort(&table)[2]->tid, 2);
}

/* Without memory for more, what is known stays and is kept up to date. */
static void test_no_memory(void **state)
{
	(void)state;
	budget.left = 60000;
	for (__u32 i = 0; i < 5000; i++)
		take(0, i, i, i, 1);
	assert_in_range(table.count, 64, 256);
	assert_true(table.refused == 5000 - table.count);
	take(0, 5, 5, 1000000, 2);
	assert_true(calltable_sort(&table)[0]->sum == 1000000);
	calltable_release(&table);
	assert_true(budget.left == 60000);
}

static void take_counted(__u32 tid, __u64 count, __u64 sum, __u64 min, __u64 max)
{
	struct rec_calls record = { .type = REC_calls, .tid = tid, .tgid = tid };

	record.count = count;
	record.sum = sum;
	record.min = min;
	record.max = max;
	calltable_take(&table, &record);
}

/* Of a step: what was counted in it, and extremes only where they must be its own. */
static void test_steps(void **state)
{
	const struct rec_calls **row;
	unsigned int count;

	(void)state;
	take_counted(1, 10, 1000, 50, 200);
	take_counted(2, 5, 2000, 10, 900);
	row = calltable_step(&table, &count);
	assert_int_equal(count, 2);
	assert_int_equal(row[0]->tid, 2);
	assert_true(row[1]->count == 10 && row[1]->min == 50 && row[1]->max == 200);
	take_counted(1, 14, 4000, 50, 2000);
	row = calltable_step(&table, &count);
	assert_int_equal(count, 1);
	assert_true(row[0]->tid == 1 && row[0]->count == 4 && row[0]->sum == 3000);
	assert_true(row[0]->min == CALLS_EXTREME_UNKNOWN && row[0]->max == 2000);
	calltable_step(&table, &count);
	assert_int_equal(count, 0);
}

/* Whatever comes between the steps, and however the table grows: they add up to the totals. */
static void test_steps_add_up(void **state)
{
	__u64 counted[100] = { 0 }, summed[100] = { 0 }, total = 0;

	(void)state;
	for (__u32 step = 1; step <= 200; step++) {
		const struct rec_calls **row;
		unsigned int count;

		for (__u32 tid = 0; tid < 100; tid += 1 + step % 7)
			if (tid < step)
				take_counted(tid, (__u64)step * (tid + 1), (__u64)step * step, 1,
					     9);
		row = calltable_step(&table, &count);
		for (unsigned int i = 0; i < count; i++) {
			counted[row[i]->tid] += row[i]->count;
			summed[row[i]->tid] += row[i]->sum;
		}
	}
	for (unsigned int i = 0; i < table.count; i++) {
		assert_true(counted[table.row[i].tid] == table.row[i].count);
		assert_true(summed[table.row[i].tid] == table.row[i].sum);
		total += table.row[i].count;
	}
	assert_true(total > 0);
}

/* No board sends counts that go back; from those on a row counts anew. */
static void test_steps_backwards(void **state)
{
	const struct rec_calls **row;
	unsigned int count;

	(void)state;
	take_counted(1, 10, 1000, 50, 200);
	calltable_step(&table, &count);
	take_counted(1, 3, 30, 5, 20);
	row = calltable_step(&table, &count);
	assert_int_equal(count, 1);
	assert_true(row[0]->count == 3 && row[0]->sum == 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_latest_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_growth, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_equal_sums, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_steps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_steps_add_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_steps_backwards, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
