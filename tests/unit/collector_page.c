// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_page - whole blocks in pages of a file, and pads for the rest */
#include "fakes.h"

#include "crc32c.h"
#include "page.h"

#define FULL (BLOCK_RECORDS_MAX - BLOCK_RECORDS_MIN)

static int set_up(void **state)
{
	(void)state;
	fake_session();
	return 0;
}

static void add(struct page *page, const struct block *block)
{
	assert_true(page_has_room(page, block));
	page_add(page, block);
}

/* Four blocks of 1 KiB are a page: nothing is left to fill. */
static void test_full_blocks(void **state)
{
	struct page page = { .used = 0 };
	struct block block;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		block = fake_block(FULL);
		assert_false(page_is_full(&page));
		add(&page, &block);
	}
	assert_true(page_is_full(&page));
	assert_false(page_has_room(&page, &block));
	assert_int_equal(page.records, 4 * FULL);
	page_fill(&page, 1, 2);
	for (unsigned int i = 0; i < 4; i++)
		assert_memory_equal(page.bytes + i * BLOCK_SIZE_MAX, fake_block_again(i).bytes,
				    BLOCK_SIZE_MAX);
	page_empty(&page);
	assert_true(page_has_room(&page, &block));
	assert_int_equal(page.records, 0);
}

static void check_pad(const struct rec_pad *pad, const struct rec_trailer *last)
{
	static const __u8 zeros[sizeof(pad->reserved)];

	assert_int_equal(pad->type, REC_pad);
	assert_int_equal(pad->flags, 0);
	assert_int_equal(pad->salt, last->salt);
	assert_int_equal(pad->seq, last->seq - 1);
	assert_true(pad->time_ns == last->time_ns);
	assert_true(pad->synced_ns == 12345);
	assert_int_equal(pad->sync_ms, 30000);
	assert_memory_equal(pad->reserved, zeros, sizeof(zeros));
	assert_int_equal(pad->crc, crc32c(pad, RECORD_CRC_SPAN, false));
}

/* A block that does not fit waits for the next page; pads tell of the sync before. */
static void test_pads(void **state)
{
	struct block first = fake_block(FULL), second = fake_block(3), third;
	const struct rec_trailer *last;
	struct page page = { .used = 0 };

	(void)state;
	add(&page, &first);
	add(&page, &second);
	for (unsigned int i = 0; i < 2; i++) {
		third = fake_block(FULL);
		add(&page, &third);
	}
	third = fake_block(FULL);
	assert_false(page_has_room(&page, &third));
	last = (const void *)(page.bytes + page.used - RECORD_SIZE);
	assert_int_equal(page.used, 3 * BLOCK_SIZE_MAX + second.size);
	page_fill(&page, 12345, 30000);
	assert_true(page_is_full(&page));
	for (size_t at = 3 * BLOCK_SIZE_MAX + second.size; at < FILE_PAGE; at += RECORD_SIZE)
		check_pad((const void *)(page.bytes + at), last);
	assert_int_equal(page.records, 3 * FULL + 3);
}

/* What is written with a failure is filled once and stays. */
static void test_filled_twice(void **state)
{
	struct block block = fake_block(1);
	struct page page = { .used = 0 };
	unsigned char once[FILE_PAGE];

	(void)state;
	add(&page, &block);
	page_fill(&page, 1, 2);
	memcpy(once, page.bytes, sizeof(once));
	page_fill(&page, 3, 4);
	assert_memory_equal(page.bytes, once, sizeof(once));
}

static void expect_found(const struct page *page, unsigned int number)
{
	struct block expected = fake_block_again(number), found;

	assert_true(page_find(page->bytes, page->used, number, &found));
	assert_int_equal(found.size, expected.size);
	assert_int_equal(found.records, expected.records);
	assert_true(found.number == number);
	assert_true(found.first == expected.first);
	assert_memory_equal(found.bytes, expected.bytes, expected.size);
}

static void test_find(void **state)
{
	struct page page = { .used = 0 };
	struct block block;
	__u32 number = 77;

	(void)state;
	fake_block(FULL);
	fake_block(5);
	for (unsigned int i = 2; i < 12; i++) {
		block = fake_block(i % 4);
		add(&page, &block);
	}
	for (unsigned int filled = 0; filled < 2; filled++) {
		for (unsigned int i = 2; i < 12; i++)
			expect_found(&page, i);
		assert_false(page_find(page.bytes, page.used, 1, &block));
		assert_false(page_find(page.bytes, page.used, 12, &block));
		page_fill(&page, 0, 0);
	}
	assert_true(page_first_number((const void *)page.bytes, &number));
	assert_int_equal(number, 2);
}

/* A header has 32 bits of a block's number. */
static void test_find_beyond_32_bits(void **state)
{
	struct page page = { .used = 0 };
	struct block block = fake_block(1), found;

	(void)state;
	add(&page, &block);
	assert_true(page_find(page.bytes, page.used, 1ull << 32, &found));
	assert_true(found.number == 1ull << 32);
	assert_false(page_find(page.bytes, page.used, (1ull << 32) + 1, &found));
}

/* Whatever is read back from a medium: nothing is found, and nothing outside is looked at. */
static void test_find_in_noise(void **state)
{
	unsigned char *bytes = malloc(FILE_PAGE); /* its end is watched */
	struct rec_header *header = (void *)(bytes + FILE_PAGE - RECORD_SIZE);
	struct block block = fake_block(FULL);
	__u32 number;

	(void)state;
	assert_non_null(bytes);
	srand(1);
	for (unsigned int i = 0; i < FILE_PAGE; i++)
		bytes[i] = (unsigned char)rand();
	assert_false(page_find(bytes, FILE_PAGE, 0, &block));
	assert_false(page_first_number((void *)bytes, &number));
	block = fake_block_again(0);
	for (unsigned int at = 0; at < FILE_PAGE; at += BLOCK_SIZE_MAX)
		memcpy(bytes + at, block.bytes, BLOCK_SIZE_MAX);
	memcpy(header, block.bytes, RECORD_SIZE); /* a block that begins where the page ends */
	header->block_seq = 5;
	header = (void *)bytes;
	for (unsigned int records = 0; records < 256; records++) {
		header->records = (__u8)records;
		page_find(bytes, FILE_PAGE, 5, &block);
		assert_int_equal(page_first_number((void *)bytes, &number),
				 records >= BLOCK_RECORDS_MIN && records <= BLOCK_RECORDS_MAX);
	}
	header->records = BLOCK_RECORDS_MAX;
	assert_false(page_find(bytes, FILE_PAGE, 5, &block));
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_full_blocks, set_up),
		cmocka_unit_test_setup(test_pads, set_up),
		cmocka_unit_test_setup(test_filled_twice, set_up),
		cmocka_unit_test_setup(test_find, set_up),
		cmocka_unit_test_setup(test_find_beyond_32_bits, set_up),
		cmocka_unit_test_setup(test_find_in_noise, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
