/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * series.h - what a recording says of durations, kept to be compared: totals, and figures of each step
 *
 * It is filled by a writer of its own (writer.h), to which the decoder tells distributions.
 */
#ifndef TARSIER_DECODE_SERIES_H
#define TARSIER_DECODE_SERIES_H

#include "writer.h"

/* X(name, what it is called, per mille of a percentile; 0: none) */
#define FIGURES(X)                                                                                 \
	X(mean, "mean", 0)                                                                         \
	X(p50, "p50", 500)                                                                         \
	X(p90, "p90", 900)                                                                         \
	X(p99, "p99", 990)                                                                         \
	X(p99_9, "p99.9", 999)

enum figure {
#define X(name, text, per_mille) FIGURE_##name,
	FIGURES(X)
#undef X
		FIGURES_COUNT
};

extern const char *const figure_names[FIGURES_COUNT];
extern const unsigned int figure_per_mille[FIGURES_COUNT];

struct span {
	struct histogram buckets;
	struct moments moments;
};

struct series {
	unsigned int probe;
	bool of_cpu; /* else about everything */
	__u64 cpu;
	struct span total;
	__u64 length_ns;
	size_t steps;
	double *sample[FIGURES_COUNT]; /* of each step with values */
	/* private */
	unsigned int scope; /* the widest one told: each counts every value once */
	const struct session *session;
	struct span step; /* the open one */
	__u64 step_ns;	  /* when it ended; 0: none is open */
	size_t room;
};

struct collection {
	struct series *series; /* by probe, and then by CPU; all CPUs first */
	unsigned int count;
	unsigned int room;
	__u64 length_ns; /* of the longest session */
	bool incomplete; /* there are more steps than are kept */
	bool no_memory;	 /* for all of it */
};

/* For decoder->shared.writer: NULL after having told the user. */
struct writer *series_writer(const struct options *options);
/* Once all was told: what was collected, for the caller to release. */
struct collection series_take(struct writer *writer);
void series_release(struct collection *collection);

const struct series *series_find(const struct collection *collection, const struct series *like);
/* False: there are no values. */
bool series_figure(const struct span *span, enum figure figure, double *value);

#endif
