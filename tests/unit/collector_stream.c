// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_stream - records numbered, sealed and packed into blocks */
#include "fakes.h"

#include "clocks.h"

static struct stream stream;

static __u32 crc_of(const void *record)
{
	const __u8 *bytes = record;
	__u32 crc = ~0u;

	for (unsigned int i = 0; i < 60; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1));
	}
	return ~crc;
}

static int set_up(void **state)
{
	(void)state;
	memset(&stream, 0, sizeof(stream));
	for (unsigned int i = 0; i < sizeof(stream.session_id); i++)
		stream.session_id[i] = (__u8)(0xa0 + i);
	stream.board_id = 0x1122334455667788;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	return 0;
}

static void add(unsigned int number)
{
	struct rec_task task = { .type = REC_task, .time_ns = 1000 + number, .tid = number };

	stream_add(&stream, &task);
}

static void add_many(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		add(i);
}

static const struct rec_header *header_of(unsigned int block)
{
	return (const struct rec_header *)&fake_output.block[block].record[0];
}

static const struct rec_trailer *trailer_of(unsigned int block)
{
	const struct fake_block *taken = &fake_output.block[block];

	return (const struct rec_trailer *)&taken->record[taken->records - 1];
}

/* Whatever a block holds: its frame, its numbers, and the CRC of each record. */
static void check_block(unsigned int number, __u32 seq, unsigned int data_records)
{
	const struct fake_block *block = &fake_output.block[number];
	const struct rec_header *header = header_of(number);

	assert_int_equal(block->data_records, data_records);
	assert_int_equal(block->records, data_records + 2);
	assert_int_equal(header->type, REC_header);
	assert_int_equal(header->records, data_records + 2);
	assert_int_equal(header->block_seq, number);
	assert_int_equal(header->seq, seq);
	assert_int_equal(trailer_of(number)->type, REC_trailer);
	assert_true(trailer_of(number)->seq == (__u32)(seq + data_records));
	for (unsigned int i = 0; i < block->records; i++) {
		assert_int_equal(block->record[i].crc, crc_of(&block->record[i]));
		assert_int_equal(block->record[i].salt, block->record[0].salt);
	}
	for (unsigned int i = 0; i < data_records; i++)
		assert_true(block->record[1 + i].seq == (__u32)(seq + i));
}

static void test_full_blocks(void **state)
{
	(void)state;
	add_many(14 + 14 + 3);
	assert_int_equal(fake_output.blocks, 2);
	check_block(0, 0, 14);
	check_block(1, 14, 14);
	stream_flush(&stream);
	assert_int_equal(fake_output.blocks, 3);
	check_block(2, 28, 3);
	assert_int_equal(fake_records(), 31);
	for (unsigned int i = 0; i < 31; i++)
		assert_int_equal(((const struct rec_task *)fake_record(i))->tid, i);
}

static void test_small_blocks(void **state)
{
	(void)state;
	fake_output_open(&stream, 3);
	add_many(2);
	assert_int_equal(fake_output.blocks, 2);
	check_block(0, 0, 1);
	check_block(1, 1, 1);
	fake_output_open(&stream, 8);
	add_many(6);
	assert_int_equal(fake_output.blocks, 1);
	check_block(0, 0, 6);
}

static void test_header(void **state)
{
	__u64 before = now_ns(), real = clock_ns(CLOCK_REALTIME);
	const struct rec_header *header = header_of(0);

	(void)state;
	add(0);
	stream_flush(&stream);
	assert_int_equal(header->magic, WIRE_MAGIC);
	assert_int_equal(header->major, WIRE_MAJOR);
	assert_int_equal(header->minor, WIRE_MINOR);
	assert_int_equal(header->auth, 0);
	assert_true(header->board_id == 0x1122334455667788);
	assert_memory_equal(header->session_id, stream.session_id, 16);
	assert_true(before <= header->time_ns && header->time_ns <= now_ns());
	assert_true(real <= header->realtime_ns && header->realtime_ns <= clock_ns(CLOCK_REALTIME));
}

/* The low half of the CRC of the session's id, over 16 bytes. */
static void test_salt(void **state)
{
	__u32 crc = ~0u;

	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		crc ^= stream.session_id[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1));
	}
	stream_heartbeat(&stream);
	assert_int_equal(header_of(0)->salt, ~crc & 0xffff);
}

static void test_first_and_closing(void **state)
{
	(void)state;
	add_many(15);
	stream_close(&stream);
	assert_int_equal(fake_output.blocks, 2);
	assert_int_equal(header_of(0)->flags & ~HEADER_SYNCED, HEADER_FIRST);
	assert_int_equal(header_of(1)->flags & ~HEADER_SYNCED, HEADER_CLOSING);
}

static void test_session_of_one_block(void **state)
{
	(void)state;
	stream_close(&stream);
	assert_int_equal(fake_output.blocks, 1);
	check_block(0, 0, 0);
	assert_int_equal(header_of(0)->flags & ~HEADER_SYNCED, HEADER_FIRST | HEADER_CLOSING);
}

static void test_heartbeat(void **state)
{
	(void)state;
	stream_heartbeat(&stream);
	check_block(0, 0, 0);
	add(0);
	stream_heartbeat(&stream);
	check_block(1, 0, 1);
	stream_heartbeat(&stream);
	check_block(2, 1, 0);
}

static void test_flush_of_nothing(void **state)
{
	(void)state;
	stream_flush(&stream);
	assert_int_equal(fake_output.blocks, 0);
	add_many(14);
	stream_flush(&stream);
	assert_int_equal(fake_output.blocks, 1);
}

static void test_time(void **state)
{
	struct rec_clock untimed = { .type = REC_clock };
	const struct record *record;
	__u64 before = now_ns();

	(void)state;
	add(7);
	stream_add(&stream, &untimed);
	stream_flush(&stream);
	record = fake_record(0);
	assert_true(record->time_ns == 1007);
	record = fake_record(1);
	assert_true(before <= record->time_ns && record->time_ns <= now_ns());
}

/* The caller's record is copied: what he had in it stays as it was. */
static void test_record_is_not_changed(void **state)
{
	struct rec_task task = { .type = REC_task, .tid = 5 }, copy = task;

	(void)state;
	stream_add(&stream, &task);
	assert_memory_equal(&task, &copy, sizeof(task));
}

static void test_sequence_wraps(void **state)
{
	(void)state;
	stream.seq = 0xfffffffd;
	stream.blocks = 0;
	add_many(14);
	add(0);
	stream_flush(&stream);
	check_block(0, 0xfffffffd, 14);
	check_block(1, 11, 1);
}

/* The low 32 bits of each. */
static void test_totals(void **state)
{
	static const __u64 high = 0xabc00000000;
	const struct rec_trailer *trailer;

	(void)state;
	fake_output.totals[LEDGER_entered] = high + 100;
	fake_output.totals[LEDGER_delivered] = high + 101;
	fake_output.totals[LEDGER_ring_full] = high + 102;
	fake_output.totals[LEDGER_map_full] = high + 103;
	fake_output.totals[LEDGER_unstamped] = high + 104;
	fake_output.totals[LEDGER_missed] = high + 105;
	fake_output.totals[LEDGER_user_dropped] = high + 106;
	fake_output.totals[LEDGER_file_lost] = high + 107;
	fake_output.totals[LEDGER_send_lost] = high + 108;
	stream_heartbeat(&stream);
	trailer = trailer_of(0);
	assert_int_equal(trailer->entered, 100);
	assert_int_equal(trailer->ring_full, 102);
	assert_int_equal(trailer->unmeasured, 103 + 104);
	assert_int_equal(trailer->missed, 105);
	assert_int_equal(trailer->user_dropped, 106);
	assert_int_equal(trailer->file_lost, 107);
	assert_int_equal(trailer->send_lost, 108);
}

/* Nothing of an earlier block is left in the unused bytes of a later one. */
static void test_unused_bytes_are_zero(void **state)
{
	static const __u8 zeros[16];
	struct record full;

	(void)state;
	memset(&full, 0xff, sizeof(full));
	for (unsigned int i = 0; i < 14; i++)
		stream_add(&stream, &full);
	stream_heartbeat(&stream);
	assert_memory_equal(trailer_of(1)->tag, zeros, sizeof(zeros));
	assert_int_equal(trailer_of(1)->flags, 0);
	assert_int_equal(header_of(1)->flags & ~HEADER_SYNCED, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_full_blocks, set_up),
		cmocka_unit_test_setup(test_small_blocks, set_up),
		cmocka_unit_test_setup(test_header, set_up),
		cmocka_unit_test_setup(test_salt, set_up),
		cmocka_unit_test_setup(test_first_and_closing, set_up),
		cmocka_unit_test_setup(test_session_of_one_block, set_up),
		cmocka_unit_test_setup(test_heartbeat, set_up),
		cmocka_unit_test_setup(test_flush_of_nothing, set_up),
		cmocka_unit_test_setup(test_time, set_up),
		cmocka_unit_test_setup(test_record_is_not_changed, set_up),
		cmocka_unit_test_setup(test_sequence_wraps, set_up),
		cmocka_unit_test_setup(test_totals, set_up),
		cmocka_unit_test_setup(test_unused_bytes_are_zero, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
