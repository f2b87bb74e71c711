// SPDX-License-Identifier: GPL-2.0-or-later
/* seal - blocks encrypted for the wire */
#include "seal.h"

#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <string.h>

#include "crc32c.h"
#include "key.h"

_Static_assert(SEAL_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "24 bytes");
_Static_assert(SEAL_MAC_SIZE == crypto_aead_xchacha20poly1305_ietf_ABYTES, "16 bytes");

static struct {
	__u8 auth; /* 0: off */
	__u8 key[KEY_SIZE];
	struct {
		struct rec_sealed head;
		__u8 rest[BLOCK_SIZE_MAX + SEAL_MAC_SIZE];
	} datagram;
} state;

void seal_begin(void)
{
	state.auth = AUTH(AUTH_SEAL, key_slot());
	key_derive(KEY_FOR_SEAL, state.key);
}

size_t seal_overhead(void)
{
	return state.auth ? SEAL_OVERHEAD : 0;
}

static void write_head(struct rec_sealed *head, const struct rec_header *header,
		       const struct rec_trailer *trailer)
{
	*head = (struct rec_sealed) {
		.type = REC_sealed,
		.magic = WIRE_MAGIC,
		.auth = state.auth,
		.records = header->records,
		.board_id = header->board_id,
		.block_number = BLOCK_NUMBER(header, trailer),
	};
	memcpy(head->session_id, header->session_id, sizeof(head->session_id));
	head->crc = crc32c(head, RECORD_CRC_SPAN, crc32c_has_instruction());
}

const void *seal_block(const void *block, size_t *size)
{
	struct rec_sealed *head = &state.datagram.head;
	unsigned long long length;

	if (!state.auth)
		return block;
	write_head(head, block, (const void *)((const char *)block + *size - RECORD_SIZE));
	crypto_aead_xchacha20poly1305_ietf_encrypt(state.datagram.rest, &length, block, *size,
						   (const __u8 *)head, sizeof(*head), NULL,
						   head->session_id, state.key);
	*size = sizeof(*head) + (size_t)length;
	return &state.datagram;
}
