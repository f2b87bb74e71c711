// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_decoder - whole inputs: which session, what is counted once, what the report says */
#include "decoding.h"

#define RUNQLAT (1u << PROBE_runqlat)
#define RUNQSLOWER (1u << PROBE_runqslower)

static int setup(void **state)
{
	(void)state;
	options = options_default();
	return decoding_open();
}

static struct session *session(unsigned int index)
{
	assert_true(index < decoder->sessions.count);
	return decoder->sessions.session[index];
}

static void test_file_read_twice(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 20, 20 };

	(void)state;
	encode_about(&encoder, "b", RUNQSLOWER);
	for (__u32 i = 0; i < 20; i++)
		encode_wait(&encoder, "w", i, 1000, 7);
	encode_counters(&encoder, PROBE_runqslower, columns);
	encode_closing(&encoder);
	feed_all();
	feed_all();
	assert_true(add_report());
	assert_int_equal(decoder->sessions.count, 1);
	assert_true(session(0)->data.duplicates == session(0)->data.seen);
	says("count 20 ");
	says("result: clean");
}

/* Two recordings of one session, each with other blocks missing, make a whole one. */
static void test_two_halves(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 14 * 6; i++)
		encode_wait(&encoder, "w", i, 1000, ~0u);
	encode_closing(&encoder);
	for (size_t half = 0; half < 2; half++)
		for (size_t at = half * BLOCK_SIZE_MAX; at + BLOCK_SIZE_MAX <= encoder.length;
		     at += 2 * BLOCK_SIZE_MAX)
			feed(encoder.bytes + at, BLOCK_SIZE_MAX);
	feed(encoder.bytes + encoder.length - 2 * RECORD_SIZE, 2 * RECORD_SIZE);
	assert_int_equal(seqset_missing(&session(0)->data), 0);
	assert_int_equal(session(0)->data.late, 14 * 2);
	assert_true(add_report());
	says("count 84 ");
}

static void test_header_turns_up_later(void **state)
{
	(void)state;
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	encode_block_end(&encoder);
	encode_wait(&encoder, "w", 2, 1000, ~0u);
	encode_closing(&encoder);
	feed(encoder.bytes + RECORD_SIZE, encoder.length - RECORD_SIZE);
	assert_int_equal(decoder->sessions.count, 1);
	assert_true(session(0)->named);
	assert_int_equal(session(0)->data.seen, 2);
	assert_false(add_report());
	says("blocks: 1 header received, 1 missing");
}

static void test_no_header_at_all(void **state)
{
	(void)state;
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	encode_closing(&encoder);
	feed(encoder.bytes + RECORD_SIZE, RECORD_SIZE);
	assert_false(add_report());
	says("no header was received");
	says("5.000000 ");
}

/* The salt is 16 bits: two sessions may share one.  The latest header decides. */
static void test_two_sessions_of_one_salt(void **state)
{
	struct rec_header other;

	(void)state;
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	encode_block_end(&encoder);
	feed_all();
	memcpy(&other, encoder.bytes, sizeof(other));
	other.session_id[3] ^= 1;
	encode_sign(&other);
	memcpy(encoder.bytes, &other, sizeof(other));
	feed_all();
	assert_int_equal(decoder->sessions.count, 2);
	assert_int_equal(session(0)->data.seen, 1);
	assert_int_equal(session(1)->data.seen, 1);
	assert_true(add_report());
}

static void test_too_many_sessions(void **state)
{
	__u64 id = 0;

	(void)state;
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	encode_block_end(&encoder);
	for (unsigned int i = 0; i < 2 * SESSIONS_MAX; i++) {
		struct rec_header *header = (struct rec_header *)encoder.bytes;

		memcpy(header->session_id, &id, sizeof(id));
		id++;
		header->salt = (__u16)i;
		encode_sign(header);
		feed_all();
	}
	assert_in_range(decoder->sessions.count, 100, SESSIONS_MAX);
	assert_false(add_report());
	says("more sessions, threads");
}

static void test_slice_is_missing(void **state)
{
	__u64 values[] = { 1000, 1000, 2000, 3000, 1000000 };
	__u64 columns[LEDGER_COLUMNS] = { 5, 5 };

	(void)state;
	encode_snapshot(&encoder, PROBE_runqlat, values, 5);
	encode_counters(&encoder, PROBE_runqlat, columns);
	encode_closing(&encoder);
	memset(encoder.bytes + RECORD_SIZE, 0, RECORD_SIZE);
	feed_all();
	assert_false(add_report());
	says("2 of 5 counts are missing");
	says("not accounted for: 2: records are missing");
	says("all 0x00: never written");
	says_not("UNEXPLAINED");
}

/* What an early snapshot lacks, a later one brings: a lost one costs no count. */
static void test_snapshots_heal(void **state)
{
	__u64 values[] = { 1000, 1000, 2000, 3000, 1000000 };
	__u64 columns[LEDGER_COLUMNS] = { 5, 5 };
	size_t at;

	(void)state;
	encode_snapshot(&encoder, PROBE_runqlat, values, 2);
	encode_block_end(&encoder);
	at = encoder.length;
	encode_snapshot(&encoder, PROBE_runqlat, values, 5);
	encode_counters(&encoder, PROBE_runqlat, columns);
	encode_closing(&encoder);
	feed(encoder.bytes + at, encoder.length - at);
	assert_false(add_report());
	says("count 5  mean 201.400 us");
	says("received                         5");
	/* the old snapshot comes late and changes nothing */
	feed(encoder.bytes, at);
	assert_true(add_report());
	says("result: clean");
}

static void test_unexplained_in_spite_of_losses(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 30, 20 };

	(void)state;
	for (__u32 i = 0; i < 20; i++)
		encode_wait(&encoder, "w", i, 1000, ~0u);
	encode_counters(&encoder, PROBE_runqslower, columns);
	encode_closing(&encoder);
	memset(encoder.bytes + 3 * RECORD_SIZE, 0xff, RECORD_SIZE);
	feed_all();
	assert_false(add_report());
	says("UNEXPLAINED 10");
	says("not accounted for: 1: records are missing");
}

static void test_block_without_end(void **state)
{
	(void)state;
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	encode_block_end(&encoder);
	feed(encoder.bytes, encoder.length - RECORD_SIZE);
	assert_false(add_report());
	says("1 block without an end");
	says("what happened on the board after this is unknown");
}

static void test_lost_heartbeat(void **state)
{
	size_t at;

	(void)state;
	encode_block_end(&encoder);
	at = encoder.length;
	encode_block_end(&encoder);
	encode_block_end(&encoder);
	feed(encoder.bytes, at);
	feed(encoder.bytes + 2 * at, at);
	assert_false(add_report());
	says("blocks: 2 headers received, 1 missing");
}

static void test_previous_name(void **state)
{
	(void)state;
	encode_task(&encoder, 50, 1000, "young");
	encode_task(&encoder, 50, ~0ULL, "unborn");
	encode_task(&encoder, 50, 10, "old");
	encode_wait(&encoder, "w", 1, 1000, 50);
	encode_wait(&encoder, "w", 2, 1000, 51);
	encode_task(&encoder, 51, 1000, "follows");
	encode_wait(&encoder, "w", 3, 1000, 52);
	feed_all();
	encode_closing(&encoder);
	feed_all();
	assert_true(add_report());
	says("young            50 ");
	says("follows          51 ");
	says("-                52 ");
	says_not("unborn");
}

static void test_rows_are_bounded(void **state)
{
	(void)state;
	options.rows = 3;
	for (__u32 i = 0; i < 10; i++)
		encode_wait(&encoder, i == 7 ? "slowest" : "w", i, i == 7 ? 9999000 : 1000, ~0u);
	encode_closing(&encoder);
	feed_all();
	assert_true(add_report());
	says("3 rows above, 7 more (--rows all)");
	says("slowest          7                 9999 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, decoding_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_file_read_twice),
		TEST(test_two_halves),
		TEST(test_header_turns_up_later),
		TEST(test_no_header_at_all),
		TEST(test_two_sessions_of_one_salt),
		TEST(test_too_many_sessions),
		TEST(test_slice_is_missing),
		TEST(test_snapshots_heal),
		TEST(test_unexplained_in_spite_of_losses),
		TEST(test_block_without_end),
		TEST(test_lost_heartbeat),
		TEST(test_previous_name),
		TEST(test_rows_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
