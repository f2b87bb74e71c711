/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tag.h - the tag that says of a block that it comes from this board, as it was written */
#ifndef TARSIER_TAG_H
#define TARSIER_TAG_H

#include <stddef.h>

#include "wire.h"

struct tag {
	__u8 auth; /* for the header; 0: there is no key, and no tag */
	__u8 key[KEY_SIZE];
};

/* From the board's key, if there is one. */
void tag_begin(struct tag *tag);

/* Fill in the tag of @block, of @size bytes, of which all but tag and CRC of the trailer are done. */
void tag_block(const struct tag *tag, void *block, size_t size);

#endif
