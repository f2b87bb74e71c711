// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_backlog - which blocks wait, against a set that is kept the simple way */
#include "fakes.h"

#include "backlog.h"
#include "clocks.h"
#include "lately.h"

#define BLOCKS 2000

/* Numbers pass 32 bits on the way. */
#define FIRST_BLOCK ((1ull << 32) - 40)
#define FIRST_RECORD ((1ull << 33) - 300)

static struct {
	bool waits[BLOCKS];
	bool gone[BLOCKS];	  /* not to be had any more: never added again */
	__u64 record[BLOCKS + 1]; /* number of the block's first one */
	__u64 skipped;		  /* records of the newest span's blocks that were skipped */
} naive;

static struct backlog backlog;

static int set_up(void **state)
{
	(void)state;
	srand(4);
	memset(&naive, 0, sizeof(naive));
	memset(&backlog, 0, sizeof(backlog));
	naive.record[0] = FIRST_RECORD;
	for (unsigned int i = 0; i < BLOCKS; i++)
		naive.record[i + 1] = naive.record[i] + (__u64)rand() % 15;
	return 0;
}

static unsigned int below(unsigned int limit)
{
	return (unsigned int)rand() % limit;
}

static unsigned int records_of(unsigned int at)
{
	return (unsigned int)(naive.record[at + 1] - naive.record[at]);
}

static void add(unsigned int from, unsigned int to)
{
	const struct span span = { FIRST_BLOCK + from, FIRST_BLOCK + to, naive.record[from],
				   naive.record[to] };

	for (unsigned int at = from; at < to; at++)
		if (naive.gone[at])
			return;
	backlog_add(&backlog, &span);
	for (unsigned int at = from; at < to; at++)
		naive.waits[at] = true;
}

static __u64 waiting(void)
{
	__u64 records = 0;

	for (unsigned int at = 0; at < BLOCKS; at++)
		records += naive.waits[at] ? records_of(at) : 0;
	return records;
}

/* The newest block that waits; BLOCKS: none does. */
static unsigned int newest(void)
{
	for (unsigned int at = BLOCKS; at--;)
		if (naive.waits[at])
			return at;
	return BLOCKS;
}

static void check_order(void)
{
	assert_true(backlog.count <= BACKLOG_SPANS);
	for (unsigned int i = 0; i < backlog.count; i++) {
		assert_true(backlog.span[i].block < backlog.span[i].block_end);
		assert_true(!i || backlog.span[i - 1].block_end < backlog.span[i].block);
	}
}

static void check_same(void)
{
	unsigned int at = newest();
	__u64 number = 0;

	check_order();
	assert_true(backlog_records(&backlog) == waiting() + naive.skipped);
	assert_int_equal(backlog_newest(&backlog, &number), at < BLOCKS);
	assert_true(at == BLOCKS || number == FIRST_BLOCK + at);
}

static __u64 take(unsigned int at)
{
	return backlog_take(&backlog, (__u32)naive.record[at], records_of(at));
}

/* The newest one is passed on (of two blocks beside each other the older one tells what was skipped). */
static void take_newest(unsigned int at)
{
	naive.waits[at] = false;
	assert_true(take(at) == naive.skipped);
	naive.skipped = 0;
}

static void skip_newest(unsigned int at)
{
	bool is_last = !at || !naive.waits[at - 1];
	__u64 lost = naive.skipped + records_of(at);

	naive.waits[at] = false;
	naive.gone[at] = true;
	assert_true(backlog_skip(&backlog) == (is_last ? lost : 0));
	naive.skipped = is_last ? 0 : lost;
}

static void drop_newest(unsigned int at)
{
	__u64 lost = naive.skipped;

	do {
		lost += records_of(at);
		naive.waits[at] = false;
		naive.gone[at] = true;
	} while (at-- && naive.waits[at]);
	assert_true(backlog_drop(&backlog) == lost);
	naive.skipped = 0;
}

/* Within so few blocks there are never too many spans: the two are the same at each step. */
static void test_as_a_set(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 200000; round++) {
		unsigned int from = below(2 * BACKLOG_SPANS - 20), what = below(16), at = newest();

		if (what < 6 && !naive.skipped)
			add(from, from + 1 + below(what ? 2 : 20));
		else if (at < BLOCKS && what < 14)
			take_newest(at);
		else if (at < BLOCKS && what == 14)
			skip_newest(at);
		else if (at < BLOCKS && !below(8))
			drop_newest(at);
		check_same();
		if (!below(500)) /* what has gone is all there was: begin again */
			memset(naive.gone, 0, naive.skipped ? 0 : sizeof(naive.gone));
	}
}

/* In the end all that waits is offered, the newest first, whatever else there is between. */
static void check_drain(void)
{
	__u64 number, before = ~0ull;
	unsigned int at;

	while (backlog_newest(&backlog, &number)) {
		assert_true(number < before);
		before = number;
		at = (unsigned int)(number - FIRST_BLOCK);
		naive.waits[at] = false;
		assert_true(take(at) == 0);
	}
	assert_int_equal(newest(), BLOCKS);
	assert_true(backlog_records(&backlog) == 0);
}

/* With too many spans more is offered than waits, never less. */
static void test_too_many_spans(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 50; round++) {
		for (unsigned int i = 0; i < 1000; i++) {
			unsigned int from = below(BLOCKS - 3);

			add(from, from + 1 + below(3));
			check_order();
		}
		assert_true(backlog.count > BACKLOG_SPANS - 8);
		assert_true(backlog_records(&backlog) >= waiting());
		check_drain();
	}
}

/* The two that are nearest become one. */
static void test_nearest_join(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < BACKLOG_SPANS; i++)
		add(10 * i, 10 * i + 1 + (i == 77 ? 8 : 0));
	assert_int_equal(backlog.count, BACKLOG_SPANS);
	add(1999, 2000);
	assert_int_equal(backlog.count, BACKLOG_SPANS);
	assert_true(backlog.span[77].block == FIRST_BLOCK + 770);
	assert_true(backlog.span[77].block_end == FIRST_BLOCK + 781);
	assert_true(backlog_records(&backlog) == waiting() + records_of(779));
}

static void test_empty_span(void **state)
{
	const struct span empty = { 5, 5, 7, 7 };

	(void)state;
	backlog_add(&backlog, &empty);
	assert_int_equal(backlog.count, 0);
}

/* What a damaged file says of its blocks neither adds records nor takes away more than there are. */
static void test_nonsense(void **state)
{
	__u64 number;

	(void)state;
	for (unsigned int round = 0; round < 1000; round++) {
		add(10, 60);
		while (backlog_newest(&backlog, &number)) {
			__u64 before = backlog_records(&backlog), lost;

			lost = backlog_take(&backlog, (__u32)rand() << 1 ^ (__u32)rand(),
					    below(15));
			assert_true(lost <= before);
			assert_true(backlog_records(&backlog) + lost <= before);
		}
	}
}

/*
 * What was sent lately
 */

static void test_lately(void **state)
{
	const struct span early = { 1, 2, 10, 20 }, late = { 2, 3, 20, 30 },
			  last = { 3, 4, 30, 40 };
	struct lately lately = { 0 };
	__u64 now = 100 * NS_PER_SEC;

	(void)state;
	lately_doubt(&lately, &backlog, now);
	assert_int_equal(backlog.count, 0);
	lately_add(&lately, &early, now);
	lately_add(&lately, &late, now + 3 * NS_PER_SEC);
	lately_add(&lately, &last, now + 6 * NS_PER_SEC);
	lately_doubt(&lately, &backlog, now + 6 * NS_PER_SEC);
	assert_int_equal(backlog.count, 1);
	assert_true(backlog.span[0].block == 2 && backlog.span[0].block_end == 4);
	assert_true(backlog_records(&backlog) == 20);
	lately_doubt(&lately, &backlog, now + 6 * NS_PER_SEC);
	assert_true(backlog_records(&backlog) == 20);
}

static void test_lately_is_long_ago(void **state)
{
	const struct span span = { 1, 2, 10, 20 };
	struct lately lately = { 0 };
	__u64 now = 100 * NS_PER_SEC;

	(void)state;
	lately_add(&lately, &span, now);
	lately_doubt(&lately, &backlog, now + 5 * NS_PER_SEC);
	assert_int_equal(backlog.count, 0);
	lately_add(&lately, &span, now + 5 * NS_PER_SEC);
	lately_doubt(&lately, &backlog, now + 5 * NS_PER_SEC + 1900 * NS_PER_MS);
	assert_true(backlog_records(&backlog) == 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_as_a_set, set_up),
		cmocka_unit_test_setup(test_too_many_spans, set_up),
		cmocka_unit_test_setup(test_nearest_join, set_up),
		cmocka_unit_test_setup(test_empty_span, set_up),
		cmocka_unit_test_setup(test_nonsense, set_up),
		cmocka_unit_test_setup(test_lately, set_up),
		cmocka_unit_test_setup(test_lately_is_long_ago, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
