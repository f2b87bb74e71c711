// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_stored - whole blocks found in files that were written before, whatever has become of them */
#include "fakes.h"

#include <errno.h>

#include "page.h"
#include "stored.h"

#define BLOCKS 12

static unsigned char file[BLOCKS * FILE_PAGE] __attribute__((aligned(8)));
static size_t file_size;
static size_t offsets[BLOCKS];

/* Blocks of all sizes in pages, as the collector writes them. */
static int set_up(void **state)
{
	struct page page = { .used = 0 };

	(void)state;
	fake_session();
	file_size = 0;
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct block block = fake_block(i % 2 ? 14 : i);

		if (!page_has_room(&page, &block)) {
			page_fill(&page, 0, 100);
			memcpy(file + file_size, page.bytes, FILE_PAGE);
			file_size += FILE_PAGE;
			page_empty(&page);
		}
		offsets[i] = file_size + page.used;
		page_add(&page, &block);
	}
	page_fill(&page, 0, 100);
	memcpy(file + file_size, page.bytes, FILE_PAGE);
	file_size += FILE_PAGE;
	return 0;
}

/* All blocks but @but, byte by byte, and so many damaged ones. */
static void check(const void *bytes, size_t size, unsigned int but, unsigned int damaged)
{
	struct stored stored;
	unsigned int at = 0;

	assert_int_equal(stored_open(&stored, file_of(bytes, size)), 0);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		struct block expected = fake_block_again(i), block;

		if (i == but || offsets[i] + expected.size > size)
			continue;
		assert_true(at < stored.count);
		block = stored_block(&stored, at++);
		assert_int_equal(block.number, i);
		assert_int_equal(block.size, expected.size);
		assert_int_equal(block.records, expected.records);
		assert_memory_equal(block.bytes, expected.bytes, expected.size);
	}
	assert_int_equal(stored.count, at);
	assert_int_equal(stored.damaged, damaged);
	stored_close(&stored);
	assert_null(stored.bytes);
}

static void test_whole(void **state)
{
	(void)state;
	check(file, file_size, BLOCKS, 0);
}

/* Cut at each byte: a block is whole or it is not there. */
static void test_cut(void **state)
{
	unsigned int next = 0;

	(void)state;
	for (size_t size = 0; size < file_size; size += size % RECORD_SIZE == 63 ? 1 : 21) {
		size_t end;

		while (next < BLOCKS && offsets[next] + fake_block_again(next).size <= size)
			next++;
		end = next < BLOCKS ? offsets[next] + RECORD_SIZE : file_size;
		check(file, size, BLOCKS, size >= end && size < file_size ? next < BLOCKS : 0);
	}
}

/* One bit turned in a record: its block is left out; without its header it is not even noticed. */
static void test_flipped(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < BLOCKS; i++)
		for (size_t at = 0; at < fake_block_again(i).size; at += 37) {
			file[offsets[i] + at] ^= 0x10;
			check(file, file_size, i, at >= RECORD_SIZE);
			file[offsets[i] + at] ^= 0x10;
		}
}

/* A header alone, of a block that would go on behind the file's end. */
static void test_header_at_the_end(void **state)
{
	(void)state;
	memcpy(file + file_size, file + offsets[1], RECORD_SIZE);
	check(file, file_size + RECORD_SIZE, BLOCKS, 1);
}

static void test_no_recording(void **state)
{
	struct stored stored;
	unsigned char noise[5000];

	(void)state;
	srand(6);
	for (unsigned int i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)rand();
	assert_int_equal(stored_open(&stored, file_of(noise, sizeof(noise))), 0);
	assert_int_equal(stored.count, 0);
	stored_close(&stored);
	assert_int_equal(stored_open(&stored, file_of("", 0)), 0);
	assert_int_equal(stored.count, 0);
	stored_close(&stored);
	assert_int_equal(stored_open(&stored, "/nowhere/at/all"), -ENOENT);
	assert_int_equal(stored_open(&stored, "/dev/null"), -EINVAL);
	assert_int_equal(stored_open(&stored, "/"), -EINVAL);
}

/* More blocks than there is room for at first. */
static void test_many(void **state)
{
	struct stored stored;
	unsigned char *many = malloc(1000 * 2 * RECORD_SIZE);
	struct block empty;

	(void)state;
	assert_non_null(many);
	fake_session();
	for (unsigned int i = 0; i < 1000; i++) {
		empty = fake_block(0);
		memcpy(many + i * empty.size, empty.bytes, empty.size);
	}
	assert_int_equal(stored_open(&stored, file_of(many, 1000 * empty.size)), 0);
	assert_int_equal(stored.count, 1000);
	assert_true(stored_block(&stored, 999).number == 999);
	stored_close(&stored);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole, set_up),
		cmocka_unit_test_setup(test_cut, set_up),
		cmocka_unit_test_setup(test_flipped, set_up),
		cmocka_unit_test_setup(test_header_at_the_end, set_up),
		cmocka_unit_test_setup(test_no_recording, set_up),
		cmocka_unit_test_setup(test_many, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
