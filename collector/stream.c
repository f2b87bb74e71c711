// SPDX-License-Identifier: GPL-2.0-or-later
/* stream - the session's records, numbered, sealed and packed into blocks */
#include "stream.h"

#include <string.h>
#include <time.h>

#include "clocks.h"
#include "crc32c.h"

static void frame(struct stream *stream, struct record *record)
{
	record->salt = stream->salt;
	record->seq = (__u32)stream->seq;
	if (!record->time_ns)
		record->time_ns = now_ns();
}

static void sign(const struct stream *stream, struct record *record)
{
	record->crc = crc32c(record, RECORD_CRC_SPAN, stream->crc_instruction);
}

void stream_open(struct stream *stream)
{
	stream->crc_instruction = crc32c_has_instruction();
	stream->salt = (__u16)crc32c(stream->session_id, sizeof(stream->session_id),
				     stream->crc_instruction);
	stream->used = 0;
	stream->seq = 0;
	stream->blocks = 0;
}

/* The header's place is taken now, for its sequence number; the rest is written when it is sealed. */
static void open_block(struct stream *stream)
{
	memset(&stream->block[0], 0, sizeof(stream->block[0]));
	stream->block[0].seq = (__u32)stream->seq;
	stream->used = 1;
}

static void write_header(struct stream *stream, __u8 flags)
{
	struct rec_header *header = (struct rec_header *)&stream->block[0];
	__u32 max_error_us;

	header->type = REC_header;
	header->flags = flags | (stream->blocks ? 0 : HEADER_FIRST) |
			(clock_synchronised(&max_error_us) ? HEADER_SYNCED : 0);
	header->salt = stream->salt;
	header->time_ns = now_ns();
	header->magic = WIRE_MAGIC;
	header->major = WIRE_MAJOR;
	header->minor = WIRE_MINOR;
	header->records = (__u8)(stream->used + 1);
	header->auth = stream->tag.auth;
	header->board_id = stream->board_id;
	memcpy(header->session_id, stream->session_id, sizeof(header->session_id));
	header->realtime_ns = clock_ns(CLOCK_REALTIME);
	header->block_seq = (__u32)stream->blocks;
	sign(stream, &stream->block[0]);
}

static void write_trailer(struct stream *stream)
{
	struct rec_trailer *trailer = (struct rec_trailer *)&stream->block[stream->used++];
	__u64 totals[LEDGER_COLUMNS] = { 0 };

	stream->totals(totals);
	memset(trailer, 0, sizeof(*trailer));
	trailer->type = REC_trailer;
	trailer->flags = (__u8)(stream->blocks >> 32);
	trailer->entered = (__u32)totals[LEDGER_entered];
	trailer->ring_full = (__u32)totals[LEDGER_ring_full];
	trailer->unmeasured = (__u32)(totals[LEDGER_map_full] + totals[LEDGER_unstamped]);
	trailer->missed = (__u32)totals[LEDGER_missed];
	trailer->user_dropped = (__u32)totals[LEDGER_user_dropped];
	trailer->file_lost = (__u32)totals[LEDGER_file_lost];
	trailer->send_lost = (__u32)totals[LEDGER_send_lost];
	frame(stream, (struct record *)trailer);
	tag_block(&stream->tag, stream->block, stream->used * RECORD_SIZE);
	sign(stream, (struct record *)trailer);
}

static void seal(struct stream *stream, __u8 flags)
{
	unsigned int data_records = stream->used - 1;

	write_header(stream, flags);
	write_trailer(stream);
	stream->deliver(stream->block, stream->used * RECORD_SIZE, data_records);
	stream->used = 0;
	stream->blocks++;
}

void stream_add(struct stream *stream, void *record)
{
	struct record *copy;

	if (!stream->used)
		open_block(stream);
	copy = &stream->block[stream->used++];
	memcpy(copy, record, sizeof(*copy));
	frame(stream, copy);
	sign(stream, copy);
	stream->seq++;
	if (stream->used + 1 >= stream->block_records)
		seal(stream, 0);
}

void stream_flush(struct stream *stream)
{
	if (stream->used)
		seal(stream, 0);
}

void stream_heartbeat(struct stream *stream)
{
	if (!stream->used)
		open_block(stream);
	seal(stream, 0);
}

void stream_close(struct stream *stream)
{
	if (!stream->used)
		open_block(stream);
	seal(stream, HEADER_CLOSING);
}
