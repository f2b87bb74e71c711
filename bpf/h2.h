/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * h2.h - the H2 histogram: 2^p buckets per power of two, integer arithmetic only
 *
 * Values below 2^(p+1) have a bucket each; above, a bucket spans 2^-p of its power of two, so that
 * its width is at most 12.5 % of its lower edge at p = 3.  The whole range of u64 is covered: no
 * value is ever out of range.  The layout is that of HdrHistogram and of Twitter's rezolus
 * ("H2 encoding").
 */
#ifndef TARSIER_H2_H
#define TARSIER_H2_H

#include <linux/types.h>

#define H2_PRECISION 3
#define H2_PER_OCTAVE (1u << H2_PRECISION)
/* one linear run of 2^p values, then 64 - p octaves */
#define H2_BUCKETS ((64 - H2_PRECISION + 1) * H2_PER_OCTAVE)

/* The bucket of @value.  BPF programs, which lack the instruction, use a table of it (hist.h). */
static inline __u32 h2_bucket(__u64 value)
{
	__u32 top;

	if (value < H2_PER_OCTAVE)
		return (__u32)value;
	top = 63 - (__u32)__builtin_clzll(value);
	return ((top - H2_PRECISION + 1) << H2_PRECISION) +
	       ((__u32)(value >> (top - H2_PRECISION)) & (H2_PER_OCTAVE - 1));
}

/* The lower edge of @bucket: the smallest value that falls into it. @bucket < H2_BUCKETS. */
static inline __u64 h2_lower(__u32 bucket)
{
	__u32 octave = bucket >> H2_PRECISION;

	if (!octave)
		return bucket;
	return (__u64)(H2_PER_OCTAVE + (bucket & (H2_PER_OCTAVE - 1))) << (octave - 1);
}

/* The upper edge of @bucket: the largest value that falls into it. */
static inline __u64 h2_upper(__u32 bucket)
{
	return bucket + 1 < H2_BUCKETS ? h2_lower(bucket + 1) - 1 : ~0ULL;
}

#endif
