// SPDX-License-Identifier: GPL-2.0-or-later
/* noise - is a difference more than chance? */
#include "noise.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
	const double *one = left, *other = right;

	return (*one > *other) - (*one < *other);
}

/* How many from @at on, of @count, are @value. */
static size_t equals(const double *at, size_t count, double value)
{
	size_t number = 0;

	while (number < count && at[number] == value)
		number++;
	return number;
}

double noise_mann_whitney(double *before, size_t befores, double *after, size_t afters)
{
	double n = (double)befores, m = (double)afters, all = n + m;
	double u = 0, ties = 0, deviation, difference;

	qsort(before, befores, sizeof(*before), by_value);
	qsort(after, afters, sizeof(*after), by_value);
	/* U: how many pairs have the greater value in @after; equal ones count half. */
	for (size_t i = 0, j = 0; i < befores || j < afters;) {
		double value =
			j == afters || (i < befores && before[i] < after[j]) ? before[i] : after[j];
		size_t left = equals(before + i, befores - i, value);
		size_t right = equals(after + j, afters - j, value);
		double tied = (double)(left + right);

		u += (double)right * ((double)i + (double)left / 2);
		ties += tied * tied * tied - tied;
		i += left;
		j += right;
	}
	difference = u - n * m / 2;
	if (all < 2)
		return 0;
	deviation = sqrt(n * m / 12 * (all + 1 - ties / (all * (all - 1))));
	if (fabs(difference) <= 0.5 || !(deviation > 0))
		return 0;
	return (difference - copysign(0.5, difference)) / deviation;
}

/* The upper edge of the bucket of the @rank-th value, from 1. */
static __u64 value_of_rank(const struct histogram *histogram, double rank)
{
	double below = 0;
	__u32 i;

	for (i = 0; i < H2_BUCKETS - 1; i++) {
		below += (double)histogram->count[i];
		if (below >= rank)
			break;
	}
	return h2_upper(i);
}

bool noise_interval(const struct histogram *histogram, unsigned int per_mille, __u64 *low,
		    __u64 *high)
{
	double n = (double)histogram_total(histogram), p = per_mille / 1000.0;
	double half = NOISE_Z * sqrt(n * p * (1 - p));
	double first = floor(n * p - half), last = ceil(n * p + half) + 1;

	if (first < 1 || last > n)
		return false;
	*low = value_of_rank(histogram, first);
	*high = value_of_rank(histogram, last);
	return true;
}
