// SPDX-License-Identifier: GPL-2.0-or-later
/* page - whole blocks gathered to a page of a file */
#include "page.h"

#include <string.h>

#include "crc32c.h"

bool page_has_room(const struct page *page, const struct block *block)
{
	return page->used + block->size <= FILE_PAGE;
}

void page_add(struct page *page, const struct block *block)
{
	if (!page->used)
		page->first = block->number;
	memcpy(page->bytes + page->used, block->bytes, block->size);
	page->used += (unsigned int)block->size;
	page->records += block->records;
}

bool page_is_full(const struct page *page)
{
	return page->used == FILE_PAGE;
}

void page_empty(struct page *page)
{
	page->used = 0;
	page->records = 0;
}

/* The first pad is made in its place, the others are copies. */
void page_fill(struct page *page, __u64 synced_ns, __u64 sync_ms)
{
	const struct record *last = (const void *)(page->bytes + page->used - RECORD_SIZE);
	struct rec_pad *pad = (void *)(page->bytes + page->used);

	if (page_is_full(page))
		return;
	*pad = (struct rec_pad) {
		.type = REC_pad,
		.salt = last->salt,
		.seq = last->seq - 1, /* a trailer's is that of the next data record */
		.time_ns = last->time_ns,
		.synced_ns = synced_ns,
		.sync_ms = (__u32)sync_ms,
	};
	pad->crc = crc32c(pad, RECORD_CRC_SPAN, crc32c_has_instruction());
	while ((page->used += RECORD_SIZE) < FILE_PAGE)
		memcpy(page->bytes + page->used, pad, sizeof(*pad));
}

static const struct rec_header *header_at(const unsigned char *bytes)
{
	const struct rec_header *header = (const void *)bytes;

	return header->type == REC_header && header->magic == WIRE_MAGIC &&
			       header->records >= BLOCK_RECORDS_MIN &&
			       header->records <= BLOCK_RECORDS_MAX
		       ? header
		       : NULL;
}

bool page_find(const unsigned char bytes[FILE_PAGE], unsigned int used, __u64 number,
	       struct block *block)
{
	const struct rec_header *header;

	for (unsigned int at = 0; at < used; at += header->records * RECORD_SIZE) {
		header = header_at(bytes + at);
		if (!header || at + header->records * RECORD_SIZE > used)
			return false;
		if (header->block_seq != (__u32)number)
			continue;
		*block = (struct block) {
			.bytes = header,
			.size = header->records * RECORD_SIZE,
			.records = header->records - BLOCK_RECORDS_MIN,
			.number = number,
			.first = header->seq,
		};
		return true;
	}
	return false;
}

bool page_first_number(const struct record *first, __u32 *number)
{
	const struct rec_header *header = header_at((const void *)first);

	if (header)
		*number = header->block_seq;
	return header;
}
