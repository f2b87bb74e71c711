// SPDX-License-Identifier: GPL-2.0-or-later
/* histset - a probe's histograms, by what they are about, from slice, summary and range records */
#include "histset.h"

#include <string.h>

#define ROOM_AT_FIRST 4

/* What slice, summary and range have in common. */
struct rec_histogram {
	HIST_FRAME;
	__u16 varies;
	__u32 key;
	__u8 body[36];
	__u32 crc;
};
ASSERT_RECORD(rec_histogram);

void histset_init(struct histset *set, struct budget *budget)
{
	*set = (struct histset) { .budget = budget };
}

void histset_release(struct histset *set)
{
	for (unsigned int i = 0; i < set->count; i++) {
		struct keyed_histogram *keyed = set->histogram[i];

		budget_give(set->budget, keyed->base, sizeof(*keyed->base));
		budget_give(set->budget, keyed, sizeof(*keyed));
	}
	budget_give(set->budget, set->histogram, set->room * sizeof(*set->histogram));
	histset_init(set, set->budget);
}

static __u64 rank(__u8 shape, __u32 key)
{
	return (__u64)shape << 32 | key;
}

/* Index of the first histogram that is not before @wanted. */
static unsigned int find(const struct histset *set, __u64 wanted)
{
	unsigned int low = 0, high = set->count;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;
		const struct keyed_histogram *keyed = set->histogram[middle];

		if (rank(keyed->shape, keyed->key) < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool make_room(struct histset *set)
{
	unsigned int room = set->room ? set->room * 2 : ROOM_AT_FIRST;
	struct keyed_histogram **histogram;

	if (set->count < set->room)
		return true;
	if (room > HISTSET_MAX)
		return false;
	histogram = budget_take(set->budget, room * sizeof(*histogram));
	if (!histogram)
		return false;
	if (set->count)
		memcpy(histogram, set->histogram, set->count * sizeof(*histogram));
	budget_give(set->budget, set->histogram, set->room * sizeof(*histogram));
	set->histogram = histogram;
	set->room = room;
	return true;
}

/* The histogram of this shape and key, a new one where there was none; NULL: no place. */
static struct keyed_histogram *place_for(struct histset *set, __u8 shape, __u32 key)
{
	unsigned int at = find(set, rank(shape, key));
	struct keyed_histogram *keyed = at < set->count ? set->histogram[at] : NULL;

	if (keyed && keyed->shape == shape && keyed->key == key)
		return keyed;
	if (!make_room(set))
		return NULL;
	keyed = budget_take(set->budget, sizeof(*keyed));
	if (!keyed)
		return NULL;
	keyed->known_ns = set->proven_ns;
	keyed->shape = shape;
	keyed->key = key;
	memmove(&set->histogram[at + 1], &set->histogram[at],
		(set->count - at) * sizeof(set->histogram[0]));
	set->histogram[at] = keyed;
	set->count++;
	return keyed;
}

static void take_slice(struct keyed_histogram *keyed, const struct rec_slice *slice)
{
	for (__u32 i = 0; i < SLICE_BUCKETS && slice->first + i < H2_BUCKETS; i++) {
		__u32 bucket = slice->first + i;

		if (slice->time_ns < keyed->bucket_ns[bucket])
			continue;
		keyed->bucket_ns[bucket] = slice->time_ns;
		keyed->buckets.count[bucket] =
			(__u64)slice->count_high[i] << 32 | slice->count_low[i];
	}
}

void histset_take(struct histset *set, const struct record *record)
{
	const struct rec_histogram *common = (const struct rec_histogram *)record;
	struct keyed_histogram *keyed;

	if (record->type != REC_slice && record->type != REC_summary && record->type != REC_range)
		return;
	if (HIST_PRECISION(common->shape) != H2_PRECISION) {
		set->foreign++;
		return;
	}
	keyed = place_for(set, common->shape, common->key);
	if (!keyed)
		set->refused++;
	else if (record->type == REC_slice)
		take_slice(keyed, (const struct rec_slice *)record);
	else if (record->type == REC_summary && record->time_ns >= keyed->summary.time_ns)
		memcpy(&keyed->summary, record, sizeof(keyed->summary));
	else if (record->type == REC_range && record->time_ns >= keyed->range.time_ns)
		memcpy(&keyed->range, record, sizeof(keyed->range));
}

__u64 histset_total(const struct histset *set)
{
	__u64 total = 0;

	for (unsigned int i = 0; i < set->count; i++)
		if (set->histogram[i]->shape == set->histogram[0]->shape ||
		    HIST_SCOPE(set->histogram[i]->shape) == SCOPE_IDLE)
			total += histogram_total(&set->histogram[i]->buckets);
	return total;
}

struct moments keyed_histogram_moments(const struct keyed_histogram *keyed)
{
	const struct rec_summary *summary = &keyed->summary;

	return (struct moments) {
		.count = summary->count,
		.sum = summary->sum,
		.squares = (u128)summary->squares_high << 64 | summary->squares_low,
		.min = keyed->range.type ? keyed->range.min : 0,
		.max = keyed->range.type ? keyed->range.max : ~0ULL,
	};
}

static void merge_keyed(struct keyed_histogram *keyed, const struct keyed_histogram *after)
{
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		bool heard = after->bucket_ns[i] || after->buckets.count[i];

		if (!heard || after->bucket_ns[i] < keyed->bucket_ns[i])
			continue;
		keyed->bucket_ns[i] = after->bucket_ns[i];
		keyed->buckets.count[i] = after->buckets.count[i];
	}
	if (after->summary.type && after->summary.time_ns >= keyed->summary.time_ns)
		keyed->summary = after->summary;
	if (after->range.type && after->range.time_ns >= keyed->range.time_ns)
		keyed->range = after->range;
}

void histset_merge(struct histset *set, const struct histset *after)
{
	for (unsigned int i = 0; i < after->count; i++) {
		const struct keyed_histogram *from = after->histogram[i];
		struct keyed_histogram *keyed = place_for(set, from->shape, from->key);

		if (keyed)
			merge_keyed(keyed, from);
		else
			set->refused++;
	}
	set->refused += after->refused;
	set->foreign += after->foreign;
}
