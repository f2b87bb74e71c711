// SPDX-License-Identifier: GPL-2.0-or-later
/* tag - the tag that says of a block that it comes from this board, as it was written */
#include "tag.h"

#include <sodium/crypto_generichash_blake2b.h>
#include <string.h>

#include "key.h"

void tag_begin(struct tag *tag)
{
	memset(tag, 0, sizeof(*tag));
	if (!key_is_there())
		return;
	tag->auth = AUTH(AUTH_TAG, key_slot());
	key_derive(KEY_FOR_TAG, tag->key);
}

void tag_block(const struct tag *tag, void *block, size_t size)
{
	size_t span = size - RECORD_SIZE + TAG_SPAN;
	struct rec_trailer *trailer = (void *)((char *)block + size - RECORD_SIZE);

	if (tag->auth)
		crypto_generichash_blake2b(trailer->tag, sizeof(trailer->tag), block, span,
					   tag->key, KEY_SIZE);
}
