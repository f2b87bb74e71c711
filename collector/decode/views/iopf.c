// SPDX-License-Identifier: GPL-2.0-or-later
/* iopf - IO page faults: a row and a histogram for each device and PASID */
#include "iopf.h"

#include <math.h>
#include <string.h>

#include "histtell.h"
#include "histview.h"
#include "tell.h"
#include "text.h"

#define ROWS_MAX 512 /* the collector has up to 256 */

struct fault_row {
	__u64 rank;
	struct rec_iopf record;
};

struct iopf {
	struct histset set;
	struct fault_row row[ROWS_MAX]; /* by rank */
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
	state->row[at] = (struct fault_row) { .rank = rank, .record = *record };
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
		unsigned int width;

		text_escape(escaped, devices->device[i].name, DEVICE_NAME_SIZE);
		width = text_columns(escaped);
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

	histview_show_step(&state->set, session, step);
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

static const struct column fault_columns[] = {
	{ "device", CELL_TEXT, true, "its name" },
	{ "pasid", CELL_ID, true, "address space; unknown: the device as a whole" },
	{ "faults", CELL_COUNT, false, "answered, and their time measured" },
	{ "failed", CELL_COUNT, false, "of these answered otherwise than with success" },
	{ "without_exit", CELL_COUNT, false, "given up: no response came, or not in time" },
	{ "without_entry", CELL_COUNT, false, "responses to no fault that is known" },
	{ "unrecoverable", CELL_COUNT, false, "faults that nobody could answer" },
	{ "partial", CELL_COUNT, false, "requests of a group before its last one" },
	{ "open", CELL_COUNT, false, "not answered when recording ended" },
};

static const struct table_kind fault_kind = {
	.name = "faults",
	.summary = "what became of the IO page faults of each device and PASID",
	.column = fault_columns,
	.columns = sizeof(fault_columns) / sizeof(fault_columns[0]),
	.probe = PROBE_iopf,
};

static void tell_fault(const struct iopf *state, const struct session *session,
		       const struct rec_iopf *record, struct writer *writer)
{
	bool whole = record->flags & IOPF_WHOLE_DEVICE;
	const struct keyed_histogram *keyed = whole ? NULL : histogram_of(state, record->key);
	const struct cell cells[] = {
		session_device_cell(session, DEVICE_OF_KEY(record->key)),
		whole ? cell_unknown() : cell_number(PASID_OF_KEY(record->key)),
		keyed ? cell_number(histogram_total(&keyed->buckets)) : cell_unknown(),
		whole ? cell_unknown() : cell_number(record->failed),
		whole ? cell_unknown() : cell_number(record->without_exit),
		whole ? cell_unknown() : cell_number(record->without_entry),
		whole ? cell_number(record->unrecoverable) : cell_unknown(),
		whole ? cell_unknown() : cell_number(record->partial),
		whole ? cell_unknown() : cell_number(record->in_flight),
	};

	ASSERT_CELLS(cells, fault_columns);
	tell_row(session, &fault_kind, cells, writer);
}

static void tell_state(const void *opaque, const struct session *session, unsigned int probe,
		       struct writer *writer)
{
	const struct iopf *state = opaque;

	for (unsigned int i = 0; i < state->rows; i++)
		tell_fault(state, session, &state->row[i].record, writer);
	histtell(&state->set, session, probe, writer);
}

static void merge(void *opaque, struct session *session, const void *after)
{
	const struct iopf *other = after;
	struct iopf *state = opaque;

	(void)session;
	for (unsigned int i = 0; i < other->rows; i++)
		take_counts(state, &other->row[i].record);
	histset_merge(&state->set, &other->set);
	state->refused += other->refused;
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
	.tell = tell_state,
	.merge = merge,
	.close = close_state,
};
