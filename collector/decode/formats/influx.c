// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * influx - InfluxDB's line protocol, for Grafana
 *
 * What says what a point is about is a tag, the rest are fields.  Points with the same tags at the
 * same time would replace each other: a table's row has the time of its end, an event its own.
 * Text is that of text_escape(), because a tag cannot hold a line break or end in a backslash.
 */
#include <stdint.h>
#include <string.h>

#include "figures.h"
#include "losses.h"
#include "named.h"
#include "view.h"

struct state {
	struct losses losses;
	__u64 clipped;	/* counts beyond 2^63-1 */
	__u64 undated;	/* points of a session whose clock is unknown */
	__u64 unplaced; /* points after 2262 */
	bool any_field;
};

/* Measurements, tags and keys: what separates them needs a backslash. */
static void put_name(FILE *out, const char *name)
{
	for (; *name; name++) {
		if (*name == ',' || *name == ' ' || *name == '=')
			fputc('\\', out);
		fputc(*name, out);
	}
}

static void put_tag(FILE *out, const char *name, const char *value)
{
	if (!*value)
		return;
	fprintf(out, ",%s=", name);
	put_name(out, value);
}

static void put_string(FILE *out, const char *value)
{
	fputc('"', out);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', out);
		fputc(*value, out);
	}
	fputc('"', out);
}

/* The comma or space before a field, and its key. */
static void put_key(struct writer *writer, const char *key)
{
	struct state *state = writer->state;

	fputc(state->any_field ? ',' : ' ', writer->out);
	fprintf(writer->out, "%s=", key);
	state->any_field = true;
}

static void put_integer(struct writer *writer, const char *key, __u64 number)
{
	struct state *state = writer->state;

	put_key(writer, key);
	state->clipped += number > INT64_MAX;
	fprintf(writer->out, "%llui", number > INT64_MAX ? (__u64)INT64_MAX : number);
}

static void put_real(struct writer *writer, const char *key, bool known, long double real)
{
	if (!known)
		return;
	put_key(writer, key);
	fprintf(writer->out, "%.9Lg", real);
}

static void put_field(struct writer *writer, const struct column *column, const struct cell *cell)
{
	char key[NAMED_KEY], value[NAMED_VALUE];

	named_key(key, column);
	if (!cell->known) {
		return;
	} else if (named_is_text(column->kind)) {
		put_key(writer, key);
		put_string(writer->out, named_escaped(value, column->kind, cell));
	} else if (column->kind == CELL_REAL) {
		put_real(writer, key, true, cell->real);
	} else if (column->kind == CELL_FLAG) {
		put_key(writer, key);
		fputs(cell->number ? "true" : "false", writer->out);
	} else {
		put_integer(writer, key, cell->number);
	}
}

/* When @session's clock showed @boot_ns; since its boot where that is unknown. */
static __u64 date(struct writer *writer, const struct session *session, __u64 boot_ns)
{
	struct state *state = writer->state;
	__u64 realtime_ns = boot_ns;

	if (!clock_realtime(session_clock(session), boot_ns, &realtime_ns))
		state->undated++;
	return realtime_ns;
}

/* False: there is no place for it in InfluxDB's time. */
static bool begin_point(struct writer *writer, const struct session *session, const char *table,
			__u64 boot_ns)
{
	struct state *state = writer->state;
	char board[NAMED_BOARD], number[16];

	if (date(writer, session, boot_ns) >= INT64_MAX) {
		state->unplaced++;
		return false;
	}
	state->any_field = false;
	fputs("tarsier_", writer->out);
	put_name(writer->out, table);
	snprintf(number, sizeof(number), "%u", session->number);
	put_tag(writer->out, "board", named_board(board, session));
	put_tag(writer->out, "session", number);
	return true;
}

static void end_point(struct writer *writer, const struct session *session, __u64 boot_ns)
{
	struct state *state = writer->state;

	if (!state->any_field)
		put_integer(writer, "known", 0);
	fprintf(writer->out, " %llu\n", date(writer, session, boot_ns));
}

static void put_tags(struct writer *writer, const struct table_kind *kind, const struct cell *cells)
{
	char value[NAMED_VALUE];

	for (unsigned int i = 0; i < kind->columns; i++)
		if (kind->column[i].is_label && cells[i].known &&
		    strcmp(kind->column[i].name, "board"))
			put_tag(writer->out, kind->column[i].name,
				named_escaped(value, kind->column[i].kind, &cells[i]));
}

static void put_probe(struct writer *writer, unsigned int probe)
{
	char name[VIEW_NAME];

	if (probe)
		put_tag(writer->out, "probe", view_name(name, probe));
}

/* Threads come and go: as tags each of their numbers would be a series for ever. */
static bool is_tag_of_event(const struct column *column)
{
	return !strcmp(column->name, "cpu") || !strcmp(column->name, "comm");
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	const struct table_kind *kind = event->kind;
	char value[NAMED_VALUE];

	if (!begin_point(writer, session, kind->name, event->time_ns))
		return;
	put_probe(writer, kind->probe);
	for (unsigned int i = 0; i < kind->columns; i++)
		if (is_tag_of_event(&kind->column[i]) && event->cell[i].known)
			put_tag(writer->out, kind->column[i].name,
				named_escaped(value, kind->column[i].kind, &event->cell[i]));
	for (unsigned int i = 0; i < kind->columns; i++)
		if (!is_tag_of_event(&kind->column[i]))
			put_field(writer, &kind->column[i], &event->cell[i]);
	end_point(writer, session, event->time_ns);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;

	losses_row(&state->losses, session, row);
	/* the longest are the same as the events, but for their time, which no row has */
	if (!session || !strcmp(row->kind->name, "longest") ||
	    !begin_point(writer, session, row->kind->name, row->to_ns))
		return;
	put_probe(writer, row->kind->probe);
	put_tags(writer, row->kind, row->cell);
	if (row->kind->probe)
		put_tag(writer->out, "step", row->is_step ? "true" : "false");
	for (unsigned int i = 0; i < row->kind->columns; i++)
		if (!row->kind->column[i].is_label)
			put_field(writer, &row->kind->column[i], &row->cell[i]);
	end_point(writer, session, row->to_ns);
}

static bool begin_distribution(struct writer *writer, const struct session *session,
			       const struct distribution *distribution, const char *table)
{
	if (!begin_point(writer, session, table, distribution->to_ns))
		return false;
	put_probe(writer, distribution->probe);
	put_tag(writer->out, "scope", distribution->kind->name);
	put_tags(writer, distribution->kind, distribution->label);
	put_tag(writer->out, "step", distribution->is_step ? "true" : "false");
	return true;
}

static void put_figures(struct writer *writer, const struct distribution *distribution)
{
	struct figures figures = figures_of(distribution->buckets, distribution->moments);
	char key[16];

	put_integer(writer, "count", figures.count);
	put_integer(writer, "missing", distribution->missing);
	put_real(writer, "mean_ns", figures.has_mean, figures.mean_ns);
	put_real(writer, "stddev_ns", figures.has_variance, figures.deviation_ns);
	if (figures.has_min)
		put_integer(writer, "min_ns", figures.min_ns);
	if (figures.has_max)
		put_integer(writer, "max_ns", figures.max_ns);
	for (unsigned int i = 0; figures.count && i < FIGURES_PERCENTILES; i++) {
		snprintf(key, sizeof(key), "%s_ns", figures_percentiles[i].word);
		put_integer(writer, key, figures.percentile_ns[i]);
	}
}

/* A point for each power of two, as a heat map wants them. */
static void put_buckets(struct writer *writer, const struct session *session,
			const struct distribution *distribution)
{
	__u64 rows[LOG2_ROWS];
	char edge[24];

	histogram_log2(distribution->buckets, 1, rows);
	for (unsigned int i = 0; i < LOG2_ROWS; i++) {
		if (!rows[i] ||
		    !begin_distribution(writer, session, distribution, "distribution_buckets"))
			continue;
		snprintf(edge, sizeof(edge), "%llu", i < 63 ? (2ULL << i) - 1 : ~0ULL);
		put_tag(writer->out, "le_ns", edge);
		put_integer(writer, "count", rows[i]);
		end_point(writer, session, distribution->to_ns);
	}
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct state *state = writer->state;

	losses_distribution(&state->losses, session, distribution);
	if (!begin_distribution(writer, session, distribution, "distributions"))
		return;
	put_figures(writer, distribution);
	end_point(writer, session, distribution->to_ns);
	put_buckets(writer, session, distribution);
}

static bool begin(struct writer *writer)
{
	if (writer->wants & WRITES_REPORT)
		fputs("# " FIGURES_BOUND "\n", writer->out);
	return true;
}

static void note(const struct writer *writer, __u64 number, const char *what)
{
	if (number)
		fprintf(writer->out, "# %llu %s\n", number, what);
}

static void end(struct writer *writer, bool clean)
{
	struct state *state = writer->state;

	losses_end(&state->losses, writer, clean);
	losses_print(&state->losses, writer->out, "# ");
	note(writer, state->clipped, "numbers beyond 2^63-1, shown as that");
	note(writer, state->undated,
	     "dates of a board whose clock is unknown: time since its boot");
	note(writer, state->unplaced, "points left out: their time is beyond what InfluxDB has");
}

static void close_state(struct writer *writer)
{
	losses_release(&((struct state *)writer->state)->losses);
}

const struct format format_influx = {
	.suffix = ".lp",
	.takes = WRITES_REPORT | WRITES_EVENTS,
	.size = sizeof(struct state),
	.begin = begin,
	.event = event,
	.row = row,
	.distribution = distribution,
	.end = end,
	.close = close_state,
};
