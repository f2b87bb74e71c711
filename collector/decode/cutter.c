// SPDX-License-Identifier: GPL-2.0-or-later
/* cutter - recordings, cut into pieces: whole blocks, and the intact records of broken ones */
#include "cutter.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* To which session records belong that say their salt alone. */
struct home {
	bool known;
	__u64 board_id;
	__u8 session_id[16];
};

#define SALTS (1u << 16)

static bool is_header(const struct record *record)
{
	return record->type == REC_header &&
	       ((const struct rec_header *)record)->magic == WIRE_MAGIC;
}

/* A header, the data records that it numbers, a trailer, all of one session. */
static bool is_whole(const struct record *block, unsigned int count)
{
	const struct rec_header *header = (const struct rec_header *)block;

	if (!is_header(block) || header->records != count || count < BLOCK_RECORDS_MIN)
		return false;
	for (unsigned int i = 1; i < count; i++)
		if (block[i].salt != header->salt || block[i].seq != header->seq + i - 1 ||
		    (i < count - 1 && !RECORD_IS_DATA(block[i].type)))
			return false;
	return block[count - 1].type == REC_trailer;
}

static void digest(__u8 to[PIECE_DIGEST], const void *bytes, size_t size)
{
	crypto_generichash(to, PIECE_DIGEST, bytes, size, NULL, 0);
}

static void find_home(struct cutter *cutter, const struct rec_header *header)
{
	struct home *home = &cutter->home[header->salt];

	if (home->known &&
	    (home->board_id > header->board_id ||
	     (home->board_id == header->board_id &&
	      memcmp(home->session_id, header->session_id, sizeof(home->session_id)) >= 0)))
		return;
	home->known = true;
	home->board_id = header->board_id;
	memcpy(home->session_id, header->session_id, sizeof(home->session_id));
}

static void fail(struct cutter *cutter, int err)
{
	if (err && !cutter->err)
		cutter->err = err;
}

/* A piece of @count records, of which its source and offset are set. */
static void add(struct cutter *cutter, struct piece *piece, const struct record *first,
		unsigned int count)
{
	piece->time_ns = first->time_ns;
	piece->seq = first->seq;
	piece->salt = first->salt;
	piece->records = (__u8)count;
	digest(piece->digest, first, count * RECORD_SIZE);
	if (is_header(first)) {
		const struct rec_header *header = (const struct rec_header *)first;

		find_home(cutter, header);
		piece->named = true;
		piece->board_id = header->board_id;
		memcpy(piece->session_id, header->session_id, sizeof(piece->session_id));
	}
	fail(cutter, pieces_add(&cutter->pieces, piece));
}

static void add_block(struct cutter *cutter)
{
	const struct record *last = &cutter->block[cutter->have - 1];
	struct piece piece = {
		.section = PIECE_block,
		.source = cutter->block_source,
		.offset = cutter->block_offset,
		.number = BLOCK_NUMBER((const struct rec_header *)cutter->block,
				       (const struct rec_trailer *)last),
	};

	add(cutter, &piece, cutter->block, cutter->have);
}

static enum piece_rank rank_of(const struct record *record)
{
	if (record->type == REC_trailer)
		return PIECE_trailer;
	return record->type == REC_header ? PIECE_header : PIECE_data;
}

/* What fills pages is of no use elsewhere; what is sealed cannot be read. */
static void add_single(struct cutter *cutter, const struct record *record, __u32 source,
		       __u64 offset)
{
	struct piece piece = {
		.source = source,
		.offset = offset,
		.section = record->type == REC_arrival ? PIECE_arrival : PIECE_loose,
		.rank = rank_of(record),
	};

	if (record->type == REC_sealed)
		cutter->sealed++;
	else if (record->type != REC_pad)
		add(cutter, &piece, record, 1);
}

/* The block that is being read does not go on. */
static void end_block(struct cutter *cutter)
{
	unsigned int have = cutter->have;

	if (have && is_whole(cutter->block, have))
		add_block(cutter);
	else
		for (unsigned int i = 0; i < have; i++)
			add_single(cutter, &cutter->block[i], cutter->block_source,
				   cutter->block_offset + i * RECORD_SIZE);
	cutter->have = 0;
}

static bool is_next(const struct cutter *cutter, const struct record *record, __u32 source,
		    __u64 offset)
{
	const struct rec_header *header = (const struct rec_header *)cutter->block;

	return cutter->have && cutter->have < header->records && cutter->have < BLOCK_RECORDS_MAX &&
	       !is_header(record) && source == cutter->block_source &&
	       offset == cutter->block_offset + cutter->have * RECORD_SIZE;
}

static void take_record(void *context, const struct record *record, __u64 offset)
{
	struct cutter *cutter = context;

	__u32 source = 0;

	cutter->decoder->input_records++;
	fail(cutter, sources_add(&cutter->sources, cutter->decoder->input, &source));
	if (!is_next(cutter, record, source, offset)) {
		end_block(cutter);
		cutter->block_source = source;
		cutter->block_offset = offset;
		if (!is_header(record)) {
			add_single(cutter, record, source, offset);
			return;
		}
	}
	cutter->block[cutter->have++] = *record;
	if (cutter->have == ((const struct rec_header *)cutter->block)->records)
		end_block(cutter);
}

/* An input without a single record is none of ours. */
static void take_damage(void *context, const struct damage *damage)
{
	struct cutter *cutter = context;

	if (damage->to_end && !cutter->decoder->input_records)
		return;
	cutter->damages++;
	cutter->damaged_bytes += damage->length;
}

static const struct reader_ops cutter_ops = {
	.record = take_record,
	.damage = take_damage,
};

int cutter_open(struct cutter *cutter, struct decoder *decoder, const char *path)
{
	memset(cutter, 0, sizeof(*cutter));
	cutter->decoder = decoder;
	cutter->home = calloc(SALTS, sizeof(*cutter->home));
	reader_init(&decoder->reader, &cutter_ops, cutter);
	return cutter->home ? pieces_open(&cutter->pieces, path) : -ENOMEM;
}

void cutter_close(struct cutter *cutter)
{
	if (cutter->home)
		pieces_close(&cutter->pieces);
	sources_close(&cutter->sources);
	free(cutter->home);
}

static void read_piece(struct cutter *cutter, const struct piece *piece, struct record *records)
{
	fail(cutter, sources_read(&cutter->sources, piece->source, piece->offset, records,
				  piece->records * sizeof(*records)));
}

int cutter_read(struct cutter *cutter, const struct piece *piece,
		struct record records[BLOCK_RECORDS_MAX])
{
	__u8 found[PIECE_DIGEST];

	read_piece(cutter, piece, records);
	if (cutter->err)
		return cutter->err;
	digest(found, records, piece->records * sizeof(*records));
	return memcmp(found, piece->digest, sizeof(found)) ? -ESTALE : 0;
}

/*
 * Which session a record is of that does not say so depends on all sessions there are and on nothing else.
 * That of no session here comes last.
 */
static void send_home(struct cutter *cutter, struct piece *piece)
{
	const struct home *home = &cutter->home[piece->salt];

	if (piece->named)
		return;
	piece->board_id = home->known ? home->board_id : ~0ULL;
	memset(piece->session_id, 0xff, sizeof(piece->session_id));
	if (home->known)
		memcpy(piece->session_id, home->session_id, sizeof(piece->session_id));
}

/* May it be one of the block's?  Whether it is, its bytes tell. */
static bool may_be_of(const struct piece *piece, const struct piece *block)
{
	__u32 ahead = piece->seq - block->seq;

	return piece->rank == PIECE_header ? ahead == 0 && piece->time_ns == block->time_ns
					   : ahead <= block->records - 2u;
}

static bool is_in(struct cutter *cutter, const struct piece *piece, const struct piece *block)
{
	struct record records[BLOCK_RECORDS_MAX], single;

	if (!may_be_of(piece, block))
		return false;
	read_piece(cutter, block, records);
	read_piece(cutter, piece, &single);
	for (unsigned int i = 0; !cutter->err && i < block->records; i++)
		if (!memcmp(&records[i], &single, sizeof(single)))
			return true;
	return false;
}

#define RECENT 16

/* The latest blocks before a loose record, in some order in which it comes soon behind its own. */
struct recent {
	struct piece block[RECENT];
	__u64 count;
};

static bool is_in_recent(struct cutter *cutter, const struct piece *piece,
			 const struct recent *recent)
{
	for (__u64 i = 0; i < recent->count && i < RECENT; i++)
		if (recent->block[i].salt == piece->salt && is_in(cutter, piece, &recent->block[i]))
			return true;
	return false;
}

/* Data records soon follow their block by sequence number; headers and trailers do by time. */
static void leave_out(struct cutter *cutter, bool data)
{
	struct pieces *pieces = &cutter->pieces;
	struct recent recent = { .count = 0 };

	for (__u64 i = 0; i < pieces->count; i++) {
		struct piece *piece = &pieces->at[i];

		if (piece->section == PIECE_block) {
			if (!data || piece->records > BLOCK_RECORDS_MIN)
				recent.block[recent.count++ % RECENT] = *piece;
		} else if (piece->section == PIECE_loose && data == (piece->rank == PIECE_data)) {
			piece->left_out |= is_in_recent(cutter, piece, &recent);
		}
	}
}

int cutter_finish(struct cutter *cutter)
{
	struct pieces *pieces = &cutter->pieces;
	bool any_loose = false;

	end_block(cutter);
	fail(cutter, pieces_map(pieces));
	if (cutter->err)
		return cutter->err;
	for (__u64 i = 0; i < pieces->count; i++) {
		send_home(cutter, &pieces->at[i]);
		any_loose |= pieces->at[i].section == PIECE_loose;
	}
	pieces_sort(pieces, pieces_by_place);
	pieces_compact(pieces, pieces_by_place);
	if (!any_loose)
		return cutter->err;
	pieces_sort(pieces, pieces_by_seq);
	leave_out(cutter, true);
	pieces_sort(pieces, pieces_by_time);
	leave_out(cutter, false);
	pieces_sort(pieces, pieces_by_place);
	pieces_compact(pieces, pieces_by_place);
	return cutter->err;
}
