// SPDX-License-Identifier: GPL-2.0-or-later
/* encode - builds valid blocks for tests */
#include <stdbool.h>
#include "encode.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_2025_NS (1735689600ULL * 1000000000ULL)
#define POLYNOMIAL 0x82f63b78u /* reflected */

static __u32 crc_table[256];

static void make_table(void)
{
	for (__u32 i = 0; i < 256; i++) {
		__u32 crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		crc_table[i] = crc;
	}
}

__u32 encode_crc(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	__u32 crc = ~0u;

	if (!crc_table[1])
		make_table();
	while (len--)
		crc = crc >> 8 ^ crc_table[(crc ^ *at++) & 0xff];
	return ~crc;
}

void encode_sign(void *record)
{
	struct record *frame = record;

	frame->crc = encode_crc(record, RECORD_CRC_SPAN);
}

__u64 encode_random(__u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

void encoder_open(struct encoder *encoder, unsigned int number)
{
	memset(encoder, 0, sizeof(*encoder));
	encoder->time_ns = 5000000000ULL;
	encoder->step_ns = 1000;
	encoder->realtime_ns = YEAR_2025_NS;
	encoder->header_flags = HEADER_SYNCED;
	encoder->major = WIRE_MAJOR;
	encoder->minor = WIRE_MINOR;
	encoder->board_id = 0xb0a4d00000000000ULL + number;
	for (unsigned int i = 0; i < sizeof(encoder->session_id); i++)
		encoder->session_id[i] =
			(__u8)(number * 31 + i * 7 + 1 + (number >> 8) * (i * i + 1));
	encoder->salt = (__u16)encode_crc(encoder->session_id, sizeof(encoder->session_id));
}

void encoder_release(struct encoder *encoder)
{
	free(encoder->bytes);
	encoder_drop_bytes(encoder);
}

void encoder_drop_bytes(struct encoder *encoder)
{
	encoder->bytes = NULL;
	encoder->length = 0;
	encoder->room = 0;
}

static void append(struct encoder *encoder, const void *bytes, size_t len)
{
	if (encoder->length + len > encoder->room) {
		encoder->room = (encoder->length + len) * 2;
		encoder->bytes = realloc(encoder->bytes, encoder->room);
		if (!encoder->bytes)
			abort();
	}
	memcpy(encoder->bytes + encoder->length, bytes, len);
	encoder->length += len;
}

static void frame(struct encoder *encoder, struct record *record)
{
	record->salt = encoder->salt;
	record->seq = (__u32)encoder->seq;
	if (!record->time_ns)
		record->time_ns = encoder->time_ns;
}

void encoder_set_key(struct encoder *encoder, const __u8 fleet_key[KEY_SIZE], unsigned int slot)
{
	encoder->slot = (__u8)slot;
	crypto_kdf_derive_from_key(encoder->board_key, KEY_SIZE, encoder->board_id,
				   KEY_CONTEXT_BOARD, fleet_key);
}

/* Of the last @size bytes that were written, a block but for this tag and the CRC behind it. */
static void tag(struct encoder *encoder, size_t size)
{
	unsigned char *block = encoder->bytes + encoder->length - size;
	struct rec_trailer *trailer = (void *)(block + size - RECORD_SIZE);
	__u8 key[KEY_SIZE];

	crypto_kdf_derive_from_key(key, KEY_SIZE, KEY_FOR_TAG, KEY_CONTEXT_USE, encoder->board_key);
	crypto_generichash(trailer->tag, sizeof(trailer->tag), block, size - 20, key, KEY_SIZE);
	encode_sign(trailer);
}

size_t encode_sealed(const struct encoder *encoder, const void *block, size_t size,
		     unsigned char sealed[BLOCK_SIZE_MAX + SEAL_OVERHEAD])
{
	const struct rec_header *header = block;
	struct rec_sealed head = {
		.type = REC_sealed,
		.magic = WIRE_MAGIC,
		.auth = (__u8)(encoder->slot << 4 | AUTH_SEAL),
		.records = header->records,
		.board_id = header->board_id,
		.block_number = header->block_seq,
	};
	__u8 key[KEY_SIZE];

	memcpy(head.session_id, header->session_id, sizeof(head.session_id));
	encode_sign(&head);
	memcpy(sealed, &head, sizeof(head));
	crypto_kdf_derive_from_key(key, KEY_SIZE, KEY_FOR_SEAL, KEY_CONTEXT_USE,
				   encoder->board_key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + sizeof(head), NULL, block, size, sealed,
						   sizeof(head), NULL, head.session_id, key);
	return size + SEAL_OVERHEAD;
}

static void seal(struct encoder *encoder, __u8 flags)
{
	struct rec_trailer trailer = encoder->totals;
	struct rec_header header = {
		.type = REC_header,
		.flags = encoder->header_flags | flags | (encoder->block_seq ? 0 : HEADER_FIRST),
		.magic = WIRE_MAGIC,
		.major = encoder->major,
		.minor = encoder->minor,
		.records = (__u8)(encoder->used + 2),
		.auth = encoder->slot ? (__u8)(encoder->slot << 4 | AUTH_TAG) : 0,
		.board_id = encoder->board_id,
		.realtime_ns = encoder->realtime_ns + encoder->time_ns,
		.block_seq = (__u32)encoder->block_seq++,
	};

	memcpy(header.session_id, encoder->session_id, sizeof(header.session_id));
	frame(encoder, (struct record *)&header);
	header.seq -= encoder->used;
	encode_sign(&header);
	append(encoder, &header, sizeof(header));
	append(encoder, encoder->block, encoder->used * sizeof(encoder->block[0]));
	trailer.type = REC_trailer;
	frame(encoder, (struct record *)&trailer);
	encode_sign(&trailer);
	append(encoder, &trailer, sizeof(trailer));
	if (encoder->slot)
		tag(encoder, (size_t)header.records * RECORD_SIZE);
	encoder->used = 0;
}

void encode(struct encoder *encoder, const void *record)
{
	struct record *copy = &encoder->block[encoder->used++];

	memcpy(copy, record, sizeof(*copy));
	frame(encoder, copy);
	encode_sign(copy);
	encoder->seq++;
	encoder->time_ns += encoder->step_ns;
	if (encoder->used == BLOCK_RECORDS_MAX - 2)
		seal(encoder, 0);
}

void encode_block_end(struct encoder *encoder)
{
	seal(encoder, 0);
}

void encode_closing(struct encoder *encoder)
{
	seal(encoder, HEADER_CLOSING);
}

void encode_text(struct encoder *encoder, enum text_kind kind, unsigned int probe, const char *text)
{
	size_t length = strlen(text);
	struct rec_text record = {
		.type = REC_text,
		.kind = (__u8)kind,
		.probe = (__u8)probe,
		.parts = (__u8)((length + TEXT_PART_SIZE - 1) / TEXT_PART_SIZE),
	};

	for (; record.part < record.parts; record.part++) {
		size_t at = record.part * (size_t)TEXT_PART_SIZE, left = length - at;

		memset(record.text, 0, sizeof(record.text));
		memcpy(record.text, text + at, left < TEXT_PART_SIZE ? left : TEXT_PART_SIZE);
		encode(encoder, &record);
	}
}

void encode_about(struct encoder *encoder, const char *board, __u32 probes)
{
	struct rec_session about = {
		.type = REC_session,
		.boot_id = "sixteen bytes ok",
		.started_ns = encoder->time_ns,
		.probes_wanted = probes,
		.probes_active = probes,
		.interval_ms = 1000,
		.ring_bytes = 1 << 18,
		.cpus_possible = 4,
		.cpus_online = 4,
	};

	encode(encoder, &about);
	encode_text(encoder, TEXT_board, 0, board);
	encode_text(encoder, TEXT_release, 0, "6.1.0-test");
	encode_text(encoder, TEXT_machine, 0, "A machine whose name does not fit a single part");
	encode_text(encoder, TEXT_collector, 0, "0.1");
	encode_text(encoder, TEXT_command, 0, "tarsier run");
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (probes >> i & 1)
			encode_text(encoder, TEXT_attached, i, "tp_btf/sched_switch");
}

void encode_task(struct encoder *encoder, __u32 tid, __u64 start_ns, const char *comm)
{
	struct rec_task task = { .type = REC_task, .start_ns = start_ns, .tid = tid, .tgid = tid };

	memcpy(task.comm, comm, strnlen(comm, COMM_SIZE));
	encode(encoder, &task);
}

void encode_wait(struct encoder *encoder, const char *comm, __u32 tid, __u64 wait_ns,
		 __u32 prev_tid)
{
	struct rec_runqslower wait = {
		.type = REC_runqslower,
		.flags = prev_tid == ~0u ? 0 : RUNQSLOWER_PREV,
		.wait_ns = wait_ns,
		.tid = tid,
		.tgid = tid,
		.prev_tid = prev_tid == ~0u ? 0 : prev_tid,
		.cpu = (__u16)(tid % 4),
		.wake_cpu = tid % 3 ? (__u16)(tid % 4) : CPU_UNKNOWN,
		.prio = 120,
	};

	memcpy(wait.comm, comm, strnlen(comm, COMM_SIZE));
	encode(encoder, &wait);
}

void encode_clock(struct encoder *encoder, __u8 flags, __u32 max_error_us, __u64 before_ns)
{
	struct rec_clock record = {
		.type = REC_clock,
		.flags = flags | (before_ns ? CLOCK_STEPPED : 0),
		.realtime_ns = encoder->realtime_ns + encoder->time_ns,
		.monotonic_ns = encoder->time_ns,
		.monotonic_raw_ns = encoder->time_ns,
		.max_error_us = max_error_us,
		.before_ns = before_ns,
	};

	encode(encoder, &record);
}

void encode_arrival(struct encoder *encoder, __u64 realtime_ns)
{
	struct rec_arrival record = { .type = REC_arrival, .realtime_ns = realtime_ns };

	frame(encoder, (struct record *)&record);
	record.seq--;
	encode_sign(&record);
	append(encoder, &record, sizeof(record));
}

void encode_pad(struct encoder *encoder, __u32 sync_ms)
{
	struct rec_pad record = { .type = REC_pad, .sync_ms = sync_ms };

	frame(encoder, (struct record *)&record);
	record.seq--;
	encode_sign(&record);
	append(encoder, &record, sizeof(record));
}

void encode_counters(struct encoder *encoder, unsigned int probe,
		     const __u64 columns[LEDGER_COLUMNS])
{
	__u64 time_ns = encoder->time_ns;

	for (unsigned int first = 0; first < LEDGER_COLUMNS; first += COUNTERS_PER_RECORD) {
		struct rec_counters counters = {
			.type = REC_counters,
			.time_ns = time_ns,
			.probe = (__u8)probe,
			.first = (__u8)first,
		};

		bool empty = true;

		for (unsigned int i = 0; i < COUNTERS_PER_RECORD && first + i < LEDGER_COLUMNS;
		     i++) {
			counters.value[i] = columns[first + i];
			empty = empty && !counters.value[i];
		}
		if (!empty || !first)
			encode(encoder, &counters);
	}
}

static __u32 bucket_of(__u64 value)
{
	__u32 bucket = 0;

	while (h2_upper(bucket) < value)
		bucket++;
	return bucket;
}

static __u32 encode_slices(struct encoder *encoder, const struct rec_slice *shape,
			   const __u64 *buckets)
{
	__u32 slices = 0;

	for (__u32 first = 0; first < H2_BUCKETS; first += SLICE_BUCKETS) {
		struct rec_slice slice = *shape;
		__u64 any = 0;

		slice.first = (__u16)first;
		for (__u32 i = 0; i < SLICE_BUCKETS && first + i < H2_BUCKETS; i++) {
			any |= buckets[first + i];
			slice.count_low[i] = (__u32)buckets[first + i];
			slice.count_high[i] = (__u16)(buckets[first + i] >> 32);
		}
		if (!any)
			continue;
		encode(encoder, &slice);
		slices++;
	}
	return slices;
}

void encode_snapshot(struct encoder *encoder, unsigned int probe, const __u64 *values, size_t count)
{
	encode_snapshot_of(encoder, probe, HIST_SHAPE(SCOPE_ALL, H2_PRECISION), 0, values, count);
}

void encode_snapshot_of(struct encoder *encoder, unsigned int probe, __u8 shape, __u32 key,
			const __u64 *values, size_t count)
{
	struct rec_slice slice = {
		.type = REC_slice,
		.time_ns = encoder->time_ns,
		.probe = (__u8)probe,
		.shape = shape,
		.key = key,
	};
	struct rec_summary summary = { .type = REC_summary,
				       .time_ns = slice.time_ns,
				       .probe = slice.probe,
				       .shape = slice.shape,
				       .key = key,
				       .count = count };
	struct rec_range range = { .type = REC_range,
				   .time_ns = slice.time_ns,
				   .probe = slice.probe,
				   .shape = slice.shape,
				   .key = key,
				   .min = ~0ULL };
	__extension__ unsigned __int128 squares = 0;
	__u64 buckets[H2_BUCKETS] = { 0 };

	for (size_t i = 0; i < count; i++) {
		buckets[bucket_of(values[i])]++;
		summary.sum += values[i];
		__extension__ squares += (unsigned __int128)values[i] * values[i];
		range.min = values[i] < range.min ? values[i] : range.min;
		range.max = values[i] > range.max ? values[i] : range.max;
	}
	summary.squares_low = (__u64)squares;
	summary.squares_high = (__u64)(squares >> 64);
	summary.slices = encode_slices(encoder, &slice, buckets);
	encode(encoder, &summary);
	encode(encoder, &range);
}
