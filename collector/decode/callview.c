// SPDX-License-Identifier: GPL-2.0-or-later
/* callview - the view of a probe that measures the calls of a kernel function */
#include "callview.h"

#include "callrows.h"
#include "calltable.h"
#include "histset.h"
#include "histtell.h"
#include "histview.h"
#include "tell.h"

struct callview {
	struct histset histograms;
	struct calltable table;
	struct rec_function function; /* type 0: none was heard */
	unsigned int probe;
};

void *callview_open(struct session *session)
{
	struct callview *view = budget_take(&session->shared->budget, sizeof(*view));

	if (!view)
		return NULL;
	histset_init(&view->histograms, &session->shared->budget);
	calltable_init(&view->table, &session->shared->budget, session->steps);
	return view;
}

void callview_take(void *state, struct session *session, const struct record *record)
{
	struct callview *view = state;

	(void)session;
	view->probe = record->body[0];
	if (record->type == REC_calls)
		calltable_take(&view->table, (const struct rec_calls *)record);
	else if (record->type != REC_function)
		histset_take(&view->histograms, record);
	else if (record->time_ns >= view->function.time_ns)
		view->function = *(const struct rec_function *)record;
}

__u64 callview_received(const void *state)
{
	return histset_total(&((const struct callview *)state)->histograms);
}

/* The rows of threads, then the histograms of the CPUs. */
void callview_step(void *state, struct session *session, const struct step *step)
{
	struct callview *view = state;
	unsigned int count;
	const struct rec_calls **row = calltable_step(&view->table, &count);
	FILE *out;

	if (session->shared->writer) {
		callrows_tell_step(row, count, session, step);
		histtell_step(&view->histograms, session, step);
		return;
	}
	out = step_heading(session, step);
	callrows_print(row, count, session, out);
	if (count && !step_is_whole(step))
		fputs("     records are missing, perhaps of these rows: they come in a later "
		      "step\n",
		      out);
	histview_print_step(&view->histograms, session, step, out);
}

static void report_function(const struct callview *view, const struct session *session, FILE *out)
{
	const struct text *name = texts_find(&session->texts, TEXT_function, view->probe);
	const struct rec_function *function = &view->function;

	fputs("     function ", out);
	if (name)
		text_print_parts(out, name);
	else
		fputs("unknown", out);
	if (function->way == FUNCTION_BY_FEXIT)
		fputs(", by fentry and fexit", out);
	else if (function->way == FUNCTION_BY_KPROBE)
		fputs(", by kprobe and kretprobe", out);
	if (function->flags & FUNCTION_HAS_BIAS)
		fprintf(out, "; of each duration up to %llu ns is the probe's own",
			function->bias_ns);
	else
		fputs("; the probe's own part of each duration is unknown", out);
	fputc('\n', out);
}

/* Rows that are not there, or not up to date. */
static void report_rest(const struct callview *view, FILE *out)
{
	if (view->function.deferred)
		fprintf(out,
			"     %u row%s had changed and waited for a snapshot that is not here\n",
			view->function.deferred, text_plural(view->function.deferred));
	if (view->table.refused)
		fprintf(out, "     %llu record%s of further rows, more than are kept\n",
			view->table.refused, text_plural(view->table.refused));
}

/*
 * As measured, and without what the measuring adds: over all CPUs.  The own part was measured at another
 * moment and may have been more than it is otherwise, but not more than the least duration.
 */
static void report_mean(const struct callview *view, const struct unit *unit, FILE *out)
{
	__u64 count = 0, mean, own = view->function.bias_ns;
	char measured[TEXT_NUMBER], corrected[TEXT_NUMBER];
	u128 sum = 0;

	for (unsigned int i = 0; i < view->histograms.count; i++) {
		struct moments moments = keyed_histogram_moments(view->histograms.histogram[i]);

		count += moments.count;
		sum += moments.sum;
		if (moments.count && moments.min < own)
			own = moments.min;
	}
	if (!count)
		return;
	mean = (__u64)(sum / count);
	fprintf(out, "     %llu calls on all CPUs, mean %s %s as measured", count,
		text_ns(measured, mean, unit), unit->name);
	if (view->function.flags & FUNCTION_HAS_BIAS)
		fprintf(out, ", %s %s without the probe's own part",
			text_ns(corrected, mean > own ? mean - own : 0, unit), unit->name);
	fputc('\n', out);
}

void callview_report(const void *state, const struct session *session, FILE *out)
{
	const struct callview *view = state;

	report_function(view, session, out);
	callrows_print(calltable_sort(&view->table), view->table.count, session, out);
	report_rest(view, out);
	report_mean(view, session->shared->options->unit, out);
	histview_report(&view->histograms, session, out);
}

static const struct column function_columns[] = {
	{ "function", CELL_TEXT, true, "its name" },
	{ "way", CELL_TEXT, false, "fexit or kprobe" },
	{ "bias", CELL_DURATION, false, "of each duration, at most this is the probe's own" },
};

static void tell_function(const struct callview *view, const struct session *session,
			  unsigned int probe, struct writer *writer)
{
	static const char *const ways[] = { NULL, "fexit", "kprobe" };
	const struct table_kind kind = {
		.name = "functions",
		.summary = "which kernel function is measured",
		.column = function_columns,
		.columns = sizeof(function_columns) / sizeof(function_columns[0]),
		.probe = probe,
	};
	const struct text *name = texts_find(&session->texts, TEXT_function, probe);
	const struct rec_function *function = &view->function;
	char joined[TEXT_JOINED];
	const struct cell cells[] = {
		name ? cell_text(joined, text_join(name, joined)) : cell_unknown(),
		cell_string(function->way < 3 ? ways[function->way] : NULL),
		function->flags & FUNCTION_HAS_BIAS ? cell_number(function->bias_ns)
						    : cell_unknown(),
	};

	ASSERT_CELLS(cells, function_columns);
	tell_row(session, &kind, cells, writer);
}

void callview_tell(const void *state, const struct session *session, unsigned int probe,
		   struct writer *writer)
{
	const struct callview *view = state;
	const struct rec_calls **row = calltable_sort(&view->table);

	tell_function(view, session, probe, writer);
	callrows_tell(row, view->table.count, session, probe, writer);
	histtell(&view->histograms, session, probe, writer);
}

void callview_merge(void *state, struct session *session, const void *after)
{
	const struct callview *other = after;
	struct callview *view = state;

	(void)session;
	view->probe = other->probe;
	if (other->function.type && other->function.time_ns >= view->function.time_ns)
		view->function = other->function;
	calltable_merge(&view->table, &other->table);
	histset_merge(&view->histograms, &other->histograms);
}

void callview_close(void *state, struct session *session)
{
	struct callview *view = state;

	histset_release(&view->histograms);
	calltable_release(&view->table);
	budget_give(&session->shared->budget, view, sizeof(*view));
}
