/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seqset.h - which sequence numbers were seen: what is missing, double or late
 *
 * Numbers come as 32 bits and are extended to 64 by serial arithmetic (RFC 1982), relative to the
 * greatest one known: right as long as two neighbours in the input are less than 2^31 apart.  The
 * numbers seen are kept as sorted ranges.  When there is no room for another range, the oldest hole
 * is settled: its numbers stay missing, and what still arrives below it cannot be told from a
 * duplicate.
 */
#ifndef TARSIER_SEQSET_H
#define TARSIER_SEQSET_H

#include <stdbool.h>

#include "budget.h"

/* One in ten lost at random leaves room for 80,000 blocks or records before a hole is settled. */
#define SEQSET_RANGES 8192

/* A session's first record. */
#define SEQSET_FIRST (1ULL << 32)

enum seq_verdict {
	SEQ_NEW,
	SEQ_DUPLICATE,
	SEQ_TOO_LATE, /* its hole was settled */
};

struct seq_range {
	__u64 from;
	__u64 to; /* one past the last */
};

struct seqset {
	struct seq_range *range;
	unsigned int ranges;
	unsigned int room;
	bool begun;
	__u64 lowest;  /* the least number known to exist */
	__u64 end;     /* one past the greatest number known to exist */
	__u64 settled; /* below this, holes are settled */
	__u64 seen;
	__u64 duplicates;
	__u64 late; /* new, but behind a greater one */
	__u64 too_late;
};

/* False: no memory. */
bool seqset_init(struct seqset *set, struct budget *budget);
void seqset_release(struct seqset *set, struct budget *budget);

/* The record numbered @seq is here. */
enum seq_verdict seqset_add(struct seqset *set, __u32 seq, struct budget *budget);

/*
 * The @count numbers from @seq on, which are the last ones known to exist, are here, and all that comes
 * right before them is; false: that is not so, and nothing was done.
 */
bool seqset_add_next(struct seqset *set, __u32 seq, unsigned int count);

/* All numbers before @seq are known to exist. */
void seqset_expect(struct seqset *set, __u32 seq);

/* Numbers that exist and were not seen, counted from the session's first, number 0. */
__u64 seqset_missing(const struct seqset *set);

/* @seq, relative to the greatest number known, as 64 bits: the session's first is SEQSET_FIRST. */
__u64 seqset_number(const struct seqset *set, __u32 seq);

/* From which number on all were seen, up to @number, which was. */
__u64 seqset_run(const struct seqset *set, __u64 number);

/*
 * Hole @at of the ranges + 1 that there may be, in order: numbers *@from to *@to - 1, which exist and
 * were not seen; false: there is none at this place.  Settled ones are not told.
 */
bool seqset_hole(const struct seqset *set, unsigned int at, __u64 *from, __u64 *to);

/* How many of these came before the first one known here. */
__u64 seqset_missing_before(const struct seqset *set);

/*
 * May seqset_append() be called: does all of @after come behind what is in @set, and is there room?
 * Numbers of @after were extended without knowing @set.
 */
bool seqset_can_append(const struct seqset *set, const struct seqset *after);
/* As if what was added to @after had been added to @set; false: no memory. */
bool seqset_append(struct seqset *set, const struct seqset *after, struct budget *budget);

#endif
