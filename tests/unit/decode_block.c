// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_block - datagrams that are no blocks, one thing wrong with each */
#include "check.h"

#include "block.h"
#include "encode.h"

struct fixture {
	struct encoder encoder;
	unsigned char *bytes;
	size_t size;
	struct rec_header *header;
	struct rec_trailer *trailer;
};

/* A block of a header, three records and a trailer. */
static int open_fixture(void **state)
{
	static struct fixture fixture;

	encoder_open(&fixture.encoder, 1);
	for (__u32 tid = 1; tid <= 3; tid++)
		encode_task(&fixture.encoder, tid, 0, "task");
	encode_block_end(&fixture.encoder);
	fixture.bytes = fixture.encoder.bytes;
	fixture.size = fixture.encoder.length;
	fixture.header = (struct rec_header *)fixture.bytes;
	fixture.trailer = (struct rec_trailer *)(fixture.bytes + fixture.size - RECORD_SIZE);
	assert_int_equal(fixture.size, 5 * RECORD_SIZE);
	*state = &fixture;
	return 0;
}

static int close_fixture(void **state)
{
	encoder_release(&((struct fixture *)*state)->encoder);
	return 0;
}

static struct record *record_of(const struct fixture *fixture, unsigned int number)
{
	return (struct record *)(fixture->bytes + number * RECORD_SIZE);
}

/* What is said of the first @size bytes, with each record's CRC made to fit. */
static enum refusal look(const struct fixture *fixture, size_t size)
{
	struct block block;

	for (unsigned int i = 0; i < fixture->size / RECORD_SIZE; i++)
		record_of(fixture, i)->crc = encode_crc(record_of(fixture, i), RECORD_CRC_SPAN);
	return block_look(&block, fixture->bytes, size);
}

static enum refusal check_records(const struct fixture *fixture)
{
	const struct block block = { .bytes = fixture->bytes, .size = fixture->size };

	assert_int_equal(look(fixture, fixture->size), REFUSED_not);
	return block_check_records(&block);
}

static void test_of_every_length_one_is_a_block(void **state)
{
	const struct fixture *fixture = *state;

	for (size_t size = 0; size <= fixture->size; size++)
		assert_int_equal(look(fixture, size),
				 size == fixture->size ? REFUSED_not : REFUSED_foreign);
}

static void test_header_is_none(void **state)
{
	struct fixture *fixture = *state;

	fixture->header->magic ^= 1;
	assert_int_equal(look(fixture, fixture->size), REFUSED_foreign);
	fixture->header->magic ^= 1;
	fixture->header->records++;
	assert_int_equal(look(fixture, fixture->size), REFUSED_foreign);
	fixture->header->records--;
	fixture->header->type = REC_trailer;
	assert_int_equal(look(fixture, fixture->size), REFUSED_foreign);
	fixture->header->type = REC_header;
	assert_int_equal(look(fixture, fixture->size), REFUSED_not);
}

static void test_trailer_is_none(void **state)
{
	struct fixture *fixture = *state;

	fixture->trailer->type = REC_task;
	assert_int_equal(look(fixture, fixture->size), REFUSED_damaged);
}

/* What stands at both ends is looked at first, the rest only where it is worth it. */
static void test_every_damaged_bit_is_found(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < fixture->size * 8; i++) {
		struct block block;
		enum refusal refusal;

		fixture->bytes[i / 8] ^= 1u << i % 8;
		refusal = block_look(&block, fixture->bytes, fixture->size);
		if (!refusal)
			refusal = block_check_records(&block);
		assert_int_not_equal(refusal, REFUSED_not);
		fixture->bytes[i / 8] ^= 1u << i % 8;
	}
}

static void test_records_of_others(void **state)
{
	static const __u8 types[] = { REC_header, REC_trailer, 0x00, 0xff };
	struct fixture *fixture = *state;

	assert_int_equal(check_records(fixture), REFUSED_not);
	for (unsigned int i = 0; i < sizeof(types); i++) {
		__u8 type = record_of(fixture, 2)->type;

		record_of(fixture, 2)->type = types[i];
		assert_int_equal(check_records(fixture), REFUSED_malformed);
		record_of(fixture, 2)->type = type;
	}
	record_of(fixture, 2)->salt ^= 1;
	assert_int_equal(check_records(fixture), REFUSED_malformed);
}

/* A sealed block of @records that takes @size bytes in all. */
static enum refusal look_at_sealed(__u32 magic, unsigned int records, size_t size, bool damaged)
{
	static unsigned char bytes[BLOCK_SIZE_MAX + SEAL_OVERHEAD + RECORD_SIZE];
	struct rec_sealed head = {
		.type = REC_sealed, .magic = magic, .records = (__u8)records, .board_id = 7
	};
	struct block block;
	enum refusal refusal;

	head.crc = encode_crc(&head, RECORD_CRC_SPAN) ^ damaged;
	memcpy(bytes, &head, sizeof(head));
	refusal = block_look(&block, bytes, size);
	if (!refusal) {
		assert_true(block.sealed);
		assert_int_equal(block.board_id, 7);
	}
	return refusal;
}

static void test_sealed(void **state)
{
	size_t most = BLOCK_SIZE_MAX + SEAL_OVERHEAD;

	(void)state;
	for (size_t size = 0; size <= most + RECORD_SIZE; size++) {
		bool whole = size >= SEAL_OVERHEAD && (size - SEAL_OVERHEAD) % RECORD_SIZE == 0 &&
			     size >= SEAL_OVERHEAD + (size_t)BLOCK_RECORDS_MIN * RECORD_SIZE &&
			     size <= most;
		size_t records = size < SEAL_OVERHEAD ? 2 : (size - SEAL_OVERHEAD) / RECORD_SIZE;

		assert_int_equal(look_at_sealed(WIRE_MAGIC, (unsigned int)records, size, false),
				 whole ? REFUSED_not : REFUSED_foreign);
	}
	assert_int_equal(look_at_sealed(WIRE_MAGIC, BLOCK_RECORDS_MAX, most, true),
			 REFUSED_damaged);
	assert_int_equal(look_at_sealed(WIRE_MAGIC, 2, most, false), REFUSED_foreign);
	assert_int_equal(look_at_sealed(WIRE_MAGIC ^ 1, BLOCK_RECORDS_MAX, most, false),
			 REFUSED_foreign);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_of_every_length_one_is_a_block),
		TEST(test_header_is_none),
		TEST(test_trailer_is_none),
		TEST(test_every_damaged_bit_is_found),
		TEST(test_records_of_others),
		TEST(test_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
