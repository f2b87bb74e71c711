// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_steps - --interval: what each step shows when records are lost, late, double or lies */
#include "decoding.h"

#define SEC 1000000000ULL
#define RUNQLAT (1u << PROBE_runqlat)
#define RUNQSLOWER (1u << PROBE_runqslower)
#define BLOCKS 400

/* Where each block begins; the recording's parts can be fed in any order. */
static size_t block_at[BLOCKS + 1];
static unsigned int blocks;

/* In three slices; the buckets' edges are 1023 / 1024, 2047 / 2048 and so on. */
static const __u64 values[] = {
	1000, 1000, 1000, 40000, 40000, 40000, 40000, 900000, 900000, 900000
};

static int setup(void **state)
{
	(void)state;
	options = options_default();
	options.rows = ~0ULL;
	options.interval_ns = SEC;
	blocks = 0;
	return decoding_open();
}

/* A block ends here. */
static void cut(void)
{
	encode_block_end(&encoder);
	assert_true(blocks < BLOCKS);
	block_at[++blocks] = encoder.length;
}

static void begin(void)
{
	encoder.step_ns = 0;
	encode_about(&encoder, "b", RUNQLAT);
	cut();
}

/* The last record of a snapshot. */
static void finish_snapshot(void)
{
	__u64 none[LEDGER_COLUMNS] = { 0 };

	encode_counters(&encoder, 0, none);
}

/* A second later: the first @count of the values were counted. */
static void snapshot(size_t count)
{
	encoder.time_ns += SEC;
	if (count)
		encode_snapshot(&encoder, PROBE_runqlat, values, count);
	finish_snapshot();
	cut();
}

/* What most tests record: after each second 3, 7 and then 10 values were counted. */
static void begin_with_three(void)
{
	begin();
	snapshot(3);
	snapshot(7);
	snapshot(10);
}

static void feed_block(unsigned int number)
{
	feed(encoder.bytes + block_at[number], block_at[number + 1] - block_at[number]);
}

static void feed_all_but(unsigned int number)
{
	for (unsigned int i = 0; i < blocks; i++)
		if (i != number)
			feed_block(i);
}

static void close_and_report(void)
{
	size_t at = encoder.length;

	encode_closing(&encoder);
	feed(encoder.bytes + at, encoder.length - at);
	add_report();
}

static unsigned int times_said(const char *what)
{
	unsigned int times = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		times++;
	return times;
}

/* The step from @from to @to seconds says @what. */
static void step_says(unsigned int from, unsigned int to, const char *what)
{
	char heading[80];
	const char *begin, *end;

	snprintf(heading, sizeof(heading), ", 00:00:%02u.000000 to 00:00:%02u.000000 (", from, to);
	begin = strstr(text, heading);
	if (!begin)
		fail_msg("no step from %u to %u in:\n%s", from, to, text);
	begin += strlen(heading);
	end = strstr(begin, "board b, 00:00:");
	if (!end)
		end = strstr(begin, "\nsession 1 of ");
	begin = strstr(begin, what);
	if (!begin || (end && begin > end))
		fail_msg("\"%s\" is not in the step from %u to %u:\n%s", what, from, to, text);
}

static void test_differences(void **state)
{
	(void)state;
	begin_with_three();
	feed_all();
	/* each when its last record came, and not at the end of the input */
	step_says(5, 6, "count 3  mean 1.000 us  standard deviation 0.000 us");
	step_says(6, 7, "count 4  mean 40.000 us  standard deviation 0.000 us");
	step_says(7, 8, "count 3  mean 900.000 us  standard deviation 0.000 us");
	close_and_report();
	assert_int_equal(times_said(" to 00:00:"), 3);
	says("count 10  mean 286.300 us");
	says_not("missing:");
}

static void test_nothing_without_interval(void **state)
{
	decoding_close(state);
	options.interval_ns = 0;
	assert_int_equal(decoding_open(), 0);
	begin();
	snapshot(3);
	feed_all();
	close_and_report();
	says("count 3");
	says_not(" to 00:00:");
}

static void test_longer_than_snapshots(void **state)
{
	(void)state;
	options.interval_ns = 2 * SEC;
	begin_with_three();
	feed_all();
	close_and_report();
	step_says(5, 7, "count 7 ");
	step_says(7, 8, "count 3 ");
	says_not("nearest");
}

static void test_no_multiple_of_snapshots(void **state)
{
	(void)state;
	options.interval_ns = 1800000000;
	begin_with_three();
	snapshot(10);
	feed_all();
	close_and_report();
	step_says(5, 7,
		  "(a step ends at the snapshot nearest to a multiple of 1.800000 s; there is "
		  "one every 1000 ms)");
	step_says(5, 7, "count 7 ");
	step_says(7, 9, "count 3 ");
	assert_int_equal(times_said("nearest"), 1);
}

/* A timer that fires a little early or late does not shift the steps. */
static void test_nearest_snapshot(void **state)
{
	(void)state;
	options.interval_ns = 2 * SEC;
	begin();
	snapshot(3);
	encoder.time_ns -= 30000;
	snapshot(7);
	encoder.time_ns += 60000;
	snapshot(8);
	snapshot(10);
	feed_all();
	says(", 00:00:05.000000 to 00:00:06.999970 (1.999970 s):");
	says(", 00:00:06.999970 to 00:00:09.000030 (2.000060 s):");
}

static void test_nothing_happened(void **state)
{
	(void)state;
	begin();
	snapshot(3);
	snapshot(0);
	snapshot(7);
	feed_all();
	close_and_report();
	step_says(6, 7, "nothing was counted");
	step_says(7, 8, "count 4 ");
	says_not("missing:");
}

static void test_lost_snapshot_makes_a_longer_step(void **state)
{
	(void)state;
	begin_with_three();
	feed_all_but(2);
	close_and_report();
	step_says(6, 8, "count 7 ");
	says_not("since");
}

/* A single record in block @number, from its end; 1 is the last data record. */
static void destroy(unsigned int number, unsigned int from_end)
{
	memset(encoder.bytes + block_at[number + 1] - (from_end + 1) * RECORD_SIZE, 0, RECORD_SIZE);
}

/* Of the second of three snapshots. */
static void lose(unsigned int from_end)
{
	begin_with_three();
	destroy(2, from_end);
	feed_all();
	close_and_report();
	step_says(6, 7, "what 1 histogram counted is not in this step");
	step_says(7, 8, "counted since 00:00:06.000000, because records are missing:");
	step_says(7, 8, "count 7 ");
}

static void test_lost_slice(void **state)
{
	(void)state;
	lose(4);
}

static void test_lost_summary(void **state)
{
	(void)state;
	lose(3);
}

/* The extremes of the step are then bounds from its buckets. */
static void test_lost_range(void **state)
{
	(void)state;
	begin();
	snapshot(3);
	snapshot(7);
	destroy(2, 2);
	feed_all();
	close_and_report();
	step_says(5, 6, "min 1.000 ");
	step_says(6, 7, "count 4 ");
	step_says(6, 7, "min >= 36.864 ");
	step_says(6, 7, "max <= 40.959 us");
}

/* It is seen from the next snapshot's first record that this one is over. */
static void test_lost_last_record(void **state)
{
	(void)state;
	begin_with_three();
	destroy(2, 1);
	feed_all();
	close_and_report();
	step_says(6, 7, "count 4 ");
	step_says(7, 8, "count 3 ");
}

/* Nothing came of a histogram: because nothing happened, or because it was lost? */
static void test_silence_with_losses(void **state)
{
	(void)state;
	begin();
	snapshot(3);
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	cut();
	snapshot(0);
	snapshot(0);
	snapshot(7);
	feed_all_but(2);
	close_and_report();
	step_says(6, 7, "what 1 histogram counted is not in this step");
	step_says(7, 8, "what 1 histogram counted is not in this step");
	step_says(8, 9, "counted since 00:00:06.000000, because records are missing:");
	step_says(8, 9, "count 4 ");
}

/* As before, but the ledger says that nothing happened, and in the end what did. */
static void test_silence_that_the_ledger_explains(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	(void)state;
	begin();
	snapshot(3);
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	cut();
	for (unsigned int i = 0; i < 3; i++) {
		encoder.time_ns += SEC;
		columns[LEDGER_delivered] = i < 2 ? 3 : 7;
		if (i == 2)
			encode_snapshot_of(&encoder, PROBE_runqlat,
					   HIST_SHAPE(SCOPE_ALL, H2_PRECISION), 1, values, 4);
		encode_counters(&encoder, PROBE_runqlat, columns);
		finish_snapshot();
		cut();
	}
	feed_all_but(2);
	close_and_report();
	step_says(6, 7, "nothing was counted");
	step_says(7, 8, "nothing was counted");
	step_says(8, 9, "count 4 ");
	says_not("counted since");
	says_not("not in this step");
}

/* An older ledger agrees with what is left of the snapshot, and proves nothing. */
static void test_ledger_of_an_older_snapshot(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	(void)state;
	begin();
	for (size_t count = 3; count <= 7; count += 2) {
		encoder.time_ns += SEC;
		encode_snapshot(&encoder, PROBE_runqlat, values, count);
		columns[LEDGER_delivered] = count;
		encode_counters(&encoder, PROBE_runqlat, columns);
		finish_snapshot();
		cut();
	}
	destroy(2, 2); /* the ledger */
	destroy(2, 4); /* the summary */
	destroy(2, 5); /* the slice that grew */
	feed_all();
	close_and_report();
	step_says(6, 7, "what 1 histogram counted is not in this step");
	step_says(7, 8, "counted since 00:00:06.000000, because records are missing:");
	step_says(7, 8, "count 4 ");
}

/* Block 3 overtakes block 2: the step waits, and ends at the later one. */
static void test_late_snapshot(void **state)
{
	(void)state;
	begin_with_three();
	feed_block(0);
	feed_block(1);
	feed_block(3);
	assert_int_equal(times_said(" to 00:00:"), 1);
	feed_block(2);
	step_says(6, 8, "count 7 ");
	close_and_report();
	assert_int_equal(times_said(" to 00:00:"), 2);
	says_not("missing:");
}

/* Within a snapshot the last block overtakes the first. */
static void test_late_slices(void **state)
{
	(void)state;
	begin();
	snapshot(3);
	encoder.time_ns += SEC;
	encode_snapshot(&encoder, PROBE_runqlat, values, 7);
	cut();
	finish_snapshot();
	cut();
	snapshot(10);
	feed_block(0);
	feed_block(1);
	feed_block(3);
	assert_int_equal(times_said(" to 00:00:"), 1);
	feed_block(2);
	step_says(6, 7, "count 4 ");
	feed_block(4);
	close_and_report();
	step_says(7, 8, "count 3 ");
	says_not("missing:");
}

/* They come when the next snapshot is here already: its step has all. */
static void test_slices_that_are_too_late(void **state)
{
	(void)state;
	begin();
	snapshot(3);
	encoder.time_ns += SEC;
	encode_snapshot(&encoder, PROBE_runqlat, values, 7);
	cut();
	finish_snapshot();
	cut();
	snapshot(10);
	snapshot(10);
	feed_block(0);
	feed_block(1);
	feed_block(3);
	feed_block(4);
	feed_block(2);
	feed_block(5);
	close_and_report();
	step_says(6, 7, "what 1 histogram counted is not in this step");
	step_says(7, 8, "counted since 00:00:06.000000, because records are missing:");
	step_says(7, 8, "count 7 ");
	step_says(8, 9, "nothing was counted");
}

static void test_everything_twice(void **state)
{
	(void)state;
	begin_with_three();
	for (unsigned int i = 0; i < blocks; i++) {
		feed_block(i);
		feed_block(i);
		feed_block(0);
	}
	feed_all();
	close_and_report();
	step_says(5, 6, "count 3 ");
	step_says(6, 7, "count 4 ");
	step_says(7, 8, "count 3 ");
	assert_int_equal(times_said(" to 00:00:"), 3);
}

static void test_heard_from_the_middle_on(void **state)
{
	(void)state;
	begin_with_three();
	feed_block(2);
	feed_block(3);
	close_and_report();
	step_says(7, 8, "counted since recording began, because records are missing:");
	step_says(7, 8, "count 10 ");
}

static void test_counts_fall(void **state)
{
	(void)state;
	begin();
	snapshot(7);
	snapshot(5);
	snapshot(10);
	feed_all();
	close_and_report();
	step_says(6, 7, "impossible: counts are less than they were before");
	step_says(7, 8, "count 5 ");
}

static void test_impossible_times(void **state)
{
	static const __u64 times_ns[] = { 1, ~0ULL - 1, 0x8000000000000000ULL, 2, ~0ULL };

	(void)state;
	options.interval_ns = 1000000;
	begin();
	snapshot(3);
	for (size_t i = 0; i < sizeof(times_ns) / sizeof(times_ns[0]); i++) {
		encoder.time_ns = times_ns[i];
		encode_snapshot(&encoder, PROBE_runqlat, values, 7);
		finish_snapshot();
		cut();
	}
	feed_all();
	close_and_report();
	says("count 7");
	assert_in_range(text_length, 100, 20000);
}

static void test_events(void **state)
{
	(void)state;
	begin();
	for (__u32 i = 0; i < 12; i++) {
		encoder.time_ns += SEC / 4;
		encode_wait(&encoder, "w", i, (i / 4 + 1) * 1000000, ~0u);
		if (i % 4 == 3)
			finish_snapshot();
	}
	cut();
	feed_all();
	close_and_report();
	step_says(5, 6, "count 4  mean 1000.000 us");
	step_says(6, 7, "count 4  mean 2000.000 us");
	step_says(7, 8, "count 4  mean 3000.000 us");
	assert_int_equal(times_said("TIME            COMM"), 4);
}

static void test_lost_events(void **state)
{
	(void)state;
	begin();
	for (__u32 i = 0; i < 12; i++) {
		encoder.time_ns += SEC / 4;
		encode_wait(&encoder, "w", i, 1000000, ~0u);
		if (i % 4 == 3)
			finish_snapshot();
		cut();
	}
	feed_all_but(6);
	close_and_report();
	step_says(5, 6, "count 4 ");
	step_says(6, 7, "count 3 ");
	step_says(6, 7, "records are missing, perhaps waits among them");
	step_says(7, 8, "count 4 ");
	assert_int_equal(times_said("perhaps"), 1);
}

static void test_two_boards(void **state)
{
	struct encoder other;

	(void)state;
	begin();
	snapshot(3);
	snapshot(7);
	encoder_open(&other, 2);
	other.step_ns = 0;
	encode_about(&other, "c", RUNQLAT);
	for (unsigned int i = 0; i < 2; i++) {
		__u64 none[LEDGER_COLUMNS] = { 0 };

		feed_block(i);
		other.time_ns += SEC;
		encode_snapshot(&other, PROBE_runqlat, values, 5 * (i + 1));
		encode_counters(&other, 0, none);
		encode_block_end(&other);
		feed(other.bytes, other.length);
	}
	feed_block(2);
	close_and_report();
	says("runqlat, session 1, board b, 00:00:05.000000 to 00:00:06.000000 (1.000000 s):");
	says("runqlat, session 2, board c, 00:00:05.000000 to 00:00:06.000000 (1.000000 s):");
	assert_int_equal(times_said("count 3 "), 1);
	assert_int_equal(times_said("count 4 "), 1);
	assert_int_equal(times_said("count 5 "), 2);
	encoder_release(&other);
}

/* Then the times are those since boot. */
static void test_board_without_a_clock(void **state)
{
	(void)state;
	encoder.realtime_ns = 0;
	encoder.header_flags = 0;
	begin();
	snapshot(3);
	feed_all();
	says("runqlat, session 1, board b, 5.000000 to 6.000000 (1.000000 s):");
}

static void test_only_the_probe_wanted(void **state)
{
	(void)state;
	options.probe = PROBE_runqslower;
	begin();
	snapshot(3);
	encode_wait(&encoder, "w", 1, 1000, ~0u);
	snapshot(7);
	feed_all();
	close_and_report();
	says("runqslower, session 1, board b, 00:00:06.000000 to");
	says_not("runqlat, session 1");
}

/* @keys histograms by thread, number k of which counted k + 1 values. */
static void snapshot_of_keys(unsigned int keys)
{
	encoder.time_ns += SEC;
	for (unsigned int i = 0; i < keys; i++)
		encode_snapshot_of(&encoder, PROBE_runqlat, HIST_SHAPE(SCOPE_TID, H2_PRECISION), i,
				   values, 1 + i % 10);
	finish_snapshot();
	encode_block_end(&encoder);
}

static void test_keys(void **state)
{
	(void)state;
	options.rows = 2;
	begin();
	encode_task(&encoder, 4, 1, "busy\x1b");
	snapshot_of_keys(5);
	feed_all();
	close_and_report();
	step_says(5, 6, "\n3 more histograms (--rows all)\n");
	assert_true(strstr(text, "tid = 4 (busy\\x1b)\n") < strstr(text, "tid = 3\n"));
	assert_int_equal(times_said("tid = "), 4);
	says_not("tid = 2\n");
	assert_int_equal(times_said("3 more histograms"), 2);
}

/* Memory for all histograms, and not for what each held before. */
static void test_no_memory_for_steps(void **state)
{
	(void)state;
	begin();
	snapshot_of_keys(100);
	snapshot_of_keys(100);
	encoder.time_ns += SEC;
	encode_snapshot_of(&encoder, PROBE_runqlat, HIST_SHAPE(SCOPE_TID, H2_PRECISION), 0, values,
			   9);
	encode_snapshot_of(&encoder, PROBE_runqlat, HIST_SHAPE(SCOPE_TID, H2_PRECISION), 99, values,
			   1);
	finish_snapshot();
	encode_block_end(&encoder);
	sessions_release(&decoder->sessions);
	decoder->shared.budget.left = options.memory_max = 1000000;
	feed_all();
	close_and_report();
	step_says(7, 8, "without memory for steps: see the totals");
	step_says(7, 8, "count 8 ");
	says("tid = 99\n");
}

#define SECONDS 100
#define KINDS 3

/* What the board counted until each second, of each of three values. */
static unsigned int counted[SECONDS + 1][KINDS];

static unsigned int count_at(unsigned int second)
{
	return counted[second][0] + counted[second][1] + counted[second][2];
}

/* As the collector does: slices that changed, now and then all, and nothing where nothing did. */
static void encode_changes(unsigned int second, bool all)
{
	static const __u64 kinds[KINDS] = { 1000, 40000, 900000 };
	struct rec_summary summary = {
		.type = REC_summary,
		.probe = PROBE_runqlat,
		.shape = HIST_SHAPE(SCOPE_ALL, H2_PRECISION),
		.count = count_at(second),
	};
	struct rec_range range = { .type = REC_range, .probe = PROBE_runqlat };

	if (!all && !memcmp(counted[second], counted[second - 1], sizeof(counted[0])))
		return;
	for (unsigned int i = 0; i < KINDS; i++) {
		__u32 bucket = h2_bucket(kinds[i]);
		struct rec_slice slice = { .type = REC_slice, .probe = PROBE_runqlat };

		slice.shape = summary.shape;
		slice.first = (__u16)(bucket - bucket % SLICE_BUCKETS);
		slice.count_low[bucket % SLICE_BUCKETS] = counted[second][i];
		summary.sum += counted[second][i] * kinds[i];
		summary.squares_low += counted[second][i] * kinds[i] * kinds[i];
		if (all || counted[second][i] != counted[second - 1][i])
			encode(&encoder, &slice);
	}
	range.shape = summary.shape;
	range.min = kinds[0];
	range.max = kinds[2];
	encode(&encoder, &summary);
	encode(&encoder, &range);
}

static void record_at_random(__u64 *seed)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	begin();
	for (unsigned int second = 1; second <= SECONDS; second++) {
		if (second == SECONDS)
			cut();
		encoder.time_ns += SEC;
		for (unsigned int i = 0; i < KINDS; i++) {
			counted[second][i] = counted[second - 1][i];
			if (encode_random(seed) % 3 == 0)
				counted[second][i] += encode_random(seed) % 5;
		}
		encode_changes(second, second % 16 == 1 || second == SECONDS);
		if (encode_random(seed) % 2)
			cut();
		columns[LEDGER_delivered] = count_at(second);
		encode_counters(&encoder, PROBE_runqlat, columns);
		finish_snapshot();
		if (encode_random(seed) % 2)
			cut();
	}
	cut();
}

/* Blocks lost, late and double; the first one, with the board's name, and the last ones come. */
static void feed_at_random(__u64 *seed)
{
	unsigned int order[BLOCKS], losses = encode_random(seed) % 8;

	for (unsigned int i = 0; i < blocks; i++)
		order[i] = i;
	for (unsigned int i = 1; i + 4 < blocks; i++) {
		unsigned int other = i + encode_random(seed) % 4, swap = order[i];

		order[i] = order[other];
		order[other] = swap;
	}
	for (unsigned int i = 0; i < blocks; i++)
		if (encode_random(seed) % 16 >= losses || !i || order[i] + 4 > blocks)
			for (unsigned int n = 0; n <= encode_random(seed) % 4 / 3; n++)
				feed_block(order[i]);
}

/* The seconds since recording began, of "HH:MM:SS" at @at. */
static unsigned int parse_second(const char *at)
{
	return (unsigned int)(strtoul(at + 3, NULL, 10) * 60 + strtoul(at + 6, NULL, 10)) - 5;
}

/* Every step shows what was counted in the time that it names; their number is returned. */
static unsigned int check_steps(void)
{
	const char *at = text, *end = strstr(text, "\nsession 1 of 1"), *since;
	unsigned int steps = 0, from, to, shown, sum = 0;

	while ((at = strstr(at, "board b, 00:")) && at < end) {
		at += strlen("board b, ");
		from = parse_second(at);
		to = parse_second(at + strlen("HH:MM:SS.uuuuuu to "));
		since = strstr(at, "\n     counted since ");
		if (since && since == strchr(at, '\n'))
			from = since[20] == 'r' ? 0 : parse_second(since + 20);
		at = strchr(at, '\n') + 1;
		steps++;
		if (!strncmp(at, "     records are", 16))
			continue;
		shown = 0;
		if (strncmp(at, "     nothing", 12))
			shown = (unsigned int)strtoul(strstr(at, "     count ") + 11, NULL, 10);
		assert_int_equal(shown, count_at(to) - count_at(from));
		sum += shown;
	}
	if (sum != count_at(SECONDS))
		fail_msg("the steps have %u of %u:\n%s", sum, count_at(SECONDS), text);
	return steps;
}

static void test_random_losses_and_order(void **state)
{
	unsigned int steps = 0;

	for (__u64 round = 1; round <= 200; round++) {
		__u64 seed = round * 7919;

		record_at_random(&seed);
		feed_at_random(&seed);
		close_and_report();
		says_not("impossible");
		steps += check_steps();
		decoding_close(state);
		setup(state);
	}
	assert_in_range(steps, 200 * SECONDS / 4, 200 * SECONDS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, decoding_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_differences),
		TEST(test_nothing_without_interval),
		TEST(test_longer_than_snapshots),
		TEST(test_no_multiple_of_snapshots),
		TEST(test_nearest_snapshot),
		TEST(test_nothing_happened),
		TEST(test_lost_snapshot_makes_a_longer_step),
		TEST(test_lost_slice),
		TEST(test_lost_summary),
		TEST(test_lost_range),
		TEST(test_lost_last_record),
		TEST(test_silence_with_losses),
		TEST(test_silence_that_the_ledger_explains),
		TEST(test_ledger_of_an_older_snapshot),
		TEST(test_late_snapshot),
		TEST(test_late_slices),
		TEST(test_slices_that_are_too_late),
		TEST(test_everything_twice),
		TEST(test_heard_from_the_middle_on),
		TEST(test_counts_fall),
		TEST(test_impossible_times),
		TEST(test_events),
		TEST(test_lost_events),
		TEST(test_two_boards),
		TEST(test_board_without_a_clock),
		TEST(test_only_the_probe_wanted),
		TEST(test_keys),
		TEST(test_no_memory_for_steps),
		TEST(test_random_losses_and_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
