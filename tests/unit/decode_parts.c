// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_parts - files decoded in parts and merged say the same as read in one go, byte for byte */
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "encode.h"
#include "gather.h"
#include "report.h"
#include "tell.h"

#define GOLDEN "tests/golden/*.tsr"

static char directory[] = "/tmp/decode_parts.XXXXXX";

struct bytes {
	unsigned char *at;
	size_t length;
};

static struct bytes load(const char *path)
{
	struct bytes bytes = { NULL, 0 };
	struct stat status;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0 && !fstat(fd, &status));
	bytes.length = (size_t)status.st_size;
	bytes.at = malloc(bytes.length + 1);
	assert_true(read(fd, bytes.at, bytes.length) == status.st_size);
	close(fd);
	return bytes;
}

static void append(struct bytes *bytes, const void *more, size_t length)
{
	bytes->at = realloc(bytes->at, bytes->length + length + 1);
	assert_non_null(bytes->at);
	memcpy(bytes->at + bytes->length, more, length);
	bytes->length += length;
}

static void save(const char *path, const struct bytes *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(write(fd, bytes->at, bytes->length) == (ssize_t)bytes->length);
	close(fd);
}

/* What is said of @path; the caller frees it. */
static char *decode(char *path, unsigned int jobs, size_t part_size)
{
	struct options options = options_default();
	struct input_result result = { .quiet = true };
	struct decoder *decoder;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	options.inputs = &path;
	options.input_count = 1;
	options.rows = 5;
	options.jobs = jobs;
	options.part_size = part_size;
	decoder = gather_open(&options, WRITES_REPORT, out);
	assert_non_null(decoder);
	gather(decoder, &result);
	report(decoder);
	fclose(out);
	gather_close(decoder, 0);
	return text;
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

/* Smaller and greater than blocks. */
static void compare_sizes(char *path)
{
	compare(path, 700);
	compare(path, 5000);
}

/* Each golden recording, and what @change makes of it. */
static void for_each_golden(void (*change)(struct bytes *bytes, __u64 *random))
{
	char path[sizeof(directory) + 16];
	__u64 random = 7;
	glob_t found;

	snprintf(path, sizeof(path), "%s/changed", directory);
	assert_int_equal(glob(GOLDEN, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct bytes bytes = load(found.gl_pathv[i]);

		if (change)
			change(&bytes, &random);
		save(path, &bytes);
		compare_sizes(path);
		free(bytes.at);
	}
	globfree(&found);
}

static void test_golden(void **state)
{
	(void)state;
	for_each_golden(NULL);
}

static void damage(struct bytes *bytes, __u64 *random)
{
	for (size_t at = 0; at < bytes->length; at += 1 + encode_random(random) % 3000)
		bytes->at[at] ^= (unsigned char)(1 + encode_random(random) % 255);
}

static void test_damaged(void **state)
{
	(void)state;
	for_each_golden(damage);
}

static void shift(struct bytes *bytes, __u64 *random)
{
	for (size_t at = 0; at + 200 < bytes->length; at += 700 + encode_random(random) % 3000) {
		size_t gap = encode_random(random) % 100;

		memmove(bytes->at + at, bytes->at + at + gap, bytes->length - at - gap);
		bytes->length -= gap;
	}
}

static void test_bytes_missing(void **state)
{
	(void)state;
	for_each_golden(shift);
}

/* The same twice, as when a board sends its files again. */
static void twice(struct bytes *bytes, __u64 *random)
{
	struct bytes copy = { NULL, 0 };

	(void)random;
	append(&copy, bytes->at, bytes->length);
	append(bytes, copy.at, copy.length);
	free(copy.at);
}

static void test_twice(void **state)
{
	(void)state;
	for_each_golden(twice);
}

/* Pieces of 1 KiB change places with others nearby, as datagrams do. */
static void shuffle(struct bytes *bytes, __u64 *random)
{
	unsigned char piece[1024];

	for (size_t at = 0; at + 4 * sizeof(piece) < bytes->length; at += sizeof(piece)) {
		size_t other = at + sizeof(piece) * (encode_random(random) % 3);

		memcpy(piece, bytes->at + at, sizeof(piece));
		memmove(bytes->at + at, bytes->at + other, sizeof(piece));
		memcpy(bytes->at + other, piece, sizeof(piece));
	}
}

static void test_out_of_order(void **state)
{
	(void)state;
	for_each_golden(shuffle);
}

/* All golden recordings in one file: many sessions, some of the same board and boot. */
static void test_together(void **state)
{
	char path[sizeof(directory) + 16];
	struct bytes all = { NULL, 0 };
	glob_t found;

	(void)state;
	snprintf(path, sizeof(path), "%s/all", directory);
	assert_int_equal(glob(GOLDEN, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct bytes bytes = load(found.gl_pathv[i]);

		append(&all, bytes.at, bytes.length);
		free(bytes.at);
	}
	save(path, &all);
	compare(path, 20000);
	globfree(&found);
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
	char path[sizeof(directory) + 16];
	struct encoder encoder;
	struct bytes bytes;

	(void)state;
	snprintf(path, sizeof(path), "%s/wrap", directory);
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
	bytes = (struct bytes) { encoder.bytes, encoder.length };
	save(path, &bytes);
	compare_sizes(path);
	encoder_release(&encoder);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "changed", "all", "wrap" };
	char path[sizeof(directory) + 16];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),	      cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bytes_missing), cmocka_unit_test(test_twice),
		cmocka_unit_test(test_out_of_order),  cmocka_unit_test(test_together),
		cmocka_unit_test(test_directory),     cmocka_unit_test(test_wrap),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
