/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * histset.h - a probe's histograms, by what they are about, from slice, summary and range records
 *
 * Snapshots are cumulative and come in pieces: of each piece the latest counts.  Whatever view is
 * made of histograms keeps its records here.
 */
#ifndef TARSIER_DECODE_HISTSET_H
#define TARSIER_DECODE_HISTSET_H

#include "budget.h"
#include "histogram.h"
#include "wire.h"

#define HISTSET_MAX 1024

/* What a histogram held when a step began (histstep.h). */
struct histogram_base {
	struct histogram buckets;
	struct moments moments;
};

struct keyed_histogram {
	__u8 shape;
	bool stepless; /* no memory for its base */
	__u32 key;
	__u64 known_ns; /* it held what it should when the step to here ended; 0: never */
	struct histogram_base *base; /* as of known_ns; NULL: nothing, or there are no steps */
	struct histogram buckets;
	__u64 bucket_ns[H2_BUCKETS]; /* the snapshot each bucket is from */
	struct rec_summary summary;  /* type 0: none was heard */
	struct rec_range range;
};

struct histset {
	struct keyed_histogram **histogram; /* sorted by shape and key */
	unsigned int count;
	unsigned int room;
	struct budget *budget;
	__u64 proven_ns; /* all of it was known to be as it should at this snapshot; 0: never */
	__u64 refused;	 /* records without a place */
	__u64 foreign;	 /* records of a bucket layout that is not known here */
};

void histset_init(struct histset *set, struct budget *budget);
void histset_release(struct histset *set);

/* Take a slice, a summary or a range; others are passed over. */
void histset_take(struct histset *set, const struct record *record);

/*
 * All values of the first scope: each scope counts every value once, but for the idle tasks', which
 * are in no other.
 */
__u64 histset_total(const struct histset *set);

/* Moments as told by summary and range: min is 0 and max all ones where no range was heard. */
struct moments keyed_histogram_moments(const struct keyed_histogram *keyed);

/* As if what @after took had been taken by @set, behind what it has. */
void histset_merge(struct histset *set, const struct histset *after);

#endif
