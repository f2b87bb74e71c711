/* SPDX-License-Identifier: GPL-2.0-or-later */
/* noise.h - is a difference more than chance? */
#ifndef TARSIER_DECODE_NOISE_H
#define TARSIER_DECODE_NOISE_H

#include <stdbool.h>
#include <stddef.h>

#include "histogram.h"

/* Two-sided, 1 %: of a hundred comparisons of the same with the same, one is called a difference. */
#define NOISE_Z 2.58

/*
 * The Mann-Whitney U test (Mann and Whitney, "On a test of whether one of two random variables is
 * stochastically larger than the other", Annals of Mathematical Statistics 18, 1947): z by the normal
 * approximation, with the correction for ties and that for continuity (Hollander, Wolfe and Chicken,
 * Nonparametric Statistical Methods, 2014, 4.1).  Positive: @after tends to be greater.  Sorts both.
 * 0 if all are the same.
 */
double noise_mann_whitney(double *before, size_t befores, double *after, size_t afters);

/*
 * Between which values the percentile of what was sampled lies, at NOISE_Z: the order statistics of
 * ranks np -+ z sqrt(np(1 - p)), which holds for any distribution (Conover, Practical Nonparametric
 * Statistics, 1999, 3.2).  Upper edges of buckets, as histogram_percentile() has.  Takes the values
 * for independent, which waits that follow each other are not quite.  False: there are too few.
 */
bool noise_interval(const struct histogram *histogram, unsigned int per_mille, __u64 *low,
		    __u64 *high);

#endif
