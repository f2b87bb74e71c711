// SPDX-License-Identifier: GPL-2.0-or-later
/* unsent - which blocks a link has not carried, or perhaps not, and that wait to be sent again */
#include "unsent.h"

#include <errno.h>

void unsent_begin(struct unsent *unsent, const struct block *block)
{
	unsent->latest = (struct span) { block->number, block->number + 1, block->first,
					 block->first + block->records };
}

void unsent_note_sent(struct unsent *unsent, __u64 now_ns)
{
	unsent->last_sent = unsent->latest;
	lately_add(&unsent->lately, &unsent->last_sent, now_ns);
}

void unsent_add_latest(struct unsent *unsent)
{
	backlog_add(&unsent->backlog, &unsent->latest);
}

/* From the low 32 bits in its header, which was written before the latest one's. */
static struct span span_of_header(const struct unsent *unsent, const struct rec_header *header)
{
	const struct span *latest = &unsent->latest;
	__u64 block = latest->block - (__u32)((__u32)latest->block - header->block_seq);
	__u64 record = latest->record - (__u32)((__u32)latest->record - header->seq);

	return (struct span) { block, block + 1, record,
			       record + header->records - BLOCK_RECORDS_MIN };
}

struct span unsent_find_refused(const struct unsent *unsent, const struct rec_header *header,
				size_t size)
{
	const struct rec_sealed *sealed = (const void *)header;
	struct block block;

	if (size < sizeof(*header) || header->magic != WIRE_MAGIC)
		return unsent->last_sent;
	if (header->type == REC_header && header->records >= BLOCK_RECORDS_MIN)
		return span_of_header(unsent, header);
	if (header->type == REC_sealed && !sinks_find(sealed->block_number, &block))
		return span_of_header(unsent, block.bytes);
	return unsent->last_sent;
}

void unsent_doubt(struct unsent *unsent, __u64 now_ns)
{
	lately_doubt(&unsent->lately, &unsent->backlog, now_ns);
	lately_doubt(&unsent->lately_offered, &unsent->backlog, now_ns);
}

__u64 unsent_note_offered(struct unsent *unsent, const struct block *block, __u64 now_ns)
{
	__u64 lost = backlog_take(&unsent->backlog, (__u32)block->first, block->records);
	struct span span = span_of_header(unsent, block->bytes);

	lately_add(&unsent->lately_offered, &span, now_ns);
	return lost;
}

__u64 unsent_give_up(struct unsent *unsent, int err)
{
	return err == -ESTALE ? backlog_drop(&unsent->backlog) : backlog_skip(&unsent->backlog);
}
