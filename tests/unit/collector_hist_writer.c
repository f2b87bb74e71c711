// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_hist_writer - snapshots of histograms, and their sums over CPUs */
#include "fakes.h"

#include "hist_writer.h"

#define SHAPE HIST_SHAPE(SCOPE_ALL, H2_PRECISION)

static struct stream stream;
static struct hist_writer writer;
static struct hist hist;

static int set_up(void **state)
{
	(void)state;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	memset(&writer, 0, sizeof(writer));
	writer.probe = PROBE_runqlat;
	writer.shape = SHAPE;
	writer.key = 77;
	hist = (struct hist)HIST_EMPTY;
	return 0;
}

/* What one snapshot has written. */
struct snapshot {
	unsigned int slices;
	__u64 bucket[H2_BUCKETS];
	struct rec_summary summary;
	struct rec_range range;
};

static void take_slice(struct snapshot *snapshot, const struct rec_slice *slice)
{
	snapshot->slices++;
	for (unsigned int i = 0; i < SLICE_BUCKETS; i++) {
		__u64 count = (__u64)slice->count_high[i] << 32 | slice->count_low[i];

		if (slice->first + i < H2_BUCKETS)
			snapshot->bucket[slice->first + i] = count;
		else
			assert_true(count == 0);
	}
}

static void take(struct snapshot *snapshot, const struct record *record, __u64 time_ns)
{
	const struct rec_range *frame = (const struct rec_range *)record;

	assert_true(record->time_ns == time_ns);
	assert_int_equal(frame->probe, PROBE_runqlat);
	assert_int_equal(frame->shape, SHAPE);
	assert_int_equal(frame->key, 77);
	if (record->type == REC_slice)
		take_slice(snapshot, (const struct rec_slice *)record);
	else if (record->type == REC_summary)
		memcpy(&snapshot->summary, record, RECORD_SIZE);
	else if (record->type == REC_range)
		memcpy(&snapshot->range, record, RECORD_SIZE);
	else
		fail_msg("a record of type %02x", record->type);
}

/* Write one snapshot and return how many records it took. */
static unsigned int write(struct snapshot *snapshot, bool final)
{
	static __u64 time_ns = 1000;
	unsigned int before = fake_records();

	memset(snapshot, 0, sizeof(*snapshot));
	hist_write(&writer, &hist, ++time_ns, final, &stream);
	stream_flush(&stream);
	for (unsigned int i = before; i < fake_records(); i++)
		take(snapshot, fake_record(i), time_ns);
	return fake_records() - before;
}

static void test_empty(void **state)
{
	struct snapshot snapshot;

	(void)state;
	assert_int_equal(write(&snapshot, false), 0);
	assert_int_equal(write(&snapshot, true), 2);
	assert_true(snapshot.summary.count == 0);
	assert_int_equal(snapshot.summary.slices, 0);
}

static void test_values(void **state)
{
	struct snapshot snapshot;

	(void)state;
	hist.bucket[0] = 5;
	hist.bucket[100] = (__u64)1 << 40 | 3;
	hist.bucket[H2_BUCKETS - 1] = ((__u64)1 << 48) - 1;
	hist.sum = 0x1111222233334444;
	hist.squares_low = 0xfedcba9876543210;
	hist.squares_high = 0x123456789abcdef0;
	hist.min = 1;
	hist.max = ~0ull;
	assert_int_equal(write(&snapshot, false), 5);
	assert_int_equal(snapshot.slices, 3);
	assert_int_equal(snapshot.summary.slices, 3);
	assert_memory_equal(snapshot.bucket, hist.bucket, sizeof(snapshot.bucket));
	assert_true(snapshot.summary.count == hist_count(&hist));
	assert_true(snapshot.summary.sum == hist.sum);
	assert_true(snapshot.summary.squares_low == hist.squares_low);
	assert_true(snapshot.summary.squares_high == hist.squares_high);
	assert_true(snapshot.range.min == 1);
	assert_true(snapshot.range.max == ~0ull);
}

/* The low half of each bucket passes 2^32, their sum too, and the sum of values 2^64. */
static void test_counts_pass_32_bits(void **state)
{
	const __u64 below = ((__u64)1 << 32) - 2;
	struct snapshot snapshot;

	(void)state;
	for (unsigned int i = 0; i < H2_BUCKETS; i++)
		hist.bucket[i] = below;
	hist.sum = ~0ull - 1;
	for (unsigned int more = 0; more < 4; more++) {
		write(&snapshot, false);
		assert_memory_equal(snapshot.bucket, hist.bucket, sizeof(snapshot.bucket));
		assert_true(snapshot.summary.count == H2_BUCKETS * (below + more));
		assert_true(snapshot.summary.sum == ~0ull - 1 + more);
		for (unsigned int i = 0; i < H2_BUCKETS; i++)
			hist.bucket[i]++;
		hist.sum++;
	}
}

/* Each bucket by itself: 82 slices of 6, and one of 4. */
static void test_every_bucket(void **state)
{
	(void)state;
	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++) {
		struct snapshot snapshot;

		set_up(NULL);
		hist.bucket[bucket] = 1 + bucket;
		assert_int_equal(write(&snapshot, true), 3);
		assert_memory_equal(snapshot.bucket, hist.bucket, sizeof(snapshot.bucket));
	}
}

static void test_unchanged_slices_are_left_out(void **state)
{
	struct snapshot snapshot;

	(void)state;
	hist.bucket[0] = 1;
	hist.bucket[6] = 1;
	hist.bucket[12] = 1;
	assert_int_equal(write(&snapshot, false), 5);
	hist.bucket[8]++;
	assert_int_equal(write(&snapshot, false), 3);
	assert_int_equal(snapshot.slices, 1);
	assert_int_equal(snapshot.summary.slices, 3);
	assert_true(snapshot.summary.count == 4);
	assert_true(snapshot.bucket[6] == 1 && snapshot.bucket[8] == 1);
}

static void test_nothing_new_is_nothing_written(void **state)
{
	struct snapshot snapshot;

	(void)state;
	hist.bucket[3] = 1;
	assert_int_equal(write(&snapshot, false), 3);
	assert_int_equal(write(&snapshot, false), 0);
}

/* Whatever was lost before, the last snapshot has all of it. */
static void test_final_has_every_slice(void **state)
{
	struct snapshot snapshot;

	(void)state;
	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++)
		hist.bucket[bucket] = 1;
	assert_int_equal(write(&snapshot, false), 83 + 2);
	assert_int_equal(write(&snapshot, true), 83 + 2);
	assert_int_equal(snapshot.summary.slices, 83);
	assert_memory_equal(snapshot.bucket, hist.bucket, sizeof(snapshot.bucket));
}

static void test_every_16th_is_full(void **state)
{
	struct snapshot snapshot;

	(void)state;
	hist.bucket[0] = 1;
	for (unsigned int i = 0; i < 40; i++) {
		hist.bucket[100]++;
		write(&snapshot, false);
		assert_int_equal(snapshot.slices, i % 16 ? 1 : 2);
	}
}

static void test_merge(void **state)
{
	struct hist sum = HIST_EMPTY;
	struct hist one = { .sum = 10, .min = 3, .max = 50 }, other = { .min = 2, .max = 40 };

	(void)state;
	one.bucket[7] = 1;
	other.bucket[7] = 2;
	other.bucket[H2_BUCKETS - 1] = 9;
	other.sum = 5;
	hist_merge(&sum, &one);
	hist_merge(&sum, &other);
	assert_true(sum.sum == 15);
	assert_true(sum.min == 2 && sum.max == 50);
	assert_true(sum.bucket[7] == 3 && sum.bucket[H2_BUCKETS - 1] == 9);
	assert_true(hist_count(&sum) == 12);
}

/* A CPU that saw nothing has no least value. */
static void test_merge_of_empty(void **state)
{
	struct hist sum = HIST_EMPTY, empty = HIST_EMPTY, one = { .min = 3, .max = 4 };

	(void)state;
	hist_merge(&sum, &empty);
	assert_true(sum.min == ~0ull && sum.max == 0);
	hist_merge(&sum, &one);
	hist_merge(&sum, &empty);
	assert_true(sum.min == 3 && sum.max == 4);
}

static void test_merge_carries(void **state)
{
	struct hist sum = HIST_EMPTY;
	struct hist one = { .squares_low = ~0ull, .squares_high = 1 };

	(void)state;
	hist_merge(&sum, &one);
	assert_true(sum.squares_low == ~0ull && sum.squares_high == 1);
	hist_merge(&sum, &one);
	assert_true(sum.squares_low == ~0ull - 1 && sum.squares_high == 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, set_up),
		cmocka_unit_test_setup(test_values, set_up),
		cmocka_unit_test_setup(test_counts_pass_32_bits, set_up),
		cmocka_unit_test_setup(test_every_bucket, set_up),
		cmocka_unit_test_setup(test_unchanged_slices_are_left_out, set_up),
		cmocka_unit_test_setup(test_nothing_new_is_nothing_written, set_up),
		cmocka_unit_test_setup(test_final_has_every_slice, set_up),
		cmocka_unit_test_setup(test_every_16th_is_full, set_up),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_merge_of_empty),
		cmocka_unit_test(test_merge_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
