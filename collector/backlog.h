/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backlog.h - which blocks were not passed on and wait, as spans of their numbers
 *
 * How many records wait follows from the records' own numbers at both ends of a span: whatever is
 * added twice counts once.  Bounded: when there are too many spans, the two that are nearest become
 * one, and what lies between them is offered again, which a receiver tells by its number.
 */
#ifndef TARSIER_BACKLOG_H
#define TARSIER_BACKLOG_H

#include <linux/types.h>
#include <stdbool.h>

#define BACKLOG_SPANS 128

/* Consecutive blocks; ends are one past the last. */
struct span {
	__u64 block, block_end;
	__u64 record, record_end; /* data records, as numbered in the session */
};

/* Make @span reach as far as @by. */
void span_widen(struct span *span, const struct span *by);

struct backlog {
	struct span span[BACKLOG_SPANS]; /* in order, apart from each other */
	unsigned int count;
};

void backlog_add(struct backlog *backlog, const struct span *span);
__u64 backlog_records(const struct backlog *backlog);

/* The greatest block number that waits; false: none does. */
bool backlog_newest(const struct backlog *backlog, __u64 *block);
/*
 * That block does not wait any more: it has @records, of which the first is number @record, low 32
 * bits.  Returns how many records were in those that were skipped before it.
 */
__u64 backlog_take(struct backlog *backlog, __u32 record, unsigned int records);
/* That block is not to be had.  Returns the records lost, when its span ends with it. */
__u64 backlog_skip(struct backlog *backlog);
/* Nor are the older ones of its span: returns the records lost. */
__u64 backlog_drop(struct backlog *backlog);

#endif
