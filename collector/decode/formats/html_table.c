// SPDX-License-Identifier: GPL-2.0-or-later
/* html_table - the rows of a report as tables of a page */
#include "html_table.h"

#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "markup.h"
#include "named.h"
#include "options.h"

/* A page stays readable, and small. */
#define ROWS_MAX 500

struct html_table {
	unsigned int session;
	unsigned int probe;
	const char *name;
	const char *summary;
	FILE *out;
	char *text;
	size_t length;
	unsigned int rows;
	unsigned int left_out;
};

static bool is_number(enum cell_kind kind)
{
	return !named_is_text(kind) && kind != CELL_FLAG && kind != CELL_TIME;
}

static void put_heading_cell(FILE *out, const struct column *column)
{
	const char *unit = column->kind == CELL_DURATION ? " (us)"
			   : column->kind == CELL_BYTES	 ? " (bytes)"
							 : "";

	fprintf(out, "<th scope=\"col\"%s title=\"", is_number(column->kind) ? " class=\"n\"" : "");
	markup(out, column->help);
	fputs("\">", out);
	for (const char *at = column->name; *at; at++)
		fputc(*at == '_' ? ' ' : *at, out);
	fprintf(out, "%s</th>", unit);
}

static void put_value(FILE *out, const struct session *session, enum cell_kind kind,
		      const struct cell *cell)
{
	char value[NAMED_VALUE], date[TEXT_TIME];

	if (!cell->known)
		return;
	if (kind == CELL_DURATION)
		fputs(text_ns(date, cell->number, unit_find("us")), out);
	else if (kind == CELL_TIME && session)
		fputs(clock_date(date, session_clock(session), cell->number), out);
	else if (kind == CELL_FLAG)
		fputs(cell->number ? "yes" : "no", out);
	else if (kind == CELL_REAL)
		fprintf(out, "%.6Lg", cell->real);
	else
		markup(out, named_escaped(value, kind, cell));
}

static struct html_table *find(struct html_tables *tables, const struct session *session,
			       const struct row *row)
{
	unsigned int number = session ? session->number : 0;
	struct html_table *table, **more;

	for (unsigned int i = 0; i < tables->count; i++) {
		table = tables->table[i];
		if (table->session == number && table->probe == row->kind->probe &&
		    !strcmp(table->name, row->kind->name))
			return table;
	}
	table = malloc(sizeof(*table));
	more = realloc(tables->table, (tables->count + 1) * sizeof(*more));
	if (more)
		tables->table = more;
	if (!more || !table) {
		free(table);
		return NULL;
	}
	tables->table[tables->count++] = table;
	*table = (struct html_table) {
		.session = number,
		.probe = row->kind->probe,
		.name = row->kind->name,
		.summary = row->kind->summary,
	};
	return table;
}

static bool begin(struct html_table *table, const struct table_kind *kind)
{
	table->out = open_memstream(&table->text, &table->length);
	if (!table->out)
		return false;
	fputs("<thead><tr>", table->out);
	for (unsigned int i = 0; i < kind->columns; i++)
		put_heading_cell(table->out, &kind->column[i]);
	fputs("</tr></thead>\n<tbody>\n", table->out);
	return true;
}

void html_tables_take(struct html_tables *tables, struct writer *writer,
		      const struct session *session, const struct row *row)
{
	struct html_table *table = find(tables, session, row);
	bool lost = named_number(row, "lost") && named_number(row, "events");

	if (!table || (!table->out && !begin(table, row->kind))) {
		writer_lacks_memory(writer);
		return;
	}
	if (table->rows == ROWS_MAX) {
		table->left_out++;
		return;
	}
	table->rows++;
	fputs(lost ? "<tr class=\"lost\">" : "<tr>", table->out);
	for (unsigned int i = 0; i < row->kind->columns; i++) {
		fputs(is_number(row->kind->column[i].kind) ? "<td class=\"n\">" : "<td>",
		      table->out);
		put_value(table->out, session, row->kind->column[i].kind, &row->cell[i]);
		fputs("</td>", table->out);
	}
	fputs("</tr>\n", table->out);
}

void html_tables_end(struct html_tables *tables, struct writer *writer)
{
	for (unsigned int i = 0; i < tables->count; i++) {
		struct html_table *table = tables->table[i];

		if (table->out)
			writer_text_end(writer, table->out, &table->text);
		table->out = NULL;
	}
}

void html_tables_release(struct html_tables *tables)
{
	for (unsigned int i = 0; i < tables->count; i++) {
		if (tables->table[i]->out)
			fclose(tables->table[i]->out);
		free(tables->table[i]->text);
		free(tables->table[i]);
	}
	free(tables->table);
	*tables = (struct html_tables) { 0 };
}

static void put_table(FILE *out, const struct html_table *table)
{
	if (!table->text)
		return;
	fputs("<div class=\"wide\"><table class=\"sortable\"><caption>", out);
	markup(out, table->summary);
	fputs("</caption>\n", out);
	fwrite(table->text, 1, table->length, out);
	fputs("</tbody></table></div>\n", out);
	if (table->left_out)
		fprintf(out, "<p class=\"note\">%u more rows are not shown.</p>\n",
			table->left_out);
}

void html_tables_put(const struct html_tables *tables, FILE *out, unsigned int session,
		     unsigned int probe)
{
	for (unsigned int i = 0; i < tables->count; i++)
		if (tables->table[i]->session == session && tables->table[i]->probe == probe)
			put_table(out, tables->table[i]);
}

bool html_tables_has(const struct html_tables *tables, unsigned int session, unsigned int probe)
{
	for (unsigned int i = 0; i < tables->count; i++)
		if (tables->table[i]->session == session && tables->table[i]->probe == probe)
			return true;
	return false;
}

void html_facts(FILE *out, const struct session *session, const struct row *row)
{
	char seconds[TEXT_TIME];

	fputs("<dl>\n", out);
	for (unsigned int i = 0; i < row->kind->columns; i++) {
		const struct column *column = &row->kind->column[i];

		if (!row->cell[i].known)
			continue;
		fputs("<div><dt title=\"", out);
		markup(out, column->help);
		fputs("\">", out);
		for (const char *at = column->name; *at; at++)
			fputc(*at == '_' ? ' ' : *at, out);
		fputs("</dt><dd>", out);
		if (column->kind == CELL_DURATION)
			fputs(text_seconds(seconds, row->cell[i].number), out);
		else
			put_value(out, session, column->kind, &row->cell[i]);
		fputs("</dd></div>\n", out);
	}
	fputs("</dl>\n", out);
}

static void put_ns(FILE *out, bool known, __u64 ns)
{
	char text[TEXT_NUMBER];

	fprintf(out, "<td class=\"n\">%s</td>", known ? text_ns(text, ns, unit_find("us")) : "");
}

static void put_figures(FILE *out, const struct plotted *subject)
{
	struct figures figures = figures_of(&subject->buckets, &subject->moments);

	fputs("<tr><td>", out);
	markup(out, *subject->labels ? subject->labels : "all");
	fprintf(out, "</td><td class=\"n\">%llu</td>", figures.count);
	fprintf(out, figures.has_mean ? "<td class=\"n\">%.3Lf</td>" : "<td></td>",
		figures.mean_ns / 1e3L);
	fprintf(out, figures.has_variance ? "<td class=\"n\">%.3Lf</td>" : "<td></td>",
		figures.deviation_ns / 1e3L);
	put_ns(out, figures.has_min, figures.min_ns);
	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++)
		put_ns(out, figures.count, figures.percentile_ns[i]);
	put_ns(out, figures.has_max, figures.max_ns);
	fputs("</tr>\n", out);
}

static void put_head(FILE *out, const char *before, const char *name)
{
	fprintf(out, "<th scope=\"col\" class=\"n\">%s%s</th>", before, name);
}

void html_figures(FILE *out, struct plotted *const *subjects, unsigned int number)
{
	fputs("<div class=\"wide\"><table class=\"sortable\"><caption>microseconds; ", out);
	fputs(FIGURES_BOUND, out);
	fputs("</caption>\n<thead><tr><th scope=\"col\">of</th>", out);
	put_head(out, "", "count");
	put_head(out, "", "mean");
	put_head(out, "", "standard deviation");
	put_head(out, "", "min");
	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++)
		put_head(out, "p", figures_percentiles[i].name);
	put_head(out, "", "max");
	fputs("</tr></thead>\n<tbody>\n", out);
	for (unsigned int i = 0; i < number; i++)
		put_figures(out, subjects[i]);
	fputs("</tbody></table></div>\n", out);
}
