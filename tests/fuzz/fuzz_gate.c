// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_gate - any bytes as a datagram, or as a file, to a decoder with keys
 *
 * The input's first byte chooses: CRCs are mended, then the tag, then it is sealed, so that the fuzzer
 * gets as far as one who has a board's key; or all of it is a file.  Whatever is let in is a whole
 * block of one session.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crc32c.h"
#include "decoder.h"
#include "report.h"

#define MEND_CRC 1
#define MEND_TAG 2
#define SEAL 4
#define AS_FILE 8

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

/* The key of tests/golden/golden.keys. */
static struct gate *open_gate(struct options *options)
{
	static const char text[] =
		"fleet 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	char path[] = "/tmp/fuzz_gate.XXXXXX";
	int fd = mkstemp(path);
	struct gate *gate;

	*options = options_default();
	if (fd < 0 || write(fd, text, sizeof(text) - 1) != sizeof(text) - 1)
		abort();
	close(fd);
	options->keys = path;
	gate = gate_open(options);
	unlink(path);
	if (!gate)
		abort();
	return gate;
}

static void mend_crc(unsigned char *record)
{
	__u32 crc = crc32c(record, RECORD_CRC_SPAN, crc32c_has_instruction());

	memcpy(record + RECORD_CRC_SPAN, &crc, sizeof(crc));
}

static void mend_tag(const struct keyring *ring, unsigned char *bytes, size_t size)
{
	struct board_keys keys;
	struct block block;

	if (block_look(&block, bytes, size) || block.sealed ||
	    !keyring_find(ring, block.board_id, AUTH_SLOT(block.auth), &keys))
		return;
	crypto_generichash(bytes + size - RECORD_SIZE + TAG_SPAN, 16, bytes,
			   size - RECORD_SIZE + TAG_SPAN, keys.tag, KEY_SIZE);
	mend_crc(bytes + size - RECORD_SIZE);
}

/* Sealed under the key of the board that the block names; returns the size. */
static size_t seal(const struct keyring *ring, unsigned char *bytes, size_t size)
{
	unsigned char out[BLOCK_SIZE_MAX + SEAL_OVERHEAD];
	struct rec_sealed head = { .type = REC_sealed, .magic = WIRE_MAGIC };
	struct board_keys keys;
	struct block block;

	if (block_look(&block, bytes, size) || block.sealed ||
	    !keyring_find(ring, block.board_id, 1, &keys))
		return size;
	head.auth = AUTH(AUTH_SEAL, 1);
	head.records = (__u8)(size / RECORD_SIZE);
	head.board_id = block.board_id;
	head.block_number = block.number;
	memcpy(head.session_id, block.session_id, sizeof(head.session_id));
	memcpy(out, &head, sizeof(head));
	mend_crc(out);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + sizeof(head), NULL, bytes, size, out,
						   sizeof(head), NULL, head.session_id, keys.seal);
	memcpy(bytes, out, size + SEAL_OVERHEAD);
	return size + SEAL_OVERHEAD;
}

static void as_datagram(struct gate *gate, const unsigned char *bytes, size_t size)
{
	const struct block *block = &gate->block;

	if (gate_take(gate, bytes, size))
		return;
	if (block->sealed || block->size > BLOCK_SIZE_MAX || block->bytes[0] != REC_header ||
	    AUTH_SUITE(block->auth) != AUTH_TAG)
		abort();
	for (size_t at = RECORD_SIZE; at < block->size; at += RECORD_SIZE)
		if (memcmp(block->bytes + at + 2, block->bytes + 2, 2) ||
		    block->bytes[at] == REC_header)
			abort();
}

static void as_file(struct gate *gate, const struct options *options, const unsigned char *bytes,
		    size_t size)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	struct decoder *decoder = decoder_open(options, out);

	decoder_guard(decoder, gate);
	decoder_begin(decoder, "input", 0);
	reader_feed(&decoder->reader, bytes, size);
	if (decoder_end(decoder) && decoder->bytes != size)
		abort();
	report(decoder);
	decoder_close(decoder);
	fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
	static struct options options;
	static struct gate *gate;
	unsigned char *bytes;
	unsigned char choice;

	if (!gate)
		gate = open_gate(&options);
	if (!size)
		return 0;
	choice = *input;
	bytes = malloc(size + SEAL_OVERHEAD);
	if (!bytes)
		return 0;
	memcpy(bytes, input + 1, --size);
	for (size_t at = 0; choice & MEND_CRC && at + RECORD_SIZE <= size; at += RECORD_SIZE)
		mend_crc(bytes + at);
	if (choice & MEND_TAG)
		mend_tag(gate->ring, bytes, size);
	if (choice & SEAL)
		size = seal(gate->ring, bytes, size);
	if (choice & AS_FILE)
		as_file(gate, &options, bytes, size);
	else
		as_datagram(gate, bytes, size);
	free(bytes);
	return 0;
}
