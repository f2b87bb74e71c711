// SPDX-License-Identifier: GPL-2.0-or-later
/* comparison - the durations of two recordings, before and after: what has changed, and is it noise? */
#include "comparison.h"

#include <math.h>

#include "noise.h"

const char *const change_texts[] = {
#define X(name, text) [CHANGE_##name] = text,
	CHANGES(X)
#undef X
};

static enum change_kind by_direction(double difference)
{
	return difference > 0 ? CHANGE_slower : CHANGE_faster;
}

/* The steps must agree with the totals, which may be those of a few great steps. */
static enum change_kind judge_by_steps(const struct comparison *comparison, enum figure figure,
				       const struct change *change)
{
	const struct series *before = comparison->before, *after = comparison->after;
	double z = noise_mann_whitney(before->sample[figure], before->steps, after->sample[figure],
				      after->steps);

	if (fabs(z) <= NOISE_Z || by_direction(z) != by_direction(change->after - change->before))
		return CHANGE_noise;
	return by_direction(z);
}

/* False: it cannot be told.  The mean's by its standard error, which many values make normal. */
static bool interval(const struct span *span, enum figure figure, double value, double *low,
		     double *high)
{
	long double variance;
	__u64 least, greatest;

	if (!figure_per_mille[figure]) {
		double half;

		if (span->moments.count < 2 || !moments_variance(&span->moments, &variance))
			return false;
		half = NOISE_Z * sqrt((double)variance / (double)(span->moments.count - 1));
		*low = value - half;
		*high = value + half;
		return true;
	}
	if (!noise_interval(&span->buckets, figure_per_mille[figure], &least, &greatest))
		return false;
	*low = (double)least;
	*high = (double)greatest;
	return true;
}

static enum change_kind judge_by_counts(const struct comparison *comparison, enum figure figure,
					const struct change *change)
{
	double low[2], high[2];

	if (!interval(&comparison->before->total, figure, change->before, &low[0], &high[0]) ||
	    !interval(&comparison->after->total, figure, change->after, &low[1], &high[1]))
		return CHANGE_unknown;
	if (low[1] > high[0])
		return CHANGE_slower;
	return high[1] < low[0] ? CHANGE_faster : CHANGE_noise;
}

/* A percentile is the edge of its bucket, of which the next one is up to 12.5 % away. */
static bool is_within_resolution(enum figure figure, const struct change *change)
{
	double least = fmin(change->before, change->after);

	return figure_per_mille[figure] &&
	       fabs(change->after - change->before) <= fmax(least / H2_PER_OCTAVE, 1);
}

static enum change_kind judge(const struct comparison *comparison, enum figure figure)
{
	const struct change *change = &comparison->change[figure];

	if (!change->known)
		return CHANGE_unknown;
	if (change->before == change->after)
		return CHANGE_noise;
	if (is_within_resolution(figure, change))
		return CHANGE_resolution;
	return comparison->by_steps ? judge_by_steps(comparison, figure, change)
				    : judge_by_counts(comparison, figure, change);
}

/* What any figure says goes for all, but for those that say the opposite. */
static enum change_kind together(enum change_kind all, enum change_kind next)
{
	if (all == CHANGE_mixed || (all == CHANGE_slower && next == CHANGE_faster) ||
	    (all == CHANGE_faster && next == CHANGE_slower))
		return CHANGE_mixed;
	return next > all ? next : all;
}

struct comparison compare_series(const struct series *before, const struct series *after)
{
	struct comparison comparison = { .before = before, .after = after };

	comparison.by_steps =
		before->steps >= COMPARISON_STEPS_LEAST && after->steps >= COMPARISON_STEPS_LEAST;
	for (unsigned int i = 0; i < FIGURES_COUNT; i++) {
		struct change *change = &comparison.change[i];

		change->known = series_figure(&before->total, i, &change->before) &&
				series_figure(&after->total, i, &change->after);
		change->kind = judge(&comparison, i);
		comparison.kind = together(comparison.kind, change->kind);
	}
	return comparison;
}
