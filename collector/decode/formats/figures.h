/* SPDX-License-Identifier: GPL-2.0-or-later */
/* figures.h - what every format says of a distribution */
#ifndef TARSIER_DECODE_FIGURES_H
#define TARSIER_DECODE_FIGURES_H

#include "histogram.h"
#include "writer.h"

/* What each format with percentiles says of them. */
#define FIGURES_BOUND                                                                              \
	"percentiles are upper edges of buckets: never too low, at most 12.5 % too high"

#define FIGURES_PERCENTILES 5

/* X(name, per mille) */
struct figures_percentile {
	const char *name; /* as in "50", "99.9" */
	const char *word; /* as in "p50", "p999": fit for a column */
	unsigned int per_mille;
};

extern const struct figures_percentile figures_percentiles[FIGURES_PERCENTILES];

struct figures {
	__u64 count;   /* in buckets */
	bool has_mean; /* of moments, which are exact */
	bool has_variance;
	bool has_sum;
	bool has_min; /* exact; else the buckets are all that is known */
	bool has_max;
	long double mean_ns;
	long double variance_ns2;
	long double deviation_ns;
	u128 sum_ns;
	__u64 min_ns;
	__u64 max_ns;
	__u64 percentile_ns[FIGURES_PERCENTILES]; /* where count is not 0 */
};

struct figures figures_of(const struct histogram *buckets, const struct moments *moments);

#endif
