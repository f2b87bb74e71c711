// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * send - sends a recording to a port of this machine as a board would: a datagram for each block
 *
 * send PORT FILE [BYTES]  with BYTES: datagrams of that size instead, whatever the file holds
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

static size_t block_size(const unsigned char *at, size_t left)
{
	const struct rec_header *header = (const struct rec_header *)at;
	size_t size = left;

	if (left >= RECORD_SIZE && header->type == REC_header && header->magic == WIRE_MAGIC)
		size = (size_t)header->records * RECORD_SIZE;
	if (left >= RECORD_SIZE && header->type == REC_sealed)
		size = RECORD_SIZE + SEAL_MAC_SIZE +
		       (size_t)((const struct rec_sealed *)at)->records * RECORD_SIZE;
	return size && size < left ? size : left;
}

static int send_all(int fd, const unsigned char *bytes, size_t length, size_t fixed)
{
	size_t size;

	for (size_t at = 0; at < length; at += size) {
		if (!fixed && bytes[at] == REC_pad) { /* what fills a file's pages is never sent */
			size = RECORD_SIZE;
			continue;
		}
		size = fixed < length - at ? fixed : length - at;
		if (!fixed)
			size = block_size(bytes + at, length - at);
		if (send(fd, bytes + at, size, 0) != (ssize_t)size) {
			perror("send");
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	static unsigned char bytes[1 << 20];
	FILE *file;
	size_t length;
	int fd;

	if (argc < 3) {
		fputs("usage: send PORT FILE [BYTES]\n", stderr);
		return 2;
	}
	to.sin_port = htons((unsigned short)strtoul(argv[1], NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	file = fopen(argv[2], "rb");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (!file || fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		perror(argv[2]);
		return 1;
	}
	length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return send_all(fd, bytes, length, argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
}
