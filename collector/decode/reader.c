// SPDX-License-Identifier: GPL-2.0-or-later
/* reader - any bytes in, intact records out, damaged ranges named */
#include "reader.h"

#include <stdint.h>
#include <string.h>

#include "crc32c.h"

const char *const damage_texts[] = {
#define X(name, summary) [DAMAGE_##name] = summary,
	DAMAGES(X)
#undef X
};

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
	reader->from_header = false;
	reader->stopped = false;
	reader->stop_at = ~0ULL;
}

void reader_begin_part(struct reader *reader, __u64 offset, bool begun, __u64 stop_at)
{
	reader_begin(reader, offset);
	reader->from_header = !begun;
	reader->began_at = offset;
	reader->stop_at = stop_at;
}

static bool is_type(unsigned char type)
{
	return type != 0x00 && type != 0xff;
}

/* This is where a clean file's time goes: unrolled by hand, as gcc does not at -O2. */
CRC32C_TARGET static inline __u32 record_crc_fast(const unsigned char *at)
{
	const unsigned char *rest = at + RECORD_CRC_SPAN / 8 * 8;
	__u32 crc = ~0u, last;

#pragma GCC unroll 7
	for (; at < rest; at += 8) {
		__u64 word;

		memcpy(&word, at, sizeof(word));
		crc = crc32c_step8(crc, word);
	}
	memcpy(&last, rest, sizeof(last));
	return ~crc32c_step4(crc, last);
}

/* Do these records' CRCs fit?  In one go: the next one's is computed while this one's is waited for. */
CRC32C_TARGET static bool crcs_fit_fast(const unsigned char *at, unsigned int count)
{
	__u32 differences = 0;

	for (; count--; at += RECORD_SIZE) {
		__u32 crc;

		memcpy(&crc, at + RECORD_CRC_SPAN, sizeof(crc));
		differences |= crc ^ record_crc_fast(at);
	}
	return !differences;
}

CRC32C_TARGET static __u32 one_crc_fast(const unsigned char *at)
{
	return record_crc_fast(at);
}

static bool crc_fits(const struct reader *reader, const unsigned char *at)
{
	__u32 crc;

	memcpy(&crc, at + RECORD_CRC_SPAN, sizeof(crc));
	return crc ==
	       (reader->crc_instruction ? one_crc_fast(at) : crc32c(at, RECORD_CRC_SPAN, false));
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
	if (reader->from_header) { /* it is the part's before this one */
		range->length = 0;
		return;
	}
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

/* Where it may be read as what it is. */
static const void *align(const unsigned char *at, struct record *copy, size_t size)
{
	return (uintptr_t)at % _Alignof(struct record) ? memcpy(copy, at, size) : at;
}

static void pass(struct reader *reader, size_t size)
{
	reader->begin += size;
	reader->offset += size;
}

static void accept(struct reader *reader, const unsigned char *at)
{
	__u16 salt = salt_at(at);
	struct record copy;

	end_range(reader, false);
	reader->salts[salt / 64] |= 1ULL << (salt % 64);
	at = align(at, &copy, sizeof(copy));
	if (reader->ops->wanted && is_header(at))
		reader->of_block =
			(at[offsetof(struct rec_header, records)] - 1u) % BLOCK_RECORDS_MAX;
	if (!reader->from_header)
		reader->ops->record(reader->context, (const struct record *)at, reader->offset);
	pass(reader, RECORD_SIZE);
}

/* How many records of the header's block are here, all of its salt and all intact; 0: not all. */
static unsigned int whole_block(const unsigned char *at, size_t left)
{
	unsigned int count = at[offsetof(struct rec_header, records)];
	__u16 salt = salt_at(at);

	if (count < BLOCK_RECORDS_MIN || count > BLOCK_RECORDS_MAX || left < count * RECORD_SIZE)
		return 0;
	for (unsigned int i = 1; i < count; i++)
		if (!is_type(at[i * RECORD_SIZE]) || salt_at(at + i * RECORD_SIZE) != salt ||
		    is_header(at + i * RECORD_SIZE))
			return 0;
	return crcs_fit_fast(at, count) ? count : 0;
}

/* The first header is here: what came before, doubts included, is the part's before this one. */
static void begin_part(struct reader *reader)
{
	if (!reader->from_header)
		return;
	reader->from_header = false;
	reader->range.length = 0;
	reader->doubts = READER_DOUBTS;
	reader->began_at = reader->offset;
}

/* In a file that is mostly whole this is all there is to do. */
static bool take_whole_block(struct reader *reader, const unsigned char *at, size_t left)
{
	struct record copy[BLOCK_RECORDS_MAX];
	unsigned int count;
	__u16 salt;

	if (!reader->ops->block || !is_header(at) || !reader->crc_instruction ||
	    reader->offset >= reader->stop_at)
		return false;
	count = whole_block(at, left);
	if (!count)
		return false;
	salt = salt_at(at);
	begin_part(reader);
	end_range(reader, false);
	reader->salts[salt / 64] |= 1ULL << (salt % 64);
	reader->ops->block(reader->context, align(at, copy, count * RECORD_SIZE), count,
			   reader->offset);
	pass(reader, count * RECORD_SIZE);
	return true;
}

/* An intact record: the part may begin or end with it.  False: it ends. */
static bool is_of_part(struct reader *reader, const unsigned char *at)
{
	if (!is_header(at))
		return true;
	if (reader->offset >= reader->stop_at) {
		end_range(reader, false);
		reader->stopped = true;
		return false;
	}
	begin_part(reader);
	return true;
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
static bool pass_on(struct reader *reader, const unsigned char *at, size_t left, bool last)
{
	enum verdict opened = open_sealed(reader, left, last);

	if (opened == DAMAGED)
		accept(reader, at);
	return opened != UNDECIDED;
}

static void scan(struct reader *reader, bool last)
{
	size_t left;

	while ((left = reader->end - reader->begin) >= RECORD_SIZE) {
		const unsigned char *at = reader->buffer + reader->begin;

		if (passes_over(reader) || take_whole_block(reader, at, left))
			continue;
		switch (judge(reader, at, left, last)) {
		case INTACT:
			if (!is_of_part(reader, at) || !pass_on(reader, at, left, last))
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
	if (!reader->stopped)
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

void reader_abandon(struct reader *reader)
{
	reader->end = reader->begin;
}

void reader_end(struct reader *reader)
{
	if (!reader->stopped)
		scan(reader, true);
	if (reader->stopped)
		return;
	while (reader->begin < reader->end)
		skip_byte(reader);
	end_range(reader, true);
}

void reader_merge(struct reader *reader, const struct reader *after)
{
	reader->doubts -= READER_DOUBTS - after->doubts;
	for (unsigned int i = 0; i < READER_SALTS / 64; i++)
		reader->salts[i] |= after->salts[i];
}
