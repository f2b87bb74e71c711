// SPDX-License-Identifier: GPL-2.0-or-later
/* iopf - IO page faults: a row and a histogram for each device and PASID */
#include "iopf.h"

#include <math.h>
#include <string.h>

#include "histview.h"
#include "text.h"

#define ROWS_MAX 512 /* the collector has up to 256 */

struct row {
	__u64 rank;
	struct rec_iopf record;
};

struct iopf {
	struct histset set;
	struct row row[ROWS_MAX]; /* by rank */
	unsigned int rows;
	__u64 refused; /* records without a place */
};

static void *open_state(struct session *session)
{
	struct iopf *state = budget_take(&session->shared->budget, sizeof(*state));

	if (state)
		histset_init(&state->set, &session->shared->budget);
	return state;
}

/* By device, and behind its PASIDs the device as a whole. */
static __u64 rank_of(const struct rec_iopf *record)
{
	bool whole = record->flags & IOPF_WHOLE_DEVICE;

	return (__u64)DEVICE_OF_KEY(record->key) << 21 | (__u64)whole << 20 |
	       (whole ? 0 : PASID_OF_KEY(record->key));
}

static void take_counts(struct iopf *state, const struct rec_iopf *record)
{
	__u64 rank = rank_of(record);
	unsigned int at = state->rows;

	while (at && state->row[at - 1].rank >= rank)
		at--;
	if (at < state->rows && state->row[at].rank == rank) {
		if (record->time_ns >= state->row[at].record.time_ns)
			state->row[at].record = *record;
		return;
	}
	if (state->rows == ROWS_MAX) {
		state->refused++;
		return;
	}
	memmove(&state->row[at + 1], &state->row[at], (state->rows - at) * sizeof(state->row[0]));
	state->row[at] = (struct row) { .rank = rank, .record = *record };
	state->rows++;
}

static void take(void *opaque, struct session *session, const struct record *record)
{
	struct iopf *state = opaque;

	(void)session;
	if (record->type == REC_iopf)
		take_counts(state, (const struct rec_iopf *)record);
	else
		histset_take(&state->set, record);
}

static __u64 received(const void *opaque)
{
	return histset_total(&((const struct iopf *)opaque)->set);
}

static unsigned int widest_name(const struct devices *devices)
{
	char escaped[TEXT_ESCAPED(DEVICE_NAME_SIZE)];
	unsigned int widest = sizeof("device 1234") - 1;

	for (unsigned int i = 0; devices && i < devices->count; i++) {
		unsigned int width =
			text_escape(escaped, devices->device[i].name, DEVICE_NAME_SIZE);

		widest = width > widest ? width : widest;
	}
	return widest;
}

/*
 * The table
 */

static void print_real(FILE *out, int width, bool possible, long double number)
{
	if (possible)
		fprintf(out, " %*.3Lf", width, number);
	else
		fprintf(out, " %*s", width, "impossible");
}

/* @value, or the end of @range that it is beyond. */
static __u64 within(__u64 value, const struct rec_range *range)
{
	if (!range->type || range->min > range->max)
		return value;
	if (value < range->min)
		return range->min;
	return value < range->max ? value : range->max;
}

/* A percentile is the upper edge of a bucket, which the greatest value need not reach. */
static void print_order(FILE *out, const struct keyed_histogram *keyed, const struct unit *unit)
{
	const struct rec_range *range = &keyed->range;
	__u64 p50 = within(histogram_percentile(&keyed->buckets, 500), range);
	__u64 p99 = within(histogram_percentile(&keyed->buckets, 990), range);
	char number[TEXT_NUMBER];

	fprintf(out, " %12s", range->type ? text_ns(number, range->min, unit) : "-");
	fprintf(out, " %12s", text_ns(number, p50, unit));
	fprintf(out, " %12s", text_ns(number, p99, unit));
	fprintf(out, " %12s", range->type ? text_ns(number, range->max, unit) : "-");
}

static void print_latencies(FILE *out, const struct keyed_histogram *keyed, const struct unit *unit)
{
	struct moments moments = { 0 };
	long double mean = 0, variance = 0;
	bool has_mean, has_variance;
	__u64 total = keyed ? histogram_total(&keyed->buckets) : 0;

	fprintf(out, " %8llu", total);
	if (!total) {
		fprintf(out, " %12s %12s %15s %12s %12s %12s %12s", "-", "-", "-", "-", "-", "-",
			"-");
		return;
	}
	moments = keyed_histogram_moments(keyed);
	has_mean = moments_mean(&moments, &mean);
	has_variance = moments_variance(&moments, &variance);
	print_real(out, 12, has_mean, mean / unit->ns);
	print_real(out, 12, has_variance, sqrtl(variance) / unit->ns);
	print_real(out, 15, has_variance, variance / unit->ns / unit->ns);
	print_order(out, keyed, unit);
}

static const struct keyed_histogram *histogram_of(const struct iopf *state, __u32 key)
{
	for (unsigned int i = 0; i < state->set.count; i++)
		if (HIST_SCOPE(state->set.histogram[i]->shape) == SCOPE_DEVICE &&
		    state->set.histogram[i]->key == key)
			return state->set.histogram[i];
	return NULL;
}

static void print_heading(unsigned int width, const struct unit *unit, FILE *out)
{
	char mean[TEXT_NUMBER];

	snprintf(mean, sizeof(mean), "MEAN(%s)", unit->name);
	fprintf(out, "%-*s %7s %8s %12s %12s %15s %12s %12s %12s %12s %8s %8s %8s %8s\n",
		(int)width, "DEVICE", "PASID", "FAULTS", mean, "STDDEV", "VARIANCE", "MIN", "P50",
		"P99", "MAX", "FAILED", "NOEXIT", "NOENTRY", "OPEN");
}

static void print_row(const struct iopf *state, const struct session *session,
		      const struct rec_iopf *record, unsigned int width, FILE *out)
{
	const struct unit *unit = session->shared->options->unit;

	session_print_device(session, DEVICE_OF_KEY(record->key), width, out);
	fprintf(out, " %7u", PASID_OF_KEY(record->key));
	print_latencies(out, histogram_of(state, record->key), unit);
	fprintf(out, " %8llu %8llu %8llu %8u\n", record->failed, record->without_exit,
		record->without_entry, record->in_flight);
}

static void print_table(const struct iopf *state, const struct session *session, FILE *out)
{
	unsigned int width = widest_name(session->devices);

	print_heading(width, session->shared->options->unit, out);
	for (unsigned int i = 0; i < state->rows; i++)
		if (!(state->row[i].record.flags & IOPF_WHOLE_DEVICE))
			print_row(state, session, &state->row[i].record, width, out);
}

/* What is no fault with an answer of its own. */
static void print_others(const struct iopf *state, const struct session *session, FILE *out)
{
	for (unsigned int i = 0; i < state->rows; i++) {
		const struct rec_iopf *record = &state->row[i].record;
		bool whole = record->flags & IOPF_WHOLE_DEVICE;

		if (whole ? !record->unrecoverable : !record->partial)
			continue;
		session_print_device(session, DEVICE_OF_KEY(record->key), 0, out);
		if (whole)
			fprintf(out, ": %llu unrecoverable fault%s\n", record->unrecoverable,
				text_plural(record->unrecoverable));
		else
			fprintf(out, ", PASID %u: %u request%s before the last one of a group\n",
				PASID_OF_KEY(record->key), record->partial,
				text_plural(record->partial));
	}
}

static void step(void *opaque, struct session *session, const struct step *step)
{
	struct iopf *state = opaque;

	histview_print_step(&state->set, session, step, step_heading(session, step));
}

static void report(const void *opaque, const struct session *session, FILE *out)
{
	const struct iopf *state = opaque;

	if (state->rows)
		print_table(state, session, out);
	else
		fputs("     no fault was seen\n", out);
	print_others(state, session, out);
	histview_print(&state->set, session, out);
	if (state->refused)
		fprintf(out,
			"     %llu record%s of further devices and PASIDs, more than are kept\n",
			state->refused, text_plural(state->refused));
}

static void close_state(void *opaque, struct session *session)
{
	struct iopf *state = opaque;

	histset_release(&state->set);
	budget_give(&session->shared->budget, state, sizeof(*state));
}

const struct view view_iopf = {
	.events = { REC_iopf },
	.in_buckets = true,
	.open = open_state,
	.take = take,
	.step = step,
	.received = received,
	.report = report,
	.close = close_state,
};
