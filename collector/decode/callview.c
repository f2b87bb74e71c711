// SPDX-License-Identifier: GPL-2.0-or-later
/* callview - the view of a probe that measures the calls of a kernel function */
#include "callview.h"

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
	calltable_init(&view->table, &session->shared->budget);
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

/* The histograms of the CPUs; the rows of threads are totals. */
void callview_step(void *state, struct session *session, const struct step *step)
{
	histview_show_step(&((struct callview *)state)->histograms, session, step);
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

static const char *heading(char to[TEXT_NUMBER], const char *name, const struct unit *unit)
{
	snprintf(to, TEXT_NUMBER, "%s(%s)", name, unit->name);
	return to;
}

static void print_heading(const struct unit *unit, FILE *out)
{
	char total[TEXT_NUMBER], mean[TEXT_NUMBER], min[TEXT_NUMBER], max[TEXT_NUMBER];

	fprintf(out, "%5s %7s %7s %-16s %10s %14s %12s %12s %14s\n", "CPU", "TID", "PID", "COMM",
		"CALLS", heading(total, "TOTAL", unit), heading(mean, "MEAN", unit),
		heading(min, "MIN", unit), heading(max, "MAX", unit));
}

static void print_thread(const struct session *session, const struct rec_calls *row, FILE *out)
{
	const __u8 *comm = row->tid ? session_task(session, row->tid, row->time_ns) : NULL;

	fprintf(out, "%5u ", row->cpu);
	if (row->tid == CALLS_OTHERS) {
		fprintf(out, "%7s %7s %-16s", "-", "-", "<others>");
		return;
	}
	fprintf(out, "%7u %7u ", row->tid, row->tgid);
	if (comm)
		text_print(out, comm, COMM_SIZE, COMM_SIZE);
	else
		fprintf(out, "%-16s", row->tid ? "-" : "<idle>");
}

static void print_row(const struct session *session, const struct rec_calls *row, FILE *out)
{
	const struct unit *unit = session->shared->options->unit;
	char total[TEXT_NUMBER], mean[TEXT_NUMBER], min[TEXT_NUMBER], max[TEXT_NUMBER];

	print_thread(session, row, out);
	fprintf(out, " %10llu %14s %12s %12s %14s\n", row->count, text_ns(total, row->sum, unit),
		text_ns(mean, row->count ? row->sum / row->count : 0, unit),
		text_ns(min, row->min, unit), text_ns(max, row->max, unit));
}

static bool is_selected(const struct session *session, const struct rec_calls *row)
{
	bool of_task = row->tid && row->tid != CALLS_OTHERS;
	const struct subject subject = {
		.has_cpu = true,
		.cpu = row->cpu,
		.tid = of_task ? row->tid : 0,
		.tgid = of_task ? row->tgid : 0,
		.comm = of_task ? session_task(session, row->tid, row->time_ns) : NULL,
	};

	return selection_takes(&session->shared->options->selection, &subject);
}

/* Those that are selected, in their order, to the front; returns how many. */
static unsigned int select_rows(const struct rec_calls **row, unsigned int count,
				const struct session *session)
{
	unsigned int selected = 0;

	for (unsigned int i = 0; i < count; i++)
		if (is_selected(session, row[i]))
			row[selected++] = row[i];
	return selected;
}

static void report_rows(const struct callview *view, const struct session *session, FILE *out)
{
	const struct options *options = session->shared->options;
	const struct rec_calls **row = calltable_sort(&view->table);
	unsigned int count = select_rows(row, view->table.count, session), shown = count;

	if (shown > options->rows)
		shown = (unsigned int)options->rows;
	if (shown)
		print_heading(options->unit, out);
	for (unsigned int i = 0; i < shown; i++)
		print_row(session, row[i], out);
	if (shown < count)
		fprintf(out, "%u row%s above, %u more (--rows all)\n", shown, text_plural(shown),
			count - shown);
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
	report_rows(view, session, out);
	report_mean(view, session->shared->options->unit, out);
	histview_report(&view->histograms, session, out);
}

static const struct column function_columns[] = {
	{ "function", CELL_TEXT, true, "its name" },
	{ "way", CELL_TEXT, false, "fexit or kprobe" },
	{ "bias", CELL_DURATION, false, "of each duration, at most this is the probe's own" },
};

static const struct column call_columns[] = {
	{ "cpu", CELL_ID, true, "where the calls returned" },
	{ "tid", CELL_ID, true, "calling thread; 0: idle; unknown: all others" },
	{ "pid", CELL_ID, true, "its process" },
	{ "comm", CELL_TEXT, true, "its name" },
	{ "calls", CELL_COUNT, false, "how many" },
	{ "total", CELL_DURATION, false, "all their time" },
	{ "min", CELL_DURATION, false, "the shortest" },
	{ "max", CELL_DURATION, false, "the longest" },
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

static void tell_call(const struct rec_calls *row, const struct session *session,
		      const struct table_kind *kind, struct writer *writer)
{
	bool others = row->tid == CALLS_OTHERS;
	const __u8 *comm =
		row->tid && !others ? session_task(session, row->tid, row->time_ns) : NULL;
	const struct cell cells[] = {
		cell_number(row->cpu),
		others ? cell_unknown() : cell_number(row->tid),
		others ? cell_unknown() : cell_number(row->tgid),
		cell_text(comm, COMM_SIZE),
		cell_number(row->count),
		cell_number(row->sum),
		cell_number(row->min),
		cell_number(row->max),
	};

	ASSERT_CELLS(cells, call_columns);
	tell_row(session, kind, cells, writer);
}

void callview_tell(const void *state, const struct session *session, unsigned int probe,
		   struct writer *writer)
{
	const struct callview *view = state;
	const struct rec_calls **row = calltable_sort(&view->table);
	const struct table_kind kind = {
		.name = "calls",
		.summary = "calls of the function by CPU and thread, those with most time first",
		.column = call_columns,
		.columns = sizeof(call_columns) / sizeof(call_columns[0]),
		.probe = probe,
	};

	tell_function(view, session, probe, writer);
	for (unsigned int i = 0; i < view->table.count; i++)
		if (is_selected(session, row[i]))
			tell_call(row[i], session, &kind, writer);
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
