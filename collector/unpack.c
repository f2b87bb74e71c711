// SPDX-License-Identifier: GPL-2.0-or-later
/* unpack - the BPF objects inside this program, which are packed to a third of their size */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_SIZE_BYTES 4 /* at the end: the unpacked size (RFC 1952, 2.3.1) */
#define WINDOW_BITS_GZIP (16 + MAX_WBITS)

static void *unpacked;

void unpack_end(void)
{
	free(unpacked);
	unpacked = NULL;
}

void *unpack(const unsigned char *packed, size_t size, size_t *unpacked_size)
{
	z_stream stream = { .next_in = (unsigned char *)packed, .avail_in = (unsigned int)size };
	unsigned int wanted;
	int result = Z_MEM_ERROR;

	memcpy(&wanted, packed + size - GZIP_SIZE_BYTES, sizeof(wanted));
	unpack_end();
	unpacked = malloc(wanted); /* at start */
	stream.next_out = unpacked;
	stream.avail_out = wanted;
	if (unpacked && inflateInit2(&stream, WINDOW_BITS_GZIP) == Z_OK) {
		result = inflate(&stream, Z_FINISH);
		inflateEnd(&stream);
	}
	if (result != Z_STREAM_END)
		unpack_end();
	*unpacked_size = unpacked ? wanted : 0;
	return unpacked;
}
