/* SPDX-License-Identifier: GPL-2.0-or-later */
/* comparison.h - the durations of two recordings, before and after: what has changed, and is it noise? */
#ifndef TARSIER_DECODE_COMPARISON_H
#define TARSIER_DECODE_COMPARISON_H

#include "series.h"

/* Below that many steps, ranks tell nothing at 1 %. */
#define COMPARISON_STEPS_LEAST 8

/* X(name, what is said) */
#define CHANGES(X)                                                                                 \
	X(unknown, "too few values to tell")                                                       \
	X(resolution, "within the resolution")                                                     \
	X(noise, "no difference beyond the noise")                                                 \
	X(slower, "slower")                                                                        \
	X(faster, "faster")                                                                        \
	X(mixed, "slower here, faster there")

enum change_kind {
#define X(name, text) CHANGE_##name,
	CHANGES(X)
#undef X
};

extern const char *const change_texts[];

struct change {
	bool known; /* there are values in both */
	double before;
	double after;
	enum change_kind kind;
};

struct comparison {
	const struct series *before;
	const struct series *after;
	bool by_steps; /* else by the counts alone */
	struct change change[FIGURES_COUNT];
	enum change_kind kind; /* of all of them together */
};

/* Sorts the samples of both. */
struct comparison compare_series(const struct series *before, const struct series *after);

/* In percent; @before is not 0. */
static inline double change_percent(double before, double after)
{
	return (after - before) / before * 100;
}

#endif
