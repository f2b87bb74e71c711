// SPDX-License-Identifier: GPL-2.0-or-later
/* figures - what every format says of a distribution */
#include "figures.h"

#include <math.h>

const struct figures_percentile figures_percentiles[FIGURES_PERCENTILES] = {
	{ "50", "p50", 500 }, { "90", "p90", 900 },    { "95", "p95", 950 },
	{ "99", "p99", 990 }, { "99.9", "p999", 999 },
};

/* Of a step only bounds may be known: one that is not in the outermost bucket is not its own. */
static void find_extremes(struct figures *figures, const struct histogram *buckets,
			  const struct moments *moments)
{
	__u32 least, greatest;

	if (!histogram_ends(buckets, &least, &greatest) || !moments->count)
		return;
	figures->has_min = h2_bucket(moments->min) == least;
	figures->has_max = h2_bucket(moments->max) == greatest;
	figures->min_ns = moments->min;
	figures->max_ns = moments->max;
}

static __u64 find_percentile(const struct figures *figures, const struct histogram *buckets,
			     unsigned int per_mille)
{
	__u64 value = histogram_percentile(buckets, per_mille);

	if (figures->has_max && value > figures->max_ns)
		return figures->max_ns;
	return value;
}

struct figures figures_of(const struct histogram *buckets, const struct moments *moments)
{
	struct figures figures = {
		.count = histogram_total(buckets),
		.has_sum = moments->count && !moments->overflow,
		.sum_ns = moments->sum,
	};

	find_extremes(&figures, buckets, moments);
	figures.has_mean = moments_mean(moments, &figures.mean_ns);
	figures.has_variance = moments_variance(moments, &figures.variance_ns2);
	if (figures.has_variance)
		figures.deviation_ns = sqrtl(figures.variance_ns2);
	for (unsigned int i = 0; figures.count && i < FIGURES_PERCENTILES; i++)
		figures.percentile_ns[i] =
			find_percentile(&figures, buckets, figures_percentiles[i].per_mille);
	return figures;
}
