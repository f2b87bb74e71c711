// SPDX-License-Identifier: GPL-2.0-or-later
/* seqset - which sequence numbers were seen: what is missing, double or late */
#include "seqset.h"

#include <string.h>

#define RANGES_AT_FIRST 8

/* The first number is put there, so that one from before a wrap still has room below it. */
#define EPOCH SEQSET_FIRST

bool seqset_init(struct seqset *set, struct budget *budget)
{
	memset(set, 0, sizeof(*set));
	set->range = budget_take(budget, RANGES_AT_FIRST * sizeof(*set->range));
	set->room = set->range ? RANGES_AT_FIRST : 0;
	return set->range;
}

void seqset_release(struct seqset *set, struct budget *budget)
{
	budget_give(budget, set->range, set->room * sizeof(*set->range));
	memset(set, 0, sizeof(*set));
}

__u64 seqset_number(const struct seqset *set, __u32 seq)
{
	__u32 ahead = seq - (__u32)set->end;

	return set->end + ahead - (ahead >> 31 ? EPOCH : 0);
}

static __u64 extend(struct seqset *set, __u32 seq)
{
	if (!set->begun) {
		set->begun = true;
		set->lowest = EPOCH + seq;
		set->end = EPOCH + seq;
		return set->end;
	}
	return seqset_number(set, seq);
}

static void learn(struct seqset *set, __u64 first, __u64 end)
{
	if (first < set->lowest)
		set->lowest = first;
	if (end > set->end)
		set->end = end;
}

/* Index of the first range that ends at or behind @number. */
static unsigned int find(const struct seqset *set, __u64 number)
{
	unsigned int low = 0, high = set->ranges;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (set->range[middle].to < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void remove_range(struct seqset *set, unsigned int at)
{
	set->ranges--;
	memmove(&set->range[at], &set->range[at + 1], (set->ranges - at) * sizeof(set->range[0]));
}

static bool grow(struct seqset *set, struct budget *budget)
{
	unsigned int room = set->room * 2;
	struct seq_range *range;

	if (room > SEQSET_RANGES)
		return false;
	range = budget_take(budget, room * sizeof(*range));
	if (!range)
		return false;
	memcpy(range, set->range, set->ranges * sizeof(*range));
	budget_give(budget, set->range, set->room * sizeof(*range));
	set->range = range;
	set->room = room;
	return true;
}

/* Make room by closing the hole between the two oldest ranges. */
static void settle_oldest(struct seqset *set)
{
	set->settled = set->range[1].from;
	set->range[1].from = set->range[0].from;
	remove_range(set, 0);
}

static enum seq_verdict insert(struct seqset *set, unsigned int at, __u64 number,
			       struct budget *budget)
{
	if (set->ranges == set->room && !grow(set, budget)) {
		if (at == 0) {
			set->settled = number + 1;
			return SEQ_TOO_LATE;
		}
		settle_oldest(set);
		if (--at == 0)
			return SEQ_TOO_LATE;
	}
	memmove(&set->range[at + 1], &set->range[at], (set->ranges - at) * sizeof(set->range[0]));
	set->range[at] = (struct seq_range) { number, number + 1 };
	set->ranges++;
	return SEQ_NEW;
}

/* Put @number in: it prolongs a range, joins two, or begins one. */
static enum seq_verdict place(struct seqset *set, __u64 number, struct budget *budget)
{
	unsigned int at = find(set, number);
	struct seq_range *range = &set->range[at];

	if (at == set->ranges || range->from > number + 1)
		return insert(set, at, number, budget);
	if (range->from == number + 1) {
		range->from = number;
	} else if (range->to == number) {
		range->to = number + 1;
		if (at + 1 < set->ranges && range[1].from == range->to) {
			range[1].from = range->from;
			remove_range(set, at);
		}
	} else {
		return SEQ_DUPLICATE;
	}
	return SEQ_NEW;
}

enum seq_verdict seqset_add(struct seqset *set, __u32 seq, struct budget *budget)
{
	__u64 number = extend(set, seq);
	bool behind = set->ranges && number < set->range[set->ranges - 1].to;
	enum seq_verdict verdict;

	if (set->ranges && number == set->range[set->ranges - 1].to) {
		set->range[set->ranges - 1].to++;
		verdict = SEQ_NEW;
	} else {
		verdict = number < set->settled ? SEQ_TOO_LATE : place(set, number, budget);
	}
	learn(set, number, number + 1);
	set->seen += verdict == SEQ_NEW;
	set->late += verdict == SEQ_NEW && behind;
	set->duplicates += verdict == SEQ_DUPLICATE;
	set->too_late += verdict == SEQ_TOO_LATE;
	return verdict;
}

bool seqset_add_next(struct seqset *set, __u32 seq, unsigned int count)
{
	struct seq_range *last = set->range + set->ranges - 1;

	if (!set->ranges || (__u32)last->to != seq || set->end - last->to != count)
		return false;
	last->to = set->end;
	set->seen += count;
	return true;
}

void seqset_expect(struct seqset *set, __u32 seq)
{
	__u64 end = extend(set, seq);

	learn(set, end, end);
}

__u64 seqset_run(const struct seqset *set, __u64 number)
{
	unsigned int at = find(set, number);

	__u64 from = number;

	if (at < set->ranges && set->range[at].to == number)
		at++; /* ends right before it */
	if (at < set->ranges && set->range[at].from <= number)
		from = set->range[at].from;
	/* ranges reach across holes that are settled */
	if (from < set->settled)
		from = set->settled < number ? set->settled : number;
	return from;
}

bool seqset_hole(const struct seqset *set, unsigned int at, __u64 *from, __u64 *to)
{
	__u64 first = set->lowest < EPOCH ? set->lowest : EPOCH;

	if (!set->begun || at > set->ranges)
		return false;
	*from = at ? set->range[at - 1].to : first;
	*to = at < set->ranges ? set->range[at].from : set->end;
	return *from < *to;
}

__u64 seqset_missing_before(const struct seqset *set)
{
	if (!set->begun)
		return 0;
	return set->lowest >= EPOCH ? set->lowest - EPOCH : set->lowest;
}

__u64 seqset_missing(const struct seqset *set)
{
	if (!set->begun)
		return 0;
	return seqset_missing_before(set) + (set->end - set->lowest) - set->seen;
}

/* What is to be added to the numbers of @after; whole turns of 2^32. */
static __u64 turns(const struct seqset *set, const struct seqset *after)
{
	return set->begun ? seqset_number(set, (__u32)after->lowest) - after->lowest : 0;
}

bool seqset_can_append(const struct seqset *set, const struct seqset *after)
{
	if (!after->begun || !set->begun)
		return !after->settled;
	return !after->settled && after->lowest + turns(set, after) >= set->end &&
	       set->ranges + after->ranges <= SEQSET_RANGES / 2;
}

bool seqset_append(struct seqset *set, const struct seqset *after, struct budget *budget)
{
	__u64 add = turns(set, after);

	for (unsigned int i = 0; i < after->ranges; i++) {
		struct seq_range range = { after->range[i].from + add, after->range[i].to + add };

		if (set->ranges && set->range[set->ranges - 1].to == range.from) {
			set->range[set->ranges - 1].to = range.to;
			continue;
		}
		if (set->ranges == set->room && !grow(set, budget))
			return false;
		set->range[set->ranges++] = range;
	}
	if (!set->begun) {
		set->begun = after->begun;
		set->lowest = after->lowest;
	}
	if (after->begun)
		set->end = after->end + add;
	set->seen += after->seen;
	set->duplicates += after->duplicates;
	set->late += after->late;
	set->too_late += after->too_late;
	return true;
}
