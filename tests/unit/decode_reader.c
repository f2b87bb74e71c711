// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_reader - exactly the intact records come back, and every damaged range is named */
#include "check.h"
#include "encode.h"
#include "reader.h"

#define BLOCKS 64
#define SIZE (BLOCKS * BLOCK_SIZE_MAX)
#define FLIPPED 16384
#define SECTOR 512

/* What came out, checked against what must. */
struct outcome {
	const unsigned char *input;
	__u64 at; /* end of what was reported so far */
	__u64 records;
	__u64 ranges;
	__u64 hash; /* over offsets and records */
	struct damage last;
};

static unsigned char whole[SIZE];
static struct reader reader;

static __u64 mix(__u64 hash, __u64 value)
{
	return (hash ^ value) * 0x100000001b3ULL;
}

static void on_record(void *context, const struct record *record, __u64 offset)
{
	struct outcome *outcome = context;

	assert_int_equal((uintptr_t)record % _Alignof(struct record), 0);
	assert_true(offset == outcome->at);
	assert_memory_equal(record, outcome->input + offset, RECORD_SIZE);
	outcome->at = offset + RECORD_SIZE;
	outcome->records++;
	outcome->hash = mix(outcome->hash, record->crc);
}

static void on_damage(void *context, const struct damage *damage)
{
	struct outcome *outcome = context;

	assert_true(damage->length > 0);
	assert_true(damage->offset == outcome->at);
	outcome->at = damage->offset + damage->length;
	outcome->ranges++;
	outcome->last = *damage;
}

static const struct reader_ops ops = { .record = on_record, .damage = on_damage };

/* In chunks of @chunk bytes; records and ranges must cover the input without a hole. */
static struct outcome read_all(const unsigned char *input, size_t size, size_t chunk)
{
	struct outcome outcome = { .input = input };

	reader_init(&reader, &ops, &outcome);
	for (size_t at = 0; at < size; at += chunk)
		reader_feed(&reader, input + at, size - at < chunk ? size - at : chunk);
	reader_end(&reader);
	assert_true(outcome.at == size);
	return outcome;
}

static struct outcome read_at_once(const unsigned char *input, size_t size)
{
	return read_all(input, size, size ? size : 1);
}

static int make_whole(void **state)
{
	struct encoder encoder;

	(void)state;
	encoder_open(&encoder, 1);
	encode_about(&encoder, "board", 1u << PROBE_runqslower);
	for (__u32 i = 0; encoder.length < SIZE; i++)
		encode_wait(&encoder, "worker", i, 1000 * i, ~0u);
	memcpy(whole, encoder.bytes, SIZE);
	encoder_release(&encoder);
	return 0;
}

static void test_clean(void **state)
{
	static const size_t chunks[] = { 1, 7, 63, 64, 65, 1000, 1024, SIZE };
	struct outcome first = read_at_once(whole, SIZE);

	(void)state;
	assert_int_equal(first.records, SIZE / RECORD_SIZE);
	assert_int_equal(first.ranges, 0);
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++)
		assert_true(read_all(whole, SIZE, chunks[i]).hash == first.hash);
	assert_int_equal(read_at_once(whole, 0).records, 0);
}

static void test_truncated_at_every_byte(void **state)
{
	(void)state;
	for (size_t size = 0; size <= SIZE; size++) {
		struct outcome outcome = read_at_once(whole, size);

		assert_int_equal(outcome.records, size / RECORD_SIZE);
		assert_int_equal(outcome.ranges, size % RECORD_SIZE != 0);
		if (outcome.ranges) {
			assert_int_equal(outcome.last.kind, DAMAGE_cut_off);
			assert_true(outcome.last.to_end);
		}
	}
}

static void test_flipped_bit_in_every_byte(void **state)
{
	unsigned char *copy = malloc(FLIPPED);

	(void)state;
	memcpy(copy, whole, FLIPPED);
	for (size_t at = 0; at < FLIPPED; at++) {
		struct outcome outcome;

		copy[at] ^= 1 << (at * 5 + at / 8) % 8;
		outcome = read_at_once(copy, FLIPPED);
		assert_int_equal(outcome.records, FLIPPED / RECORD_SIZE - 1);
		assert_int_equal(outcome.ranges, 1);
		assert_true(outcome.last.offset == at / RECORD_SIZE * RECORD_SIZE);
		assert_int_equal(outcome.last.length, RECORD_SIZE);
		copy[at] = whole[at];
	}
	free(copy);
}

static bool is_record_of_whole(const unsigned char *at, size_t from)
{
	return from % RECORD_SIZE == 0 && from < FLIPPED && !memcmp(at, whole + from, RECORD_SIZE);
}

/*
 * The records that are still in @copy, from some place on shifted by @shift: found by comparing
 * bytes.  By chance an edit may leave a record whole, or make it the neighbour that is cut.
 */
static size_t count_left(const unsigned char *copy, size_t size, size_t shift)
{
	size_t at = 0, count = 0;

	while (at + RECORD_SIZE <= size) {
		bool found = is_record_of_whole(copy + at, at) ||
			     is_record_of_whole(copy + at, at - shift);

		count += found;
		at += found ? RECORD_SIZE : 1;
	}
	return count;
}

static void check_insertion(size_t length)
{
	unsigned char *copy = malloc(FLIPPED + length);
	__u64 random = length;

	for (size_t at = 0; at <= FLIPPED; at++) {
		size_t left;

		memcpy(copy, whole, at);
		for (size_t i = 0; i < length; i++)
			copy[at + i] = (unsigned char)encode_random(&random);
		memcpy(copy + at + length, whole + at, FLIPPED - at);
		left = count_left(copy, FLIPPED + length, length);
		assert_true(left >= FLIPPED / RECORD_SIZE - 1);
		assert_int_equal(read_at_once(copy, FLIPPED + length).records, left);
	}
	free(copy);
}

static void check_deletion(size_t length)
{
	unsigned char *copy = malloc(FLIPPED);

	for (size_t at = 0; at + length <= FLIPPED; at++) {
		size_t first = at / RECORD_SIZE, last = (at + length - 1) / RECORD_SIZE, left;

		memcpy(copy, whole, at);
		memcpy(copy + at, whole + at + length, FLIPPED - at - length);
		left = count_left(copy, FLIPPED - length, -length);
		assert_true(left >= FLIPPED / RECORD_SIZE - (last - first + 1));
		assert_int_equal(read_at_once(copy, FLIPPED - length).records, left);
	}
	free(copy);
}

static void test_inserted_and_deleted(void **state)
{
	(void)state;
	check_insertion(1);
	check_insertion(37);
	check_insertion(64);
	check_deletion(1);
	check_deletion(63);
	check_deletion(64);
	check_deletion(100);
}

enum filling { ZEROS, ERASED, NOISE, OLDER_SESSION };

static void fill(unsigned char *sector, enum filling filling, const unsigned char *older)
{
	static __u64 random = 99;

	if (filling == OLDER_SESSION)
		memcpy(sector, older, SECTOR);
	else if (filling == NOISE)
		for (size_t i = 0; i < SECTOR; i++)
			sector[i] = (unsigned char)encode_random(&random);
	else
		memset(sector, filling == ZEROS ? 0x00 : 0xff, SECTOR);
}

static void test_overwritten_sectors(void **state)
{
	static const enum damage_kind kinds[] = {
		[ZEROS] = DAMAGE_zeros,
		[ERASED] = DAMAGE_erased,
		[NOISE] = DAMAGE_mixed,
	};
	unsigned char *copy = malloc(SIZE);
	struct encoder older;

	(void)state;
	encoder_open(&older, 2);
	encode_about(&older, "older", 1u << PROBE_runqslower);
	for (__u32 i = 0; older.length < SIZE; i++)
		encode_wait(&older, "old", i, i, ~0u);
	memcpy(copy, whole, SIZE);
	for (enum filling filling = ZEROS; filling <= OLDER_SESSION; filling++) {
		for (size_t at = 0; at < SIZE; at += SECTOR) {
			__u64 lost = filling == OLDER_SESSION ? 0 : SECTOR / RECORD_SIZE;
			struct outcome outcome;

			fill(copy + at, filling, older.bytes + at);
			outcome = read_at_once(copy, SIZE);
			assert_int_equal(outcome.records, SIZE / RECORD_SIZE - lost);
			assert_int_equal(outcome.ranges, lost != 0);
			if (lost)
				assert_int_equal(outcome.last.kind, kinds[filling]);
			memcpy(copy + at, whole + at, SECTOR);
		}
	}
	encoder_release(&older);
	free(copy);
}

/* Far more noise than is trusted blindly; then, off every lattice, records that must be found. */
static void test_records_behind_noise(void **state)
{
	size_t noise = (4 << 20) + 13, size = noise + SIZE;
	unsigned char *bytes = malloc(size);
	__u64 random = 7;
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < noise; i++)
		bytes[i] = (unsigned char)encode_random(&random);
	memcpy(bytes + noise, whole, SIZE);
	outcome = read_all(bytes, size, 100000);
	assert_int_equal(outcome.records, SIZE / RECORD_SIZE);
	assert_int_equal(outcome.ranges, 1);
	assert_int_equal(outcome.last.length, noise);

	/* the header lost as well: two neighbours of one salt vouch for each other */
	bytes[noise] ^= 1;
	outcome = read_all(bytes, size, 77777);
	assert_int_equal(outcome.records, SIZE / RECORD_SIZE - 1);
	free(bytes);
}

static bool on_sealed(void *context, const unsigned char *bytes, size_t size, __u64 offset)
{
	struct outcome *outcome = context;

	assert_true(offset == outcome->at);
	assert_memory_equal(bytes, outcome->input + offset, size);
	if (bytes[RECORD_SIZE])
		return false;
	outcome->at = offset + size;
	outcome->hash = mix(outcome->hash, size);
	return true;
}

/* Two records' worth under each head: one that is opened, one that is not, one that is cut off. */
static void test_sealed(void **state)
{
	static const struct reader_ops sealed_ops = {
		.record = on_record,
		.damage = on_damage,
		.sealed = on_sealed,
	};
	const size_t size = 2 * RECORD_SIZE + SEAL_OVERHEAD;
	struct rec_sealed head = { .type = REC_sealed, .magic = WIRE_MAGIC, .records = 2 };
	unsigned char bytes[1 + 2 * (2 * RECORD_SIZE + SEAL_OVERHEAD) + 3 * RECORD_SIZE] = { 0xff };
	__u64 first = 0;

	(void)state;
	encode_sign(&head);
	memcpy(bytes + 1, &head, sizeof(head));
	memcpy(bytes + 1 + size, &head, sizeof(head));
	bytes[1 + size + RECORD_SIZE] = 1;
	memcpy(bytes + 1 + 2 * size, whole, RECORD_SIZE);
	memcpy(bytes + 1 + 2 * size + RECORD_SIZE, &head, sizeof(head));
	memcpy(bytes + 1 + 2 * size + 2 * RECORD_SIZE, whole, RECORD_SIZE);
	for (size_t chunk = 1; chunk <= sizeof(bytes); chunk++) {
		struct outcome outcome = { .input = bytes };

		reader_init(&reader, &sealed_ops, &outcome);
		for (size_t at = 0; at < sizeof(bytes); at += chunk)
			reader_feed(&reader, bytes + at,
				    sizeof(bytes) - at < chunk ? sizeof(bytes) - at : chunk);
		reader_end(&reader);
		assert_true(outcome.at == sizeof(bytes));
		assert_int_equal(outcome.records, 4); /* two heads, two headers */
		assert_int_equal(outcome.ranges, 2);
		first = first ? first : outcome.hash;
		assert_true(outcome.hash == first);
	}
}

/* Once noise has been seen, a fitting CRC alone is not enough. */
static void test_lone_record_in_noise(void **state)
{
	size_t size = 1 << 20, at = size / 2 + 5;
	unsigned char *bytes = malloc(size);
	__u64 random = 8;

	(void)state;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)encode_random(&random);
	memcpy(bytes + at, whole + RECORD_SIZE, RECORD_SIZE);
	assert_int_equal(read_at_once(bytes, size).records, 0);
	memcpy(bytes + at, whole, RECORD_SIZE);
	assert_int_equal(read_at_once(bytes, size).records, 1);
	/* in a small input it is */
	memcpy(bytes + 1001, whole + RECORD_SIZE, RECORD_SIZE);
	assert_int_equal(read_at_once(bytes, 4096).records, 1);
	free(bytes);
}

static void test_random_bytes_hold_nothing(void **state)
{
	size_t size = 16 << 20;
	unsigned char *bytes = malloc(size);
	__u64 random = 12345;

	(void)state;
	for (size_t i = 0; i < size; i += 8) {
		__u64 word = encode_random(&random);

		memcpy(bytes + i, &word, sizeof(word));
	}
	assert_int_equal(read_at_once(bytes, size).records, 0);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_truncated_at_every_byte),
		cmocka_unit_test(test_flipped_bit_in_every_byte),
		cmocka_unit_test(test_inserted_and_deleted),
		cmocka_unit_test(test_overwritten_sectors),
		cmocka_unit_test(test_records_behind_noise),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_lone_record_in_noise),
		cmocka_unit_test(test_random_bytes_hold_nothing),
	};

	return cmocka_run_group_tests(tests, make_whole, NULL);
}
