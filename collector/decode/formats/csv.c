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
#include "line.h"
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
	struct line line; /* the one that is being written */
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

/* A line of that sheet, to be ended. */
static struct line *begin_line(struct writer *writer, const char *name, bool is_of_probe,
			       bool *is_new)
{
	struct state *state = writer->state;
	FILE *out = find_sheet(writer, name, is_of_probe, is_new);

	if (!out)
		return NULL;
	line_begin(&state->line, out);
	return &state->line;
}

static void put_word(struct line *line, const char *before, const char *word)
{
	line_string(line, before);
	line_string(line, word);
}

static void put_number(struct line *line, const char *before, __u64 number)
{
	line_string(line, before);
	line_number(line, number, 0);
}

static void put_real(struct line *line, long double real)
{
	line->at += snprintf(line_room(line), LINE_PIECE, "%.9Lg", real);
}

static void put_text(struct line *line, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") || *text == ' ';

	if (quoted)
		line_char(line, '"');
	if (*text && strchr("=+-@\t\r", *text))
		line_char(line, '\'');
	for (; *text; text++) {
		if (*text == '"')
			line_char(line, '"');
		line_char(line, *text);
	}
	if (quoted)
		line_char(line, '"');
}

static void put_moment(struct line *line, const struct session *session, __u64 boot_ns, bool known)
{
	__u64 realtime_ns;

	if (known && session && clock_realtime(session_clock(session), boot_ns, &realtime_ns))
		line_rfc3339(line, realtime_ns);
	line_char(line, ',');
	if (known)
		line_number(line, boot_ns, 0);
}

static void put_cell(struct line *line, const struct session *session, const struct column *column,
		     const struct cell *cell)
{
	char value[NAMED_VALUE];

	if (column->kind == CELL_TIME)
		put_moment(line, session, cell->known ? cell->number : 0, cell->known);
	else if (!cell->known)
		return;
	else if (column->kind == CELL_FLAG)
		line_string(line, cell->number ? "true" : "false");
	else if (named_is_text(column->kind))
		put_text(line, named_value(value, column->kind, cell));
	else if (column->kind == CELL_REAL)
		put_real(line, cell->real);
	else
		line_number(line, cell->number, 0);
}

/* @before: what is between the first cell and what is there already */
static void put_cells(struct line *line, const struct session *session,
		      const struct table_kind *kind, const struct cell *cells, const char *before)
{
	for (unsigned int i = 0; i < kind->columns; i++) {
		line_string(line, i ? "," : before);
		put_cell(line, session, &kind->column[i], &cells[i]);
	}
}

static void put_keys(struct line *line, const struct table_kind *kind, const char *before)
{
	char key[NAMED_KEY];

	for (unsigned int i = 0; i < kind->columns; i++) {
		line_string(line, i ? "," : before);
		if (kind->column[i].kind == CELL_TIME)
			put_word(line, kind->column[i].name, ",");
		line_string(line, named_key(key, &kind->column[i]));
	}
}

/* What every row of every sheet begins with, but those of the input. */
static void put_whose(struct line *line, const struct session *session)
{
	char board[NAMED_BOARD];

	put_text(line, named_board(board, session));
	put_number(line, ",", session->number);
}

static void put_probe(struct line *line, unsigned int probe)
{
	char name[VIEW_NAME];

	put_word(line, ",", view_name(name, probe));
}

static void event_heading(struct line *line, const struct table_kind *kind)
{
	line_string(line, "board,session,probe,time,time_boot_ns");
	put_keys(line, kind, ",");
	line_string(line, "\r\n");
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	bool is_new;
	struct line *line = begin_line(writer, event->kind->name, true, &is_new);

	if (!line)
		return;
	if (is_new)
		event_heading(line, event->kind);
	put_whose(line, session);
	put_probe(line, event->kind->probe);
	line_char(line, ',');
	put_moment(line, session, event->time_ns, true);
	put_cells(line, session, event->kind, event->cell, ",");
	line_string(line, "\r\n");
	line_end(line);
}

/* What the rows of a table begin with, besides their own columns. */
enum { WHOSE = 1, SPAN = 2 };

static unsigned int leads(const struct table_kind *kind)
{
	if (kind->is_of_input || !strcmp(kind->name, "sessions"))
		return 0;
	return kind->probe || kind->is_of_steps ? WHOSE | SPAN : WHOSE;
}

static void row_heading(struct line *line, const struct table_kind *kind)
{
	unsigned int lead = leads(kind);

	if (lead & WHOSE)
		line_string(line, "board,session");
	if (lead & SPAN)
		line_string(line, ",probe,is_step,from,from_boot_ns,to,to_boot_ns");
	put_keys(line, kind, lead ? "," : "");
	line_string(line, "\r\n");
}

static void put_span(struct line *line, const struct session *session, bool is_step, __u64 from_ns,
		     __u64 to_ns)
{
	line_string(line, is_step ? ",true," : ",false,");
	put_moment(line, session, from_ns, true);
	line_char(line, ',');
	put_moment(line, session, to_ns, true);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;
	unsigned int lead = leads(row->kind);
	struct line *line;
	bool is_new;

	losses_row(&state->losses, session, row);
	line = begin_line(writer, row->kind->name, row->kind->probe, &is_new);
	if (!line)
		return;
	if (is_new)
		row_heading(line, row->kind);
	if (lead & WHOSE)
		put_whose(line, session);
	if (lead & SPAN) {
		if (row->kind->probe)
			put_probe(line, row->kind->probe);
		else
			line_char(line, ',');
		put_span(line, session, row->is_step, row->from_ns, row->to_ns);
	}
	put_cells(line, session, row->kind, row->cell, lead ? "," : "");
	line_string(line, "\r\n");
	line_end(line);
}

/* The same labels for every scope: a sheet has its columns from the first row on. */
static const char *const label_names[] = { "cpu",    "pid",   "tid",	      "comm",
					   "device", "pasid", "scope_number", "key" };

#define LABEL_NAMES (sizeof(label_names) / sizeof(label_names[0]))

static void put_labels(struct line *line, const struct distribution *distribution)
{
	const struct row labels = { .kind = distribution->kind, .cell = distribution->label };

	for (size_t i = 0; i < LABEL_NAMES; i++) {
		const struct cell *cell = named_cell(&labels, label_names[i]);

		line_char(line, ',');
		for (unsigned int j = 0; cell && j < labels.kind->columns; j++)
			if (cell == &labels.cell[j])
				put_cell(line, NULL, &labels.kind->column[j], cell);
	}
}

static void put_subject(struct line *line, const struct session *session,
			const struct distribution *distribution)
{
	put_whose(line, session);
	put_probe(line, distribution->probe);
	put_word(line, ",", distribution->kind->name);
	put_labels(line, distribution);
	put_span(line, session, distribution->is_step, distribution->from_ns, distribution->to_ns);
}

#define SUBJECT                                                                                    \
	"board,session,probe,scope,cpu,pid,tid,comm,device,pasid,scope_number,key,is_step,from,"   \
	"from_boot_ns,"                                                                            \
	"to,to_boot_ns"

static void put_figures(struct line *line, const struct figures *figures)
{
	if (figures->has_mean)
		put_real(line, figures->mean_ns);
	line_char(line, ',');
	if (figures->has_variance)
		put_real(line, figures->deviation_ns);
	line_char(line, ',');
	if (figures->has_min)
		line_number(line, figures->min_ns, 0);
	line_char(line, ',');
	if (figures->has_max)
		line_number(line, figures->max_ns, 0);
	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++) {
		line_char(line, ',');
		if (figures->count)
			line_number(line, figures->percentile_ns[i], 0);
	}
	line_string(line, "\r\n");
}

static void put_heading(struct line *line)
{
	line_string(line, SUBJECT ",count,missing,mean_ns,stddev_ns,min_ns,max_ns");
	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++) {
		put_word(line, ",", figures_percentiles[i].word);
		line_string(line, "_ns");
	}
	line_string(line, "\r\n");
}

static void put_distribution(struct line *line, const struct session *session,
			     const struct distribution *distribution, bool is_new)
{
	struct figures figures = figures_of(distribution->buckets, distribution->moments);

	if (is_new)
		put_heading(line);
	put_subject(line, session, distribution);
	put_number(line, ",", figures.count);
	put_number(line, ",", distribution->missing);
	line_char(line, ',');
	put_figures(line, &figures);
}

static void put_buckets(struct line *line, const struct session *session,
			const struct distribution *distribution, bool is_new)
{
	const struct histogram *buckets = distribution->buckets;

	if (is_new)
		line_string(line, SUBJECT ",least_ns,greatest_ns,count\r\n");
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		if (!buckets->count[i])
			continue;
		put_subject(line, session, distribution);
		put_number(line, ",", h2_lower(i));
		put_number(line, ",", h2_upper(i));
		put_number(line, ",", buckets->count[i]);
		line_string(line, "\r\n");
	}
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct state *state = writer->state;
	struct line *line;
	bool is_new;

	losses_distribution(&state->losses, session, distribution);
	line = begin_line(writer, "distributions", true, &is_new);
	if (line) {
		put_distribution(line, session, distribution, is_new);
		line_end(line);
	}
	line = begin_line(writer, "buckets", true, &is_new);
	if (line) {
		put_buckets(line, session, distribution, is_new);
		line_end(line);
	}
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

/* What was asked for is not there: who reads no messages sees it by how the program ends. */
static void refuse_table(struct writer *writer)
{
	const struct state *state = writer->state;

	fputs(PROGRAM ": --table: there is none of that name here, but:", stderr);
	for (unsigned int i = 0; i < state->sheets; i++)
		fprintf(stderr, " %s", state->sheet[i].name);
	fputc('\n', stderr);
	writer->failed = true;
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
			refuse_table(writer);
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
