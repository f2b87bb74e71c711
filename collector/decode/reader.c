// SPDX-License-Identifier: GPL-2.0-or-later
/* reader - any bytes in, intact records out, damaged ranges named */
#include "reader.h"

#include <string.h>

#include "crc32c.h"

enum verdict {
	INTACT,
	DAMAGED,
	UNDECIDED, /* until more bytes are there */
};

void reader_init(struct reader *reader, const struct reader_ops *ops, void *context)
{
	reader->ops = ops;
	reader->context = context;
	reader->doubts = READER_DOUBTS;
	reader->crc_instruction = crc32c_has_instruction();
	memset(reader->salts, 0, sizeof(reader->salts));
	reader_begin(reader, 0);
}

void reader_begin(struct reader *reader, __u64 offset)
{
	reader->begin = 0;
	reader->end = 0;
	reader->offset = offset;
	reader->of_block = 0;
	reader->range.length = 0;
}

static bool is_type(unsigned char type)
{
	return type != 0x00 && type != 0xff;
}

/* This is where a clean file's time goes: unrolled by hand, as gcc does not at -O2. */
CRC32C_TARGET static __u32 record_crc_fast(const unsigned char *at)
{
	const unsigned char *rest = at + RECORD_CRC_SPAN / 8 * 8;
	__u32 crc = ~0u;

#pragma GCC unroll 7
	for (; at < rest; at += 8) {
		__u64 word;

		memcpy(&word, at, sizeof(word));
		crc = crc32c_step8(crc, word);
	}
	return ~crc32c_fast(crc, rest, RECORD_CRC_SPAN % 8);
}

static bool crc_fits(const struct reader *reader, const unsigned char *at)
{
	__u32 crc;

	memcpy(&crc, at + RECORD_CRC_SPAN, sizeof(crc));
	return crc ==
	       (reader->crc_instruction ? record_crc_fast(at) : crc32c(at, RECORD_CRC_SPAN, false));
}

static __u16 salt_at(const unsigned char *at)
{
	__u16 salt;

	memcpy(&salt, at + offsetof(struct record, salt), sizeof(salt));
	return salt;
}

static bool knows_salt(const struct reader *reader, __u16 salt)
{
	return reader->salts[salt / 64] >> (salt % 64) & 1;
}

static bool is_header(const unsigned char *at)
{
	__u32 magic;

	memcpy(&magic, at + offsetof(struct rec_header, magic), sizeof(magic));
	return at[0] == REC_header && magic == WIRE_MAGIC;
}

static bool is_followed_by_its_like(const struct reader *reader, const unsigned char *at)
{
	const unsigned char *next = at + RECORD_SIZE;

	return is_type(*next) && salt_at(next) == salt_at(at) && crc_fits(reader, next);
}

/* Judge the candidate at @at, behind which there are @left bytes, itself included. */
static enum verdict judge(struct reader *reader, const unsigned char *at, size_t left, bool last)
{
	if (!is_type(*at))
		return DAMAGED;
	if (!crc_fits(reader, at)) {
		reader->doubts -= reader->doubts > 0;
		return DAMAGED;
	}
	if (reader->doubts || knows_salt(reader, salt_at(at)) || is_header(at))
		return INTACT;
	if (left < 2 * RECORD_SIZE)
		return last ? DAMAGED : UNDECIDED;
	return is_followed_by_its_like(reader, at) ? INTACT : DAMAGED;
}

static void end_range(struct reader *reader, bool to_end)
{
	struct damage *range = &reader->range;

	if (!range->length)
		return;
	range->to_end = to_end;
	if (!reader->any)
		range->kind = DAMAGE_zeros;
	else if (reader->every == 0xff)
		range->kind = DAMAGE_erased;
	else
		range->kind = to_end && range->length < RECORD_SIZE ? DAMAGE_cut_off : DAMAGE_mixed;
	reader->ops->damage(reader->context, range);
	range->length = 0;
}

static void skip_byte(struct reader *reader)
{
	unsigned char byte = reader->buffer[reader->begin++];

	if (!reader->range.length) {
		reader->range.offset = reader->offset;
		reader->any = 0x00;
		reader->every = 0xff;
	}
	reader->of_block = 0;
	reader->range.length++;
	reader->any |= byte;
	reader->every &= byte;
	reader->offset++;
}

static void accept(struct reader *reader)
{
	const unsigned char *at = reader->buffer + reader->begin;
	__u16 salt = salt_at(at);
	struct record copy;

	end_range(reader, false);
	reader->salts[salt / 64] |= 1ULL << (salt % 64);
	if (reader->begin % _Alignof(struct record)) {
		memcpy(&copy, at, sizeof(copy));
		at = (const unsigned char *)&copy;
	}
	if (reader->ops->wanted && is_header(at))
		reader->of_block =
			(((const struct rec_header *)at)->records - 1u) % BLOCK_RECORDS_MAX;
	reader->ops->record(reader->context, (const struct record *)at, reader->offset);
	reader->begin += RECORD_SIZE;
	reader->offset += RECORD_SIZE;
}

/*
 * Only for the records that are wanted is it worth knowing whether they are intact: in a block whose
 * header is, the others are taken for what they say.
 */
static bool passes_over(struct reader *reader)
{
	if (!reader->of_block)
		return false;
	reader->of_block--;
	if (reader->ops->wanted[reader->buffer[reader->begin]])
		return false;
	reader->begin += RECORD_SIZE;
	reader->offset += RECORD_SIZE;
	return true;
}

/* Of the sealed block that this record begins; 0: it does not. */
static size_t sealed_size(const unsigned char *at)
{
	struct rec_sealed head;

	memcpy(&head, at, sizeof(head));
	if (head.type != REC_sealed || head.magic != WIRE_MAGIC ||
	    head.records < BLOCK_RECORDS_MIN || head.records > BLOCK_RECORDS_MAX)
		return 0;
	return head.records * RECORD_SIZE + SEAL_OVERHEAD;
}

/* INTACT: it was opened, all of it; DAMAGED: what is there are records, or is not. */
static enum verdict open_sealed(struct reader *reader, size_t left, bool last)
{
	const unsigned char *at = reader->buffer + reader->begin;
	size_t size = reader->ops->sealed ? sealed_size(at) : 0;

	if (!size || (left < size && last))
		return DAMAGED;
	if (left < size)
		return UNDECIDED;
	end_range(reader, false);
	if (!reader->ops->sealed(reader->context, at, size, reader->offset))
		return DAMAGED;
	reader->begin += size;
	reader->offset += size;
	return INTACT;
}

/* An intact record; false: more bytes have to come. */
static bool pass_on(struct reader *reader, size_t left, bool last)
{
	enum verdict opened = open_sealed(reader, left, last);

	if (opened == DAMAGED)
		accept(reader);
	return opened != UNDECIDED;
}

static void scan(struct reader *reader, bool last)
{
	size_t left;

	while ((left = reader->end - reader->begin) >= RECORD_SIZE) {
		if (passes_over(reader))
			continue;
		switch (judge(reader, reader->buffer + reader->begin, left, last)) {
		case INTACT:
			if (!pass_on(reader, left, last))
				return;
			break;
		case DAMAGED:
			skip_byte(reader);
			break;
		case UNDECIDED:
			return;
		}
	}
}

void *reader_room(struct reader *reader, size_t *room)
{
	size_t left = reader->end - reader->begin;

	memmove(reader->buffer, reader->buffer + reader->begin, left);
	reader->begin = 0;
	reader->end = left;
	*room = sizeof(reader->buffer) - left;
	return reader->buffer + left;
}

void reader_fill(struct reader *reader, size_t len)
{
	reader->end += len;
	scan(reader, false);
}

void reader_feed(struct reader *reader, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;

	while (len) {
		size_t room;
		void *to = reader_room(reader, &room);

		if (room > len)
			room = len;
		memcpy(to, from, room);
		reader_fill(reader, room);
		from += room;
		len -= room;
	}
}

void reader_end(struct reader *reader)
{
	scan(reader, true);
	while (reader->begin < reader->end)
		skip_byte(reader);
	end_range(reader, true);
}
