// SPDX-License-Identifier: GPL-2.0-or-later
/* callrows - calls of a function by CPU and thread, as rows of text or of a writer's table */
#include "callrows.h"

#include "calltable.h"
#include "session.h"
#include "tell.h"

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

static const char *extreme(char to[TEXT_NUMBER], __u64 ns, const struct unit *unit)
{
	return ns == CALLS_EXTREME_UNKNOWN ? "-" : text_ns(to, ns, unit);
}

static void print_row(const struct session *session, const struct rec_calls *row, FILE *out)
{
	const struct unit *unit = session->shared->options->unit;
	char total[TEXT_NUMBER], mean[TEXT_NUMBER], min[TEXT_NUMBER], max[TEXT_NUMBER];

	print_thread(session, row, out);
	fprintf(out, " %10llu %14s %12s %12s %14s\n", row->count, text_ns(total, row->sum, unit),
		text_ns(mean, row->count ? row->sum / row->count : 0, unit),
		extreme(min, row->min, unit), extreme(max, row->max, unit));
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

void callrows_print(const struct rec_calls **row, unsigned int count, const struct session *session,
		    FILE *out)
{
	const struct options *options = session->shared->options;
	unsigned int selected = select_rows(row, count, session), shown = selected;

	if (shown > options->rows)
		shown = (unsigned int)options->rows;
	if (shown)
		print_heading(options->unit, out);
	for (unsigned int i = 0; i < shown; i++)
		print_row(session, row[i], out);
	if (shown < selected)
		fprintf(out, "%u row%s above, %u more (--rows all)\n", shown, text_plural(shown),
			selected - shown);
}

/*
 * To a writer
 */

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

static struct cell extreme_cell(__u64 ns)
{
	return ns == CALLS_EXTREME_UNKNOWN ? cell_unknown() : cell_number(ns);
}

/* @span: whose times the row has. */
static void tell_call(const struct rec_calls *row, const struct session *session,
		      const struct table_kind *kind, const struct row *span, struct writer *writer)
{
	struct row to = *span;
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
		extreme_cell(row->min),
		extreme_cell(row->max),
	};

	ASSERT_CELLS(cells, call_columns);
	to.kind = kind;
	to.cell = cells;
	writer_row(writer, session, &to);
}

/* @span: whose times the rows have. */
static void tell_all(const struct rec_calls **row, unsigned int count,
		     const struct session *session, unsigned int probe, const struct row *span,
		     struct writer *writer)
{
	const struct table_kind kind = {
		.name = "calls",
		.summary = "calls of the function by CPU and thread, those with most time first",
		.column = call_columns,
		.columns = sizeof(call_columns) / sizeof(call_columns[0]),
		.probe = probe,
	};

	for (unsigned int i = 0; i < count; i++)
		if (is_selected(session, row[i]))
			tell_call(row[i], session, &kind, span, writer);
}

void callrows_tell(const struct rec_calls **row, unsigned int count, const struct session *session,
		   unsigned int probe, struct writer *writer)
{
	const struct row span = { .from_ns = session_started_ns(session),
				  .to_ns = session->last_ns };

	tell_all(row, count, session, probe, &span, writer);
}

void callrows_tell_step(const struct rec_calls **row, unsigned int count,
			const struct session *session, const struct step *step)
{
	const struct row span = { .from_ns = step->from_ns, .to_ns = step->to_ns, .is_step = true };

	tell_all(row, count, session, step->probe, &span, session->shared->writer);
}
