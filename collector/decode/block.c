// SPDX-License-Identifier: GPL-2.0-or-later
/* block - is this a whole block, whose is it, and does it carry the tag that it should? */
#include "block.h"

#include <sodium.h>
#include <string.h>

#include "crc32c.h"

const char *const refusal_texts[REFUSAL_KINDS] = {
#define X(name, text) [REFUSED_##name] = text,
	REFUSALS(X)
#undef X
};

/* Bytes from anywhere are looked at in a copy: they need not be aligned. */
static const void *last_record(const struct block *block, struct rec_trailer *copy)
{
	return memcpy(copy, block->bytes + block->size - RECORD_SIZE, sizeof(*copy));
}

static bool crc_fits(const unsigned char *record)
{
	static int instruction = -1;
	__u32 crc;

	if (instruction < 0)
		instruction = crc32c_has_instruction();
	memcpy(&crc, record + RECORD_CRC_SPAN, sizeof(crc));
	return crc == crc32c(record, RECORD_CRC_SPAN, instruction);
}

static bool is_block_size(size_t size)
{
	return size % RECORD_SIZE == 0 && size >= BLOCK_RECORDS_MIN * RECORD_SIZE &&
	       size <= BLOCK_SIZE_MAX;
}

bool block_is_sealed(const void *bytes, size_t size)
{
	struct rec_sealed head;

	if (size < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	return head.type == REC_sealed && head.magic == WIRE_MAGIC;
}

static enum refusal look_at_sealed(struct block *block)
{
	struct rec_sealed head;
	size_t plain = block->size - SEAL_OVERHEAD;

	memcpy(&head, block->bytes, sizeof(head));
	if (block->size < SEAL_OVERHEAD || !is_block_size(plain) ||
	    head.records != plain / RECORD_SIZE)
		return REFUSED_foreign;
	if (!crc_fits(block->bytes))
		return REFUSED_damaged;
	block->sealed = true;
	block->auth = head.auth;
	block->board_id = head.board_id;
	block->number = head.block_number;
	memcpy(block->session_id, head.session_id, sizeof(block->session_id));
	return REFUSED_not;
}

static enum refusal look_at_plain(struct block *block)
{
	struct rec_trailer trailer;
	struct rec_header header;

	memcpy(&header, block->bytes, sizeof(header));
	if (!is_block_size(block->size) || header.type != REC_header ||
	    header.magic != WIRE_MAGIC || header.records != block->size / RECORD_SIZE)
		return REFUSED_foreign;
	last_record(block, &trailer);
	if (!crc_fits(block->bytes) || !crc_fits(block->bytes + block->size - RECORD_SIZE) ||
	    trailer.type != REC_trailer)
		return REFUSED_damaged;
	block->sealed = false;
	block->auth = header.auth;
	block->board_id = header.board_id;
	block->number = BLOCK_NUMBER(&header, &trailer);
	memcpy(block->session_id, header.session_id, sizeof(block->session_id));
	return REFUSED_not;
}

enum refusal block_look(struct block *block, const void *bytes, size_t size)
{
	block->bytes = bytes;
	block->size = size;
	if (size < BLOCK_RECORDS_MIN * RECORD_SIZE)
		return REFUSED_foreign;
	return block_is_sealed(bytes, size) ? look_at_sealed(block) : look_at_plain(block);
}

/*
 * A record of another session, or a second header, would be counted for a board that may be another
 * one: the key of one board must not speak for others.
 */
enum refusal block_check_records(const struct block *block)
{
	enum refusal refusal = REFUSED_not;
	struct record first, record;

	memcpy(&first, block->bytes, sizeof(first));
	for (size_t at = RECORD_SIZE; at < block->size; at += RECORD_SIZE) {
		bool last = at == block->size - RECORD_SIZE;

		if (!crc_fits(block->bytes + at))
			return REFUSED_damaged;
		memcpy(&record, block->bytes + at, sizeof(record));
		if (record.salt != first.salt || (!last && !RECORD_IS_DATA(record.type)) ||
		    record.type == 0x00 || record.type == 0xff)
			refusal = REFUSED_malformed;
	}
	return refusal;
}

enum refusal block_check_tag(const struct block *block, const struct board_keys *keys)
{
	struct rec_trailer trailer;
	__u8 tag[sizeof(trailer.tag)];

	last_record(block, &trailer);
	crypto_generichash_blake2b(tag, sizeof(tag), block->bytes,
				   block->size - RECORD_SIZE + TAG_SPAN, keys->tag, KEY_SIZE);
	return sodium_memcmp(tag, trailer.tag, sizeof(tag)) ? REFUSED_wrong_tag : REFUSED_not;
}

/* What was sealed must be the block that the outside names. */
static bool is_same(const struct block *outside, const struct block *inside)
{
	return !inside->sealed && inside->board_id == outside->board_id &&
	       inside->number == outside->number &&
	       !memcmp(inside->session_id, outside->session_id, sizeof(inside->session_id));
}

enum refusal block_unseal(struct block *block, const struct board_keys *keys, void *plain)
{
	const unsigned char *sealed = block->bytes + RECORD_SIZE;
	const __u8 *nonce = block->bytes + offsetof(struct rec_sealed, session_id);
	unsigned long long size;
	struct block inside;

	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &size, NULL, sealed,
						       block->size - RECORD_SIZE, block->bytes,
						       RECORD_SIZE, nonce, keys->seal))
		return REFUSED_wrong_tag;
	if (block_look(&inside, plain, (size_t)size) || !is_same(block, &inside))
		return REFUSED_malformed;
	*block = inside;
	return REFUSED_not;
}
