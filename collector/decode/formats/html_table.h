/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html_table.h - the rows of a report as tables of a page */
#ifndef TARSIER_DECODE_HTML_TABLE_H
#define TARSIER_DECODE_HTML_TABLE_H

#include "collect.h"
#include "session.h"
#include "writer.h"

/* The tables of all sessions, and of the input. */
struct html_tables {
	struct html_table **table;
	unsigned int count;
};

void html_tables_take(struct html_tables *tables, struct writer *writer,
		      const struct session *session, const struct row *row);
/* No more rows come. */
void html_tables_end(struct html_tables *tables, struct writer *writer);
void html_tables_release(struct html_tables *tables);

/* Those of @session (0: the input's) and @probe (0: of none), in the order in which they came. */
void html_tables_put(const struct html_tables *tables, FILE *out, unsigned int session,
		     unsigned int probe);

bool html_tables_has(const struct html_tables *tables, unsigned int session, unsigned int probe);

/* A row of names and values, one below the other. */
void html_facts(FILE *out, const struct session *session, const struct row *row);

/* The figures of those of @number subjects that are of @session and @probe. */
void html_figures(FILE *out, struct plotted *const *subjects, unsigned int number);

#endif
