/* SPDX-License-Identifier: GPL-2.0-or-later */
/* histogram.h - what can be told from H2 buckets and from a count, a sum and a sum of squares */
#ifndef TARSIER_DECODE_HISTOGRAM_H
#define TARSIER_DECODE_HISTOGRAM_H

#include <stdbool.h>

#include <linux/types.h>

#include "h2.h"

__extension__ typedef unsigned __int128 u128;

#define LOG2_ROWS 64

struct histogram {
	__u64 count[H2_BUCKETS];
};

/* Exact as long as the sum of squares fits 128 bits: for ever, with nanoseconds. */
struct moments {
	__u64 count;
	u128 sum;
	u128 squares;
	__u64 min;
	__u64 max;
	bool overflow; /* not exact: the values are not latencies */
};

void histogram_add(struct histogram *histogram, __u64 value);
__u64 histogram_total(const struct histogram *histogram);

/* The least and the greatest bucket that is not empty; false: all are. */
bool histogram_ends(const struct histogram *histogram, __u32 *least, __u32 *greatest);

/*
 * The upper edge of the bucket that holds the value below which @per_mille of @histogram lie
 * (nearest rank): never too low, at most 12.5 % too high.
 */
__u64 histogram_percentile(const struct histogram *histogram, unsigned int per_mille);

/*
 * bcc's rows, 0..1, 2..3, 4..7 ... in units of @unit_ns.  A bucket that lies across the edge of two
 * rows is counted where its middle lies, whole: an edge may be off by half a bucket, 6.25 %; with
 * nanoseconds no bucket does.
 */
void histogram_log2(const struct histogram *histogram, __u64 unit_ns, __u64 rows[LOG2_ROWS]);

void moments_add(struct moments *moments, __u64 value);

/* False: there is none, or the numbers cannot belong to any set of values. */
bool moments_mean(const struct moments *moments, long double *mean);
/* Of the population: every value was counted, there is nothing to estimate. */
bool moments_variance(const struct moments *moments, long double *variance);

/* As if the values of @other had been added one by one. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);
void moments_merge(struct moments *moments, const struct moments *other);

#endif
