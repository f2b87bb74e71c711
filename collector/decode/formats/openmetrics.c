// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * openmetrics - OpenMetrics 1.0, and the text format of Prometheus that it came from
 *
 * A family's samples must not be interleaved with another's, and a sample must not be there twice:
 * all of them are kept until the end.  Histograms have the same edges everywhere, the greatest whole
 * nanosecond below each power of two, so that "le", which includes its edge, is exact.
 */
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "named.h"
#include "options.h"
#include "view.h"

#define EDGE_LEAST 7 /* 127 ns */
#define EDGE_MOST 36 /* 69 s */
#define NAME_SIZE 128
#define FAMILIES_MAX 512

enum kind { KIND_GAUGE, KIND_COUNTER, KIND_HISTOGRAM, KIND_INFO };

struct sample {
	char *labels; /* without the braces */
	char *text;   /* its lines */
};

struct family {
	char name[NAME_SIZE]; /* without _total */
	const char *unit;     /* NULL: none */
	char help[256];
	enum kind kind;
	struct sample *sample;
	size_t samples;
	size_t room;
};

struct state {
	struct family *family;
	unsigned int families;
	__u64 last_ns; /* the latest date of a session: that of the input */
};

static bool is_open(const struct writer *writer)
{
	return !strcmp(writer->name, "openmetrics");
}

/*
 * Labels
 */

static void put_label_value(FILE *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			fputc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			fputc(*value, out);
	}
}

static void put_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s%s=\"", ftell(out) ? "," : "", name);
	put_label_value(out, value);
	fputc('"', out);
}

static void put_cells(FILE *out, const struct table_kind *kind, const struct cell *cells, bool all)
{
	char value[NAMED_VALUE];

	for (unsigned int i = 0; i < kind->columns; i++) {
		const struct column *column = &kind->column[i];

		if ((column->is_label || (all && named_is_text(column->kind))) && cells[i].known &&
		    strcmp(column->name, "board"))
			put_label(out, column->name, named_value(value, column->kind, &cells[i]));
	}
}

/* The labels that all samples of @session have, and those of @cells; the caller frees them. */
static char *make_labels(struct writer *writer, const struct session *session, unsigned int probe,
			 const char *scope, const struct table_kind *kind, const struct cell *cells)
{
	char board[NAMED_BOARD], name[VIEW_NAME], number[16], *labels = NULL;
	size_t length;
	FILE *out = open_memstream(&labels, &length);

	if (!out)
		return NULL;
	if (session) {
		snprintf(number, sizeof(number), "%u", session->number);
		put_label(out, "board", named_board(board, session));
		put_label(out, "session", number);
	}
	if (probe)
		put_label(out, "probe", view_name(name, probe));
	if (scope)
		put_label(out, "scope", scope);
	if (kind && cells)
		put_cells(out, kind, cells, false);
	writer_text_end(writer, out, &labels);
	return labels;
}

/*
 * Families
 */

static struct family *find_family(struct writer *writer, const char *name, enum kind kind,
				  const char *unit, const char *help)
{
	struct state *state = writer->state;
	struct family *family;

	for (unsigned int i = 0; i < state->families; i++)
		if (!strcmp(state->family[i].name, name))
			return &state->family[i];
	if (state->families == FAMILIES_MAX)
		return NULL;
	family = &state->family[state->families++];
	snprintf(family->name, sizeof(family->name), "%s", name);
	snprintf(family->help, sizeof(family->help), "%s", help);
	family->kind = kind;
	family->unit = unit;
	return family;
}

/* Takes @labels and @text away. */
static void add(struct writer *writer, struct family *family, char *labels, char *text)
{
	if (family && family->samples == family->room) {
		size_t room = family->room ? 2 * family->room : 8;
		struct sample *more = realloc(family->sample, room * sizeof(*more));

		if (more) {
			family->sample = more;
			family->room = room;
		}
	}
	if (!family || !labels || !text || family->samples == family->room) {
		writer_lacks_memory(writer);
		free(labels);
		free(text);
		return;
	}
	family->sample[family->samples++] = (struct sample) { labels, text };
}

/*
 * Values
 */

static void put_seconds(FILE *out, u128 ns)
{
	fprintf(out, "%llu.%09llu", (__u64)(ns / NS_PER_SEC), (__u64)(ns % NS_PER_SEC));
}

/* Files are dated: they can be loaded long after.  What is listened to is of now. */
static void put_date(FILE *out, const struct writer *writer, const struct session *session)
{
	struct state *state = writer->state;
	__u64 realtime_ns = state->last_ns;

	if (session && !clock_realtime(session_clock(session), session->last_ns, &realtime_ns))
		realtime_ns = 0;
	if (realtime_ns > state->last_ns)
		state->last_ns = realtime_ns;
	if (realtime_ns && is_open(writer) && !writer->is_lent && !writer->options->listen) {
		fputc(' ', out);
		put_seconds(out, realtime_ns);
	}
	fputc('\n', out);
}

static void put_value(FILE *out, const struct session *session, enum cell_kind kind,
		      const struct cell *cell)
{
	__u64 realtime_ns = 0;

	if (kind == CELL_REAL) {
		fprintf(out, "%.9Lg", cell->real);
	} else if (kind == CELL_DURATION) {
		put_seconds(out, cell->number);
	} else if (kind == CELL_TIME) {
		clock_realtime(session_clock(session), cell->number, &realtime_ns);
		put_seconds(out, realtime_ns);
	} else {
		fprintf(out, "%llu", cell->number);
	}
}

static char *make_value(struct writer *writer, const struct session *session,
			const struct family *family, const char *labels, enum cell_kind kind,
			const struct cell *cell)
{
	size_t length;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	fprintf(out, "%s%s%s%s%s ", family->name, family->kind == KIND_COUNTER ? "_total" : "",
		*labels ? "{" : "", labels, *labels ? "}" : "");
	put_value(out, session, kind, cell);
	put_date(out, writer, session);
	writer_text_end(writer, out, &text);
	return text;
}

static void put_bucket(FILE *out, const struct writer *writer, const struct session *session,
		       const char *name, const char *labels, unsigned int edge, __u64 count)
{
	fprintf(out, "%s_bucket{%s,le=\"", name, labels);
	if (edge > EDGE_MOST)
		fputs("+Inf", out);
	else
		put_seconds(out, (1ULL << edge) - 1);
	fprintf(out, "\"} %llu", count);
	put_date(out, writer, session);
}

static char *make_histogram(struct writer *writer, const struct session *session, const char *name,
			    const char *labels, const struct figures *figures,
			    const struct histogram *buckets)
{
	__u64 below = 0;
	__u32 bucket = 0;
	size_t length;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (unsigned int edge = EDGE_LEAST; edge <= EDGE_MOST + 1; edge++) {
		while (bucket < H2_BUCKETS && (edge > EDGE_MOST || h2_upper(bucket) < 1ULL << edge))
			below += buckets->count[bucket++];
		put_bucket(out, writer, session, name, labels, edge, below);
	}
	if (figures->has_sum) {
		fprintf(out, "%s_sum{%s} ", name, labels);
		put_seconds(out, figures->sum_ns);
		put_date(out, writer, session);
	}
	fprintf(out, "%s_count{%s} %llu", name, labels, below);
	put_date(out, writer, session);
	writer_text_end(writer, out, &text);
	return text;
}

/*
 * What is told
 */

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct figures figures = figures_of(distribution->buckets, distribution->moments);
	char name[NAME_SIZE], probe[VIEW_NAME], *labels;
	struct family *family;

	if (distribution->is_step || !view_entries[distribution->probe].name)
		return;
	snprintf(name, sizeof(name), "tarsier_%s_seconds", view_name(probe, distribution->probe));
	family = find_family(writer, name, KIND_HISTOGRAM, "seconds",
			     view_entries[distribution->probe].summary);
	labels = make_labels(writer, session, 0, distribution->kind->name, distribution->kind,
			     distribution->label);
	add(writer, family, labels,
	    labels ? make_histogram(writer, session, name, labels, &figures, distribution->buckets)
		   : NULL);
}

static const char *unit_of(enum cell_kind kind)
{
	return kind == CELL_DURATION || kind == CELL_TIME ? "seconds"
	       : kind == CELL_BYTES			  ? "bytes"
							  : NULL;
}

static bool is_dated(const struct session *session, const struct cell *cell)
{
	__u64 realtime_ns;

	return session && clock_realtime(session_clock(session), cell->number, &realtime_ns);
}

/* Its labels are those of tarsier_session_info, to be joined by board and session. */
static bool is_session(const struct row *row)
{
	return !strcmp(row->kind->name, "sessions");
}

static void put_column(struct writer *writer, const struct session *session, const struct row *row,
		       unsigned int i)
{
	const struct column *column = &row->kind->column[i];
	const char *unit = unit_of(column->kind);
	char name[NAME_SIZE], help[256], *labels;
	struct family *family;

	if (column->is_label || named_is_text(column->kind) || !row->cell[i].known ||
	    (column->kind == CELL_TIME && !is_dated(session, &row->cell[i])))
		return;
	snprintf(name, sizeof(name), "tarsier_%s_%s%s%s%s", row->kind->name, column->name,
		 column->kind == CELL_TIME ? "_timestamp" : "", unit ? "_" : "", unit ? unit : "");
	snprintf(help, sizeof(help), "%s: %s", row->kind->summary, column->help);
	family = find_family(writer, name, KIND_GAUGE, unit, help);
	labels = make_labels(writer, session, row->kind->probe, NULL, row->kind,
			     is_session(row) ? NULL : row->cell);
	add(writer, family, labels,
	    labels && family
		    ? make_value(writer, session, family, labels, column->kind, &row->cell[i])
		    : NULL);
}

/* The ledger's columns are what Prometheus calls counters. */
static void put_ledger(struct writer *writer, const struct session *session, const struct row *row)
{
	struct family *family = find_family(writer, "tarsier_events", KIND_COUNTER, NULL,
					    "what the board says became of every event");
	const struct cell cell = cell_number(named_number(row, "events"));
	char *labels = make_labels(writer, session, 0, NULL, row->kind, row->cell);
	char *whole = NULL;

	if (labels && asprintf(&whole, "%s,lost=\"%s\"", labels,
			       named_number(row, "lost") ? "true" : "false") < 0)
		whole = NULL;
	free(labels);
	add(writer, family, whole,
	    whole && family ? make_value(writer, session, family, whole, CELL_COUNT, &cell) : NULL);
}

/* What a board's session is called, for a join by board and session. */
static void put_info(struct writer *writer, const struct session *session, const struct row *row)
{
	const char *name = is_open(writer) ? "tarsier_session" : "tarsier_session_info";
	struct family *family =
		find_family(writer, name, KIND_INFO, NULL, "one run of the collector on one board");
	char *labels = make_labels(writer, session, 0, NULL, NULL, NULL), *text = NULL;
	size_t length;
	FILE *out = labels ? open_memstream(&text, &length) : NULL;

	if (out) {
		fprintf(out, "tarsier_session_info{%s", labels);
		put_cells(out, row->kind, row->cell, true);
		fputs("} 1", out);
		put_date(out, writer, session);
		writer_text_end(writer, out, &text);
	}
	add(writer, family, labels, text);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	if (row->is_step || !strcmp(row->kind->name, "longest"))
		return;
	if (!strcmp(row->kind->name, "ledger")) {
		put_ledger(writer, session, row);
		return;
	}
	if (is_session(row))
		put_info(writer, session, row);
	for (unsigned int i = 0; i < row->kind->columns; i++)
		put_column(writer, session, row, i);
}

/*
 * All of it
 */

static void put_heading(const struct writer *writer, const struct family *family)
{
	static const char *const kinds[] = { "gauge", "counter", "histogram", "info" };
	bool open = is_open(writer);
	const char *kind = family->kind == KIND_INFO && !open ? "gauge" : kinds[family->kind];
	const char *tail = family->kind == KIND_COUNTER && !open ? "_total" : "";

	fprintf(writer->out, "# TYPE %s%s %s\n", family->name, tail, kind);
	if (family->unit && open)
		fprintf(writer->out, "# UNIT %s %s\n", family->name, family->unit);
	fprintf(writer->out, "# HELP %s%s ", family->name, tail);
	put_label_value(writer->out, family->help);
	fputc('\n', writer->out);
}

static int compare(const void *left, const void *right)
{
	const struct sample *one = left, *two = right;
	int order = strcmp(one->labels, two->labels);

	return order ? order : strcmp(one->text, two->text);
}

/* Of samples with the same labels, which no reader takes, one. */
static void put_family(const struct writer *writer, const struct family *family)
{
	qsort(family->sample, family->samples, sizeof(*family->sample), compare);
	put_heading(writer, family);
	for (size_t i = 0; i < family->samples; i++)
		if (i + 1 == family->samples ||
		    strcmp(family->sample[i].labels, family->sample[i + 1].labels))
			fputs(family->sample[i].text, writer->out);
}

static bool begin(struct writer *writer)
{
	struct state *state = writer->state;

	state->family = calloc(FAMILIES_MAX, sizeof(*state->family));
	if (!state->family)
		writer_lacks_memory(writer);
	return state->family;
}

static void end(struct writer *writer, bool clean)
{
	const struct state *state = writer->state;

	(void)clean; /* tarsier_input_clean says so */
	for (unsigned int i = 0; i < state->families; i++)
		if (state->family[i].samples)
			put_family(writer, &state->family[i]);
	if (is_open(writer))
		fputs("# EOF\n", writer->out);
}

static void close_state(struct writer *writer)
{
	struct state *state = writer->state;

	for (unsigned int i = 0; i < state->families; i++) {
		struct family *family = &state->family[i];

		for (size_t j = 0; j < family->samples; j++) {
			free(family->sample[j].labels);
			free(family->sample[j].text);
		}
		free(family->sample);
	}
	free(state->family);
}

const struct format format_openmetrics = {
	.suffix = ".om",
	.takes = WRITES_REPORT,
	.size = sizeof(struct state),
	.begin = begin,
	.row = row,
	.distribution = distribution,
	.end = end,
	.close = close_state,
};

const struct format format_prometheus = {
	.suffix = ".prom",
	.takes = WRITES_REPORT,
	.size = sizeof(struct state),
	.begin = begin,
	.row = row,
	.distribution = distribution,
	.end = end,
	.close = close_state,
};
