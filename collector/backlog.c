// SPDX-License-Identifier: GPL-2.0-or-later
/* backlog - which blocks were not passed on and wait, as spans of their numbers */
#include "backlog.h"

#include <string.h>

static void remove_spans(struct backlog *backlog, unsigned int at, unsigned int count)
{
	backlog->count -= count;
	memmove(&backlog->span[at], &backlog->span[at + count],
		(backlog->count - at) * sizeof(backlog->span[0]));
}

void span_widen(struct span *span, const struct span *by)
{
	if (by->block < span->block) {
		span->block = by->block;
		span->record = by->record;
	}
	if (by->block_end > span->block_end) {
		span->block_end = by->block_end;
		span->record_end = by->record_end;
	}
}

static void join_nearest(struct backlog *backlog)
{
	__u64 least = ~0ull;
	unsigned int at = 0;

	for (unsigned int i = 0; i + 1 < backlog->count; i++) {
		__u64 between = backlog->span[i + 1].block - backlog->span[i].block_end;

		if (between >= least)
			continue;
		least = between;
		at = i;
	}
	span_widen(&backlog->span[at], &backlog->span[at + 1]);
	remove_spans(backlog, at + 1, 1);
}

void backlog_add(struct backlog *backlog, const struct span *added)
{
	struct span span = *added;
	unsigned int at = backlog->count, end;

	if (span.block >= span.block_end)
		return;
	while (at && backlog->span[at - 1].block_end >= span.block)
		at--; /* to the first that the new one touches, or its place */
	for (end = at; end < backlog->count && backlog->span[end].block <= span.block_end; end++)
		span_widen(&span, &backlog->span[end]);
	if (end == at) {
		if (backlog->count == BACKLOG_SPANS) {
			join_nearest(backlog);
			backlog_add(backlog, added);
			return;
		}
		memmove(&backlog->span[at + 1], &backlog->span[at],
			(backlog->count - at) * sizeof(span));
		backlog->count++;
		end = at + 1;
	}
	backlog->span[at] = span;
	remove_spans(backlog, at + 1, end - at - 1);
}

__u64 backlog_records(const struct backlog *backlog)
{
	__u64 records = 0;

	for (unsigned int i = 0; i < backlog->count; i++)
		records += backlog->span[i].record_end - backlog->span[i].record;
	return records;
}

bool backlog_newest(const struct backlog *backlog, __u64 *block)
{
	if (!backlog->count)
		return false;
	*block = backlog->span[backlog->count - 1].block_end - 1;
	return true;
}

__u64 backlog_drop(struct backlog *backlog)
{
	const struct span *span = &backlog->span[--backlog->count];

	return span->record_end - span->record;
}

/* The records of what is skipped are known by the next older block: until then they stay. */
__u64 backlog_skip(struct backlog *backlog)
{
	struct span *span = &backlog->span[backlog->count - 1];

	return --span->block_end > span->block ? 0 : backlog_drop(backlog);
}

/* Below the end that is known: what a damaged header says is not believed. */
static __u64 end_of(const struct span *span, __u32 record, unsigned int records)
{
	__u64 end = span->record_end - (__u32)((__u32)span->record_end - (record + records));

	return end < span->record + records || end > span->record_end ? span->record_end : end;
}

__u64 backlog_take(struct backlog *backlog, __u32 record, unsigned int records)
{
	struct span *span = &backlog->span[backlog->count - 1];
	__u64 end = end_of(span, record, records), lost = span->record_end - end;

	span->record_end = end - records > span->record ? end - records : span->record;
	return lost + backlog_skip(backlog);
}
