/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - is this a whole block, whose is it, and does it carry the tag that it should?
 *
 * The cheap questions first, and nothing is changed by any answer: what is asked here may come from
 * anybody.
 */
#ifndef TARSIER_DECODE_BLOCK_H
#define TARSIER_DECODE_BLOCK_H

#include "keyring.h"

/* X(name, what is said of such blocks), in the order of the questions */
#define REFUSALS(X)                                                                                \
	X(foreign, "not whole blocks of Tarsier's")                                                \
	X(damaged, "damaged: a CRC is wrong")                                                      \
	X(untagged, "without a tag, of boards that have a key")                                    \
	X(unknown_key, "by a key that is not in the file")                                         \
	X(replayed, "received before")                                                             \
	X(too_old, "too old to tell whether they were received before")                            \
	X(wrong_tag, "with a wrong tag")                                                           \
	X(malformed, "with a right tag, and against the rules")                                    \
	X(no_room, "for which the state file has no room")

enum refusal {
	REFUSED_not,
#define X(name, text) REFUSED_##name,
	REFUSALS(X)
#undef X
		REFUSAL_KINDS
};

/* NULL for REFUSED_not. */
extern const char *const refusal_texts[REFUSAL_KINDS];

struct block {
	const unsigned char *bytes;
	size_t size;
	bool sealed;
	__u8 auth;
	__u8 session_id[16];
	__u64 board_id;
	__u64 number; /* in its session */
};

/* Whether these bytes begin as a sealed block. */
bool block_is_sealed(const void *bytes, size_t size);

/* Is it a block?  Then @block is filled in, and refers to @bytes. */
enum refusal block_look(struct block *block, const void *bytes, size_t size);

/* Its records: those that may be in a block, all of its session, and intact. */
enum refusal block_check_records(const struct block *block);

enum refusal block_check_tag(const struct block *block, const struct board_keys *keys);

/* Open a sealed block into @plain, of BLOCK_SIZE_MAX bytes, to which @block refers afterwards. */
enum refusal block_unseal(struct block *block, const struct board_keys *keys, void *plain);

#endif
