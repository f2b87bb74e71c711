/* SPDX-License-Identifier: GPL-2.0-or-later */
/* svg_axis.h - the frame of a picture: title, logarithmic axes with their labels */
#ifndef TARSIER_DECODE_SVG_AXIS_H
#define TARSIER_DECODE_SVG_AXIS_H

#include "collect.h"

#define SVG_WIDTH 560u
#define SVG_HEIGHT 300u
#define SVG_LEFT 64u
#define SVG_RIGHT 16u
#define SVG_TOP 34u
#define SVG_BOTTOM 44u

/* From least to most, on a line of the picture; of a logarithm to the base of 2. */
struct svg_axis {
	double least;
	double most;
	double from; /* in the picture */
	double to;
};

double svg_place(const struct svg_axis *axis, double value);
/* A nanosecond at least: a logarithm has no place for 0. */
double svg_log(__u64 ns);

/* Begin a picture of that size; @what stands above it, before the subject's title. */
void svg_begin(FILE *out, unsigned int width, unsigned int height, const char *what,
	       const struct plotted *subject);
void svg_end(FILE *out);

/* Lines and labels at 1, 10, 100 ... of ns, us, ms, s. */
void svg_times_below(FILE *out, const struct svg_axis *axis, unsigned int height);
void svg_times_left(FILE *out, const struct svg_axis *axis, unsigned int width);
/* Labels at some whole numbers from 0. */
void svg_counts_left(FILE *out, __u64 most, const struct svg_axis *axis, unsigned int width);
void svg_label(FILE *out, double x, double y, const char *class, const char *text);

/* From the least to the greatest bucket that is not empty, with a little around; false: all are. */
bool svg_time_axis(struct svg_axis *axis, const struct histogram *buckets);

#endif
