// SPDX-License-Identifier: GPL-2.0-or-later
/* stored - the whole blocks of a recording that was written before */
#include "stored.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crc32c.h"

static const struct rec_header *header_at(const struct stored *stored, __u64 record)
{
	return (const void *)(stored->bytes + record * RECORD_SIZE);
}

static bool is_intact(const struct record *record)
{
	return record->crc == crc32c(record, RECORD_CRC_SPAN, crc32c_has_instruction());
}

static bool is_header(const struct rec_header *header)
{
	return header->type == REC_header && header->magic == WIRE_MAGIC &&
	       header->records >= BLOCK_RECORDS_MIN && header->records <= BLOCK_RECORDS_MAX &&
	       is_intact((const struct record *)header);
}

static bool is_whole(const struct stored *stored, __u64 at, unsigned int records)
{
	const struct record *record = (const void *)header_at(stored, at);

	if ((at + records) * RECORD_SIZE > stored->size || record[records - 1].type != REC_trailer)
		return false;
	for (unsigned int i = 1; i < records; i++)
		if (record[i].salt != record->salt || !is_intact(&record[i]))
			return false;
	return true;
}

static int find_blocks(struct stored *stored)
{
	__u64 records = stored->size / RECORD_SIZE, step = 1;

	stored->offsets =
		calloc(records / BLOCK_RECORDS_MIN + 1, sizeof(*stored->offsets)); /* at start */
	if (!stored->offsets)
		return -ENOMEM;
	for (__u64 at = 0; at < records; at += step) {
		const struct rec_header *header = header_at(stored, at);

		step = 1;
		if (!is_header(header))
			continue;
		if (is_whole(stored, at, header->records)) {
			stored->offsets[stored->count++] = (__u32)at;
			step = header->records;
		} else {
			stored->damaged++;
		}
	}
	return 0;
}

static int map(struct stored *stored, int fd)
{
	struct stat status;
	void *bytes;

	if (fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	stored->size = (size_t)status.st_size;
	if (!stored->size)
		return 0;
	bytes = mmap(NULL, stored->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	stored->bytes = bytes;
	return find_blocks(stored);
}

int stored_open(struct stored *stored, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	*stored = (struct stored) { .bytes = NULL };
	if (fd < 0)
		return -errno;
	err = map(stored, fd);
	close(fd);
	if (err)
		stored_close(stored);
	return err;
}

void stored_close(struct stored *stored)
{
	if (stored->bytes)
		munmap((void *)stored->bytes, stored->size);
	free(stored->offsets);
	*stored = (struct stored) { .bytes = NULL };
}

struct block stored_block(const struct stored *stored, unsigned int at)
{
	const struct rec_header *header = header_at(stored, stored->offsets[at]);

	return (struct block) {
		.bytes = header,
		.size = header->records * RECORD_SIZE,
		.records = header->records - BLOCK_RECORDS_MIN,
		.number = header->block_seq,
		.first = header->seq,
	};
}
