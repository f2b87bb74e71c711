// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * csv - RFC 4180: every table a file in a directory, or one table
 *
 * A spreadsheet takes a text that begins with = + - or @ for a formula, whoever wrote it: such a text
 * gets an apostrophe before it, as do those that begin with a tab or a return.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "losses.h"
#include "named.h"
#include "options.h"
#include "view.h"

#define TABLES_MAX 64

struct sheet {
	char name[NAMED_KEY];
	FILE *out;
	char *text; /* not to a directory: all of it, or NULL for what goes out at once */
	size_t length;
	bool is_of_probe;
};

struct state {
	struct sheet sheet[TABLES_MAX];
	unsigned int sheets;
	struct losses losses;
};

static bool only_events(const struct writer *writer)
{
	return !(writer->wants & WRITES_REPORT);
}

static bool open_sheet(struct writer *writer, struct sheet *sheet)
{
	char name[NAMED_KEY + 8];

	snprintf(name, sizeof(name), "%s.csv", sheet->name);
	if (!writer->out)
		sheet->out = writer_file_open(writer, name);
	else if (only_events(writer))
		sheet->out = ((struct state *)writer->state)->sheets ? NULL : writer->out;
	else
		sheet->out = open_memstream(&sheet->text, &sheet->length);
	if (!sheet->out && writer->out && !only_events(writer))
		writer_lacks_memory(writer);
	return sheet->out;
}

/* The sheet called @name; *@is_new: it needs its heading.  NULL: it cannot be written. */
static FILE *find_sheet(struct writer *writer, const char *name, bool is_of_probe, bool *is_new)
{
	struct state *state = writer->state;
	struct sheet *sheet = &state->sheet[state->sheets];

	*is_new = false;
	for (unsigned int i = 0; i < state->sheets; i++)
		if (!strcmp(state->sheet[i].name, name))
			return state->sheet[i].out;
	if (state->sheets == TABLES_MAX)
		return NULL;
	snprintf(sheet->name, sizeof(sheet->name), "%s", name);
	sheet->is_of_probe = is_of_probe;
	*is_new = open_sheet(writer, sheet);
	state->sheets++;
	return sheet->out;
}

static void put_text(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") || *text == ' ';

	if (quoted)
		fputc('"', out);
	if (*text && strchr("=+-@\t\r", *text))
		fputc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	if (quoted)
		fputc('"', out);
}

static void put_moment(FILE *out, const struct session *session, __u64 boot_ns, bool known)
{
	char date[TEXT_TIME];
	__u64 realtime_ns;

	if (known && session && clock_realtime(session_clock(session), boot_ns, &realtime_ns))
		fputs(text_rfc3339(date, realtime_ns), out);
	if (known)
		fprintf(out, ",%llu", boot_ns);
	else
		fputc(',', out);
}

static void put_cell(FILE *out, const struct session *session, const struct column *column,
		     const struct cell *cell)
{
	char value[NAMED_VALUE];

	if (column->kind == CELL_TIME)
		put_moment(out, session, cell->known ? cell->number : 0, cell->known);
	else if (!cell->known)
		return;
	else if (column->kind == CELL_FLAG)
		fputs(cell->number ? "true" : "false", out);
	else if (named_is_text(column->kind))
		put_text(out, named_value(value, column->kind, cell));
	else
		fputs(named_value(value, column->kind, cell), out);
}

/* @before: what is between the first cell and what is there already */
static void put_cells(FILE *out, const struct session *session, const struct table_kind *kind,
		      const struct cell *cells, const char *before)
{
	for (unsigned int i = 0; i < kind->columns; i++) {
		fputs(i ? "," : before, out);
		put_cell(out, session, &kind->column[i], &cells[i]);
	}
}

static void put_keys(FILE *out, const struct table_kind *kind, const char *before)
{
	char key[NAMED_KEY];

	for (unsigned int i = 0; i < kind->columns; i++) {
		fputs(i ? "," : before, out);
		if (kind->column[i].kind == CELL_TIME)
			fprintf(out, "%s,", kind->column[i].name);
		fputs(named_key(key, &kind->column[i]), out);
	}
}

/* What every row of every sheet begins with, but those of the input. */
static void put_whose(FILE *out, const struct session *session)
{
	char board[NAMED_BOARD];

	put_text(out, named_board(board, session));
	fprintf(out, ",%u", session->number);
}

static void put_probe(FILE *out, unsigned int probe)
{
	char name[VIEW_NAME];

	fprintf(out, ",%s", view_name(name, probe));
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	bool is_new;
	FILE *out = find_sheet(writer, event->kind->name, true, &is_new);

	if (is_new) {
		fputs("board,session,probe,time,time_boot_ns", out);
		put_keys(out, event->kind, ",");
		fputs("\r\n", out);
	}
	if (!out)
		return;
	put_whose(out, session);
	put_probe(out, event->kind->probe);
	fputc(',', out);
	put_moment(out, session, event->time_ns, true);
	put_cells(out, session, event->kind, event->cell, ",");
	fputs("\r\n", out);
}

/* What the rows of a table begin with, besides their own columns. */
enum { WHOSE = 1, SPAN = 2 };

static unsigned int leads(const struct table_kind *kind)
{
	if (kind->is_of_input || !strcmp(kind->name, "sessions"))
		return 0;
	return kind->probe || kind->is_of_steps ? WHOSE | SPAN : WHOSE;
}

static void row_heading(FILE *out, const struct table_kind *kind)
{
	unsigned int lead = leads(kind);

	if (lead & WHOSE)
		fputs("board,session", out);
	if (lead & SPAN)
		fputs(",probe,is_step,from,from_boot_ns,to,to_boot_ns", out);
	put_keys(out, kind, lead ? "," : "");
	fputs("\r\n", out);
}

static void put_span(FILE *out, const struct session *session, bool is_step, __u64 from_ns,
		     __u64 to_ns)
{
	fputs(is_step ? ",true," : ",false,", out);
	put_moment(out, session, from_ns, true);
	fputc(',', out);
	put_moment(out, session, to_ns, true);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;
	unsigned int lead = leads(row->kind);
	FILE *out;
	bool is_new;

	losses_row(&state->losses, session, row);
	out = find_sheet(writer, row->kind->name, row->kind->probe, &is_new);
	if (is_new)
		row_heading(out, row->kind);
	if (!out)
		return;
	if (lead & WHOSE)
		put_whose(out, session);
	if (lead & SPAN) {
		if (row->kind->probe)
			put_probe(out, row->kind->probe);
		else
			fputc(',', out);
		put_span(out, session, row->is_step, row->from_ns, row->to_ns);
	}
	put_cells(out, session, row->kind, row->cell, lead ? "," : "");
	fputs("\r\n", out);
}

/* The same labels for every scope: a sheet has its columns from the first row on. */
static const char *const label_names[] = { "cpu",    "pid",   "tid",	      "comm",
					   "device", "pasid", "scope_number", "key" };

#define LABEL_NAMES (sizeof(label_names) / sizeof(label_names[0]))

static void put_labels(FILE *out, const struct distribution *distribution)
{
	const struct row labels = { .kind = distribution->kind, .cell = distribution->label };

	for (size_t i = 0; i < LABEL_NAMES; i++) {
		const struct cell *cell = named_cell(&labels, label_names[i]);

		fputc(',', out);
		for (unsigned int j = 0; cell && j < labels.kind->columns; j++)
			if (cell == &labels.cell[j])
				put_cell(out, NULL, &labels.kind->column[j], cell);
	}
}

static void put_subject(FILE *out, const struct session *session,
			const struct distribution *distribution)
{
	put_whose(out, session);
	put_probe(out, distribution->probe);
	fprintf(out, ",%s", distribution->kind->name);
	put_labels(out, distribution);
	put_span(out, session, distribution->is_step, distribution->from_ns, distribution->to_ns);
}

#define SUBJECT                                                                                    \
	"board,session,probe,scope,cpu,pid,tid,comm,device,pasid,scope_number,key,is_step,from,"   \
	"from_boot_ns,"                                                                            \
	"to,to_boot_ns"

static void put_figures(FILE *out, const struct figures *figures)
{
	if (figures->has_mean)
		fprintf(out, "%.9Lg", figures->mean_ns);
	fputc(',', out);
	if (figures->has_variance)
		fprintf(out, "%.9Lg", figures->deviation_ns);
	fputc(',', out);
	if (figures->has_min)
		fprintf(out, "%llu", figures->min_ns);
	fputc(',', out);
	if (figures->has_max)
		fprintf(out, "%llu", figures->max_ns);
	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++) {
		fputc(',', out);
		if (figures->count)
			fprintf(out, "%llu", figures->percentile_ns[i]);
	}
	fputs("\r\n", out);
}

static void put_distribution(FILE *out, const struct session *session,
			     const struct distribution *distribution, bool is_new)
{
	struct figures figures = figures_of(distribution->buckets, distribution->moments);

	if (is_new) {
		fputs(SUBJECT ",count,missing,mean_ns,stddev_ns,min_ns,max_ns", out);
		for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++)
			fprintf(out, ",%s_ns", figures_percentiles[i].word);
		fputs("\r\n", out);
	}
	put_subject(out, session, distribution);
	fprintf(out, ",%llu,%llu,", figures.count, distribution->missing);
	put_figures(out, &figures);
}

static void put_buckets(FILE *out, const struct session *session,
			const struct distribution *distribution, bool is_new)
{
	const struct histogram *buckets = distribution->buckets;

	if (is_new)
		fputs(SUBJECT ",least_ns,greatest_ns,count\r\n", out);
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		if (!buckets->count[i])
			continue;
		put_subject(out, session, distribution);
		fprintf(out, ",%llu,%llu,%llu\r\n", h2_lower(i), h2_upper(i), buckets->count[i]);
	}
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct state *state = writer->state;
	bool is_new;
	FILE *out = find_sheet(writer, "distributions", true, &is_new);

	losses_distribution(&state->losses, session, distribution);
	if (out)
		put_distribution(out, session, distribution, is_new);
	out = find_sheet(writer, "buckets", true, &is_new);
	if (out)
		put_buckets(out, session, distribution, is_new);
}

/* The one that goes out where there is room for one: the one asked for, or what a probe found. */
static struct sheet *choose(const struct writer *writer)
{
	struct state *state = writer->state;
	const char *asked = writer->options->table;

	for (unsigned int i = 0; asked && i < state->sheets; i++)
		if (!strcmp(state->sheet[i].name, asked))
			return &state->sheet[i];
	for (unsigned int i = 0; !asked && i < state->sheets; i++)
		if (!strcmp(state->sheet[i].name, "distributions"))
			return &state->sheet[i];
	for (unsigned int i = 0; !asked && i < state->sheets; i++)
		if (state->sheet[i].is_of_probe)
			return &state->sheet[i];
	return NULL;
}

static void name_sheets(const struct state *state)
{
	fputs(PROGRAM ": --table: there is none of that name here, but:", stderr);
	for (unsigned int i = 0; i < state->sheets; i++)
		fprintf(stderr, " %s", state->sheet[i].name);
	fputc('\n', stderr);
}

static void end(struct writer *writer, bool clean)
{
	struct state *state = writer->state;
	struct sheet *chosen = choose(writer);

	for (unsigned int i = 0; i < state->sheets; i++)
		if (state->sheet[i].out && fflush(state->sheet[i].out))
			writer_fail(writer, strerror(errno));
	if (writer->out && !only_events(writer)) {
		if (chosen && chosen->text)
			fwrite(chosen->text, 1, chosen->length, writer->out);
		else if (writer->options->table)
			name_sheets(state);
	}
	losses_end(&state->losses, writer, clean);
	losses_tell(&state->losses, writer->options);
}

static void close_state(struct writer *writer)
{
	struct state *state = writer->state;

	for (unsigned int i = 0; i < state->sheets; i++) {
		struct sheet *sheet = &state->sheet[i];

		if (sheet->out != writer->out)
			writer_file_close(writer, sheet->out);
		free(sheet->text);
	}
	losses_release(&state->losses);
}

const struct format format_csv = {
	.suffix = ".csv",
	.makes = MAKES_EITHER,
	.takes = WRITES_REPORT | WRITES_EVENTS,
	.size = sizeof(struct state),
	.event = event,
	.row = row,
	.distribution = distribution,
	.end = end,
	.close = close_state,
};
