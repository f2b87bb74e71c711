// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_parts - files decoded in parts and merged say the same as read in one go, byte for byte */
#include "recordings.h"

#define SEED 7

/* What is said of @path. */
static char *decode(char *path, unsigned int jobs, size_t part_size)
{
	struct options options = options_default();

	options.rows = 5;
	options.jobs = jobs;
	options.part_size = part_size;
	return report_of(options, path);
}

static void compare(char *path, size_t part_size)
{
	char *whole = decode(path, 1, 0), *parts = decode(path, 3, part_size);

	if (strcmp(whole, parts) != 0)
		print_message("# %s in parts of %zu bytes differs\n", path, part_size);
	assert_string_equal(whole, parts);
	free(whole);
	free(parts);
}

/* In parts smaller and greater than blocks. */
static void compare_bytes(const void *bytes, size_t length)
{
	char path[PATH_SIZE];

	save("changed", bytes, length);
	name_file(path, "changed");
	compare(path, 700);
	compare(path, 5000);
}

static void check_unchanged(struct bytes *bytes, __u64 *random)
{
	(void)random;
	compare_bytes(bytes->at, bytes->length);
}

static void test_golden(void **state)
{
	(void)state;
	for_each_golden(1, SEED, check_unchanged);
}

static void check_damaged(struct bytes *bytes, __u64 *random)
{
	for (size_t at = 0; at < bytes->length; at += 1 + encode_random(random) % 3000)
		bytes->at[at] ^= (unsigned char)(1 + encode_random(random) % 255);
	compare_bytes(bytes->at, bytes->length);
}

static void test_damaged(void **state)
{
	(void)state;
	for_each_golden(1, SEED, check_damaged);
}

static void check_bytes_missing(struct bytes *bytes, __u64 *random)
{
	for (size_t at = 0; at + 200 < bytes->length; at += 700 + encode_random(random) % 3000) {
		size_t gap = encode_random(random) % 100;

		memmove(bytes->at + at, bytes->at + at + gap, bytes->length - at - gap);
		bytes->length -= gap;
	}
	compare_bytes(bytes->at, bytes->length);
}

static void test_bytes_missing(void **state)
{
	(void)state;
	for_each_golden(1, SEED, check_bytes_missing);
}

/* The same twice, as when a board sends its files again. */
static void check_twice(struct bytes *bytes, __u64 *random)
{
	(void)random;
	bytes->at = realloc(bytes->at, 2 * bytes->length);
	assert_non_null(bytes->at);
	memcpy(bytes->at + bytes->length, bytes->at, bytes->length);
	compare_bytes(bytes->at, 2 * bytes->length);
}

static void test_twice(void **state)
{
	(void)state;
	for_each_golden(1, SEED, check_twice);
}

/* Pieces of 1 KiB change places with others nearby, as datagrams do. */
static void check_out_of_order(struct bytes *bytes, __u64 *random)
{
	unsigned char piece[1024];

	for (size_t at = 0; at + 4 * sizeof(piece) < bytes->length; at += sizeof(piece)) {
		size_t other = at + sizeof(piece) * (encode_random(random) % 3);

		memcpy(piece, bytes->at + at, sizeof(piece));
		memmove(bytes->at + at, bytes->at + other, sizeof(piece));
		memcpy(bytes->at + other, piece, sizeof(piece));
	}
	compare_bytes(bytes->at, bytes->length);
}

static void test_out_of_order(void **state)
{
	(void)state;
	for_each_golden(1, SEED, check_out_of_order);
}

static struct bytes all;

static void add_to_all(struct bytes *bytes, __u64 *random)
{
	(void)random;
	all.at = realloc(all.at, all.length + bytes->length);
	assert_non_null(all.at);
	memcpy(all.at + all.length, bytes->at, bytes->length);
	all.length += bytes->length;
}

/* All golden recordings in one file: many sessions, some of the same board and boot. */
static void test_together(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	for_each_golden(1, SEED, add_to_all);
	save("all", all.at, all.length);
	compare(name_file(path, "all"), 20000);
	free(all.at);
}

static void test_directory(void **state)
{
	char path[] = "tests/golden";

	(void)state;
	compare(path, 20000);
}

/* Sequence numbers that pass 2^32 in the middle. */
static void test_wrap(void **state)
{
	struct encoder encoder;

	(void)state;
	encoder_open(&encoder, 1);
	encode_about(&encoder, "board", 1u << PROBE_runqslower);
	encode_block_end(&encoder);
	for (unsigned int turn = 0; turn < 4; turn++) {
		encoder.seq += 0x7fffff00;
		for (unsigned int i = 0; i < 500; i++)
			encode_wait(&encoder, "worker", 100 + i % 7, 1000000 + i, i % 3 ? ~0u : 50);
		encode_task(&encoder, 50, 1, "before");
	}
	encode_closing(&encoder);
	compare_bytes(encoder.bytes, encoder.length);
	encoder_release(&encoder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),	      cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bytes_missing), cmocka_unit_test(test_twice),
		cmocka_unit_test(test_out_of_order),  cmocka_unit_test(test_together),
		cmocka_unit_test(test_directory),     cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests(tests, recordings_set_up, recordings_tear_down);
}
