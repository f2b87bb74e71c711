/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plot.h - a histogram as a table of stars, and its figures in two lines */
#ifndef TARSIER_DECODE_PLOT_H
#define TARSIER_DECODE_PLOT_H

#include <stdio.h>

#include "histogram.h"
#include "text.h"

/* bcc's layout. */
void plot_log2(FILE *out, const struct histogram *histogram, const struct unit *unit);
/* As finely as it was recorded; empty buckets are left out. */
void plot_h2(FILE *out, const struct histogram *histogram, const struct unit *unit);

/*
 * Count, mean, standard deviation and variance of the population (every value was counted, there
 * is nothing to estimate), min, percentiles, max.  @histogram and @moments are told apart
 * because they come in separate records: where they contradict each other, the buckets are right.
 */
void plot_figures(FILE *out, const struct histogram *histogram, const struct moments *moments,
		  const struct unit *unit);

#endif
