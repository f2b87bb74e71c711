// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_ledger - the books: remainders, the latest values, totals that are ahead */
#include "check.h"
#include "ledger.h"

static struct budget budget;
static struct ledger ledger;

static int setup(void **state)
{
	(void)state;
	budget = (struct budget) { .left = 1 << 20 };
	memset(&ledger, 0, sizeof(ledger));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ledger_release(&ledger, &budget);
	return budget.left != 1 << 20;
}

static void learn(unsigned int probe, unsigned int first, __u64 time_ns, __u64 a, __u64 b, __u64 c,
		  __u64 d)
{
	struct rec_counters record = {
		.type = REC_counters,
		.time_ns = time_ns,
		.probe = (__u8)probe,
		.first = (__u8)first,
		.value = { a, b, c, d },
	};

	ledger_counters(&ledger, &record, &budget);
}

static void test_balanced(void **state)
{
	(void)state;
	learn(1, 0, 10, 100, 90, 4, 3);
	learn(1, 4, 10, 2, 1, 0, 0);
	learn(1, 16, 10, 1000000, 0, 0, 0);
	assert_true(account_is_usable(ledger.account[1]));
	assert_true(account_is_of_one_moment(ledger.account[1]));
	assert_true(account_remainder(ledger.account[1]) == 0);
}

static void test_remainder_has_a_sign(void **state)
{
	(void)state;
	learn(1, 0, 10, 100, 90, 0, 0);
	learn(2, 0, 10, 100, 110, 0, 0);
	assert_true(account_remainder(ledger.account[1]) == 10);
	assert_true(account_remainder(ledger.account[2]) == -10);
}

static void test_huge_values_do_not_wrap(void **state)
{
	(void)state;
	learn(1, 0, 10, 0, ~0ULL, ~0ULL, 0);
	assert_true(account_remainder(ledger.account[1]) == -2 * (s128)~0ULL);
}

/* Both began just below 2^64, and 10 events came, of which 9 were delivered and one found the ring full. */
static void test_past_64_bits(void **state)
{
	(void)state;
	learn(1, 0, 10, 5, 9, ~0ULL - 3, 0);
	learn(2, 0, 10, 5, 8, ~0ULL - 3, 0);
	assert_true(account_remainder(ledger.account[1]) == 0);
	assert_true(account_remainder(ledger.account[2]) != 0);
}

static void test_latest_counts(void **state)
{
	(void)state;
	learn(1, 0, 20, 100, 100, 0, 0);
	learn(1, 0, 10, 50, 40, 10, 0);
	assert_true(ledger.account[1]->value[LEDGER_entered] == 100);
	assert_true(account_remainder(ledger.account[1]) == 0);
	learn(1, 4, 10, 1, 0, 0, 0);
	assert_false(account_is_of_one_moment(ledger.account[1]));
}

static void test_columns_of_a_newer_collector(void **state)
{
	(void)state;
	learn(1, 0, 10, 100, 90, 0, 0);
	learn(1, LEDGER_COLUMNS, 10, 6, 4, 0, 0);
	assert_true(account_remainder(ledger.account[1]) == 0);
	assert_null(ledger_name(LEDGER_COLUMNS));
	assert_string_equal(ledger_name(LEDGER_ring_full), "ring_full");
	learn(200, 0, 10, 1, 1, 1, 1);
	learn(1, 200, 10, 1, 1, 1, 1);
	learn(1, LEDGER_SLOTS - 1, 10, 0, 9, 9, 9);
	assert_int_equal(ledger.refused, 2);
}

static void test_trailer_is_ahead(void **state)
{
	struct rec_trailer trailer = {
		.time_ns = 30, .entered = 15, .unmeasured = 5, .file_lost = 14
	};

	(void)state;
	/* low 32 bits of a count beyond them */
	learn(1, 0, 10, (1ULL << 32) + 10, 0, 0, 1);
	learn(2, 4, 10, 1, 0, 0, 0);
	assert_int_equal(ledger_total_ahead(&ledger, 0), 0);
	ledger_trailer(&ledger, &trailer);
	assert_int_equal(ledger_total_ahead(&ledger, 0), 5);
	assert_int_equal(ledger_total_ahead(&ledger, 2), 3);
	assert_int_equal(ledger_sink_lost(&ledger, LEDGER_file_lost), 14);
	assert_int_equal(ledger_sink_lost(&ledger, LEDGER_send_lost), 0);
	/* an older one changes nothing, and one that is behind the counters adds nothing */
	trailer.time_ns = 20;
	trailer.entered = 99;
	ledger_trailer(&ledger, &trailer);
	assert_int_equal(ledger_total_ahead(&ledger, 0), 5);
	learn(1, 0, 40, (1ULL << 32) + 20, 0, 0, 1);
	assert_int_equal(ledger_total_ahead(&ledger, 0), 0);
}

static void test_gaps(void **state)
{
	struct rec_gap gap = { .cause = LEDGER_ring_full, .from_ns = 50, .to_ns = 60, .lost = 3 };

	(void)state;
	ledger_gap(&ledger, &gap, &budget);
	gap.from_ns = 20;
	gap.to_ns = 30;
	ledger_gap(&ledger, &gap, &budget);
	gap.cause = 255;
	ledger_gap(&ledger, &gap, &budget);
	assert_int_equal(ledger.losses[LEDGER_ring_full].gaps, 2);
	assert_int_equal(ledger.losses[LEDGER_ring_full].lost, 6);
	assert_int_equal(ledger.losses[LEDGER_ring_full].from_ns, 20);
	assert_int_equal(ledger.losses[LEDGER_ring_full].to_ns, 60);
	assert_int_equal(ledger.refused, 1);
}

static void test_without_memory(void **state)
{
	(void)state;
	budget.left = 0;
	learn(1, 0, 10, 1, 1, 0, 0);
	assert_null(ledger.account[1]);
	assert_int_equal(ledger.refused, 1);
	budget.left = 1 << 20;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_balanced),	     TEST(test_remainder_has_a_sign),
		TEST(test_past_64_bits),     TEST(test_huge_values_do_not_wrap),
		TEST(test_latest_counts),    TEST(test_columns_of_a_newer_collector),
		TEST(test_trailer_is_ahead), TEST(test_gaps),
		TEST(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
