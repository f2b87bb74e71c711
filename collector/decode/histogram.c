// SPDX-License-Identifier: GPL-2.0-or-later
/* histogram - what can be told from H2 buckets and from a count, a sum and a sum of squares */
#include "histogram.h"

#include <string.h>

static __u32 top_bit(__u64 value)
{
	return value ? 63 - (__u32)__builtin_clzll(value) : 0;
}

void histogram_add(struct histogram *histogram, __u64 value)
{
	histogram->count[h2_bucket(value)]++;
}

__u64 histogram_total(const struct histogram *histogram)
{
	__u64 total = 0;

	for (__u32 i = 0; i < H2_BUCKETS; i++)
		total += histogram->count[i];
	return total;
}

bool histogram_ends(const struct histogram *histogram, __u32 *least, __u32 *greatest)
{
	__u32 low = 0, high = H2_BUCKETS;

	while (low < high && !histogram->count[low])
		low++;
	while (high > low && !histogram->count[high - 1])
		high--;
	if (low == high)
		return false;
	*least = low;
	*greatest = high - 1;
	return true;
}

__u64 histogram_percentile(const struct histogram *histogram, unsigned int per_mille)
{
	u128 rank = ((u128)histogram_total(histogram) * per_mille + 999) / 1000;
	u128 below = 0;
	__u32 i;

	for (i = 0; i < H2_BUCKETS - 1; i++) {
		below += histogram->count[i];
		if (below && below >= rank)
			break;
	}
	return h2_upper(i);
}

void histogram_log2(const struct histogram *histogram, __u64 unit_ns, __u64 rows[LOG2_ROWS])
{
	memset(rows, 0, LOG2_ROWS * sizeof(rows[0]));
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		__u64 lower = h2_lower(i), middle = lower + (h2_upper(i) - lower) / 2;

		rows[top_bit(middle / unit_ns)] += histogram->count[i];
	}
}

void moments_add(struct moments *moments, __u64 value)
{
	if (!moments->count || value < moments->min)
		moments->min = value;
	if (!moments->count || value > moments->max)
		moments->max = value;
	moments->count++;
	moments->sum += value;
	moments->overflow |=
		__builtin_add_overflow(moments->squares, (u128)value * value, &moments->squares);
}

bool moments_mean(const struct moments *moments, long double *mean)
{
	if (!moments->count || moments->overflow)
		return false;
	if (moments->sum < (u128)moments->min * moments->count ||
	    moments->sum > (u128)moments->max * moments->count)
		return false;
	*mean = (long double)moments->sum / (long double)moments->count;
	return true;
}

/*
 * With m the whole part of the mean, the sum of (x - m)^2 is squares - m * (2 * sum - count * m):
 * integers, so that nothing cancels however small the deviation is beside the mean.
 */
bool moments_variance(const struct moments *moments, long double *variance)
{
	long double count = (long double)moments->count, rest, mean;
	u128 whole, deviations;

	if (!moments_mean(moments, &mean))
		return false;
	whole = moments->sum / moments->count;
	rest = (long double)(moments->sum % moments->count) / count;
	deviations = moments->squares - whole * (2 * moments->sum - moments->count * whole);
	if (deviations > moments->squares)
		return false;
	*variance = (long double)deviations / count - rest * rest;
	if (*variance < 0)
		return false;
	return true;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	for (__u32 i = 0; i < H2_BUCKETS; i++)
		histogram->count[i] += other->count[i];
}

void moments_merge(struct moments *moments, const struct moments *other)
{
	if (!other->count)
		return;
	if (!moments->count || other->min < moments->min)
		moments->min = other->min;
	if (!moments->count || other->max > moments->max)
		moments->max = other->max;
	moments->count += other->count;
	moments->sum += other->sum;
	moments->overflow |=
		other->overflow |
		__builtin_add_overflow(moments->squares, other->squares, &moments->squares);
}
