// SPDX-License-Identifier: GPL-2.0-or-later
/* series - what a recording says of durations, kept to be compared: totals, and figures of each step */
#include "series.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "session.h"

/* More would be steps that are too short to tell anything. */
#define STEPS_MAX 65536

const char *const figure_names[FIGURES_COUNT] = {
#define X(name, text, per_mille) [FIGURE_##name] = text,
	FIGURES(X)
#undef X
};

const unsigned int figure_per_mille[FIGURES_COUNT] = {
#define X(name, text, per_mille) [FIGURE_##name] = per_mille,
	FIGURES(X)
#undef X
};

bool series_figure(const struct span *span, enum figure figure, double *value)
{
	long double mean;

	if (figure_per_mille[figure]) {
		if (!histogram_total(&span->buckets))
			return false;
		*value = (double)histogram_percentile(&span->buckets, figure_per_mille[figure]);
		if (span->moments.count && *value > (double)span->moments.max)
			*value = (double)span->moments.max;
		return true;
	}
	if (!moments_mean(&span->moments, &mean))
		return false;
	*value = (double)mean;
	return true;
}

static bool make_room(struct series *series)
{
	size_t room = series->room ? 2 * series->room : 64;

	if (series->steps < series->room)
		return true;
	if (room > STEPS_MAX)
		return false;
	for (unsigned int i = 0; i < FIGURES_COUNT; i++) {
		double *sample = realloc(series->sample[i], room * sizeof(*sample));

		if (!sample)
			return false;
		series->sample[i] = sample;
	}
	series->room = room;
	return true;
}

/* Steps of which the moments are not known, or without values, are no samples. */
static bool end_step(struct series *series)
{
	double value[FIGURES_COUNT];
	bool known = series->step_ns;

	for (unsigned int i = 0; i < FIGURES_COUNT; i++)
		known = known && series_figure(&series->step, i, &value[i]);
	series->step_ns = 0;
	memset(&series->step, 0, sizeof(series->step));
	if (!known)
		return true;
	if (!make_room(series))
		return false;
	for (unsigned int i = 0; i < FIGURES_COUNT; i++)
		series->sample[i][series->steps] = value[i];
	series->steps++;
	return true;
}

static int compare(const struct series *left, const struct series *right)
{
	if (left->probe != right->probe)
		return left->probe < right->probe ? -1 : 1;
	if (left->of_cpu != right->of_cpu)
		return left->of_cpu ? 1 : -1;
	return (left->cpu > right->cpu) - (left->cpu < right->cpu);
}

/* The first one that is not before @like. */
static unsigned int place_of(const struct collection *collection, const struct series *like)
{
	unsigned int at = 0;

	while (at < collection->count && compare(&collection->series[at], like) < 0)
		at++;
	return at;
}

const struct series *series_find(const struct collection *collection, const struct series *like)
{
	unsigned int at = place_of(collection, like);

	return at < collection->count && !compare(&collection->series[at], like)
		       ? &collection->series[at]
		       : NULL;
}

static struct series *find_or_add(struct collection *collection, const struct series *like)
{
	unsigned int at = place_of(collection, like), room = 2 * collection->room + 8;
	struct series *series = collection->series;

	if (at < collection->count && !compare(&series[at], like))
		return &series[at];
	if (collection->count == collection->room) {
		series = realloc(series, room * sizeof(*series));
		if (!series)
			return NULL;
		collection->series = series;
		collection->room = room;
	}
	memmove(&series[at + 1], &series[at], (collection->count - at) * sizeof(*series));
	collection->count++;
	series[at] = *like;
	return &series[at];
}

static void release(struct series *series)
{
	for (unsigned int i = 0; i < FIGURES_COUNT; i++)
		free(series->sample[i]);
}

/* A wider scope than those told so far: what they told is in it. */
static void begin_scope(struct series *series, unsigned int scope)
{
	struct series fresh = {
		.probe = series->probe, .of_cpu = series->of_cpu, .cpu = series->cpu, .scope = scope
	};

	if (scope >= series->scope)
		return;
	release(series);
	*series = fresh;
}

static void add(struct span *span, const struct distribution *distribution)
{
	histogram_merge(&span->buckets, distribution->buckets);
	moments_merge(&span->moments, distribution->moments);
}

static bool take_step(struct series *series, const struct session *session,
		      const struct distribution *distribution)
{
	bool good = true;

	if (series->step_ns != distribution->to_ns || series->session != session)
		good = end_step(series);
	series->session = session;
	series->step_ns = distribution->to_ns;
	add(&series->step, distribution);
	return good;
}

static bool take_total(struct series *series, const struct session *session,
		       const struct distribution *distribution)
{
	bool good = end_step(series);

	/* of several histograms of a session, one tells how long it was */
	if (!series->length_ns || series->session != session)
		series->length_ns += distribution->to_ns - distribution->from_ns;
	series->session = session;
	add(&series->total, distribution);
	return good;
}

/* A step of @series could not be kept; NULL: nor could the series be. */
static void lack(struct collection *collection, const struct series *series)
{
	if (series && series->steps == STEPS_MAX)
		collection->incomplete = true;
	else
		collection->no_memory = true;
}

static void take(struct collection *collection, const struct series *like,
		 const struct session *session, const struct distribution *distribution)
{
	struct series *series = find_or_add(collection, like);
	bool good = series;

	if (series)
		begin_scope(series, distribution->scope);
	if (series && series->scope == distribution->scope)
		good = distribution->is_step ? take_step(series, session, distribution)
					     : take_total(series, session, distribution);
	if (!good)
		lack(collection, series);
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct series like = { .probe = distribution->probe, .scope = distribution->scope };
	__u64 length_ns = distribution->to_ns - distribution->from_ns;
	struct collection *collection = writer->state;

	if (!distribution->is_step && length_ns > collection->length_ns)
		collection->length_ns = length_ns;
	if (distribution->scope != SCOPE_IDLE) /* these times are in no other scope */
		take(collection, &like, session, distribution);
	if (distribution->scope != SCOPE_CPU || !writer->options->verbose)
		return;
	like.of_cpu = true;
	like.cpu = distribution->label[0].number;
	take(collection, &like, session, distribution);
}

static void release_state(struct writer *writer)
{
	series_release(writer->state);
}

static const struct format format_series = {
	.takes = WRITES_REPORT,
	.size = sizeof(struct collection),
	.distribution = distribution,
	.close = release_state,
};

struct writer *series_writer(const struct options *options)
{
	static const struct format_entry entry = { "series", "kept in memory", &format_series };

	return writer_open(&entry, WRITES_REPORT, NULL, options);
}

struct collection series_take(struct writer *writer)
{
	struct collection *state = writer->state, taken = *state;

	for (unsigned int i = 0; i < taken.count; i++)
		if (!end_step(&taken.series[i]))
			lack(&taken, &taken.series[i]);
	memset(state, 0, sizeof(*state));
	return taken;
}

void series_release(struct collection *collection)
{
	for (unsigned int i = 0; i < collection->count; i++)
		release(&collection->series[i]);
	free(collection->series);
	memset(collection, 0, sizeof(*collection));
}
