/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - rows that views print as records come, under the heading they belong to
 *
 * As long as rows come from one session its name stands above them.  From the first row of another
 * one on, each row begins with the number of its session.
 */
#ifndef TARSIER_DECODE_TABLE_H
#define TARSIER_DECODE_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "probes.h"

#define TABLE_HEADING_MAX 160
#define TABLE_OWN_COST 0 /* in place of a probe: rows about the collector itself */

struct session;

struct table {
	FILE *out;
	const struct session *session; /* of the last row; NULL: no row yet */
	enum probe_id probe;
	bool many; /* rows of several sessions */
	char heading[TABLE_HEADING_MAX];
	const char *heading_from; /* of the last row, perhaps gone: to be compared, not read */
};

void table_init(struct table *table, FILE *out);

/* The view of @probe is about to print a row for @session below @heading, to table->out. */
void table_row(struct table *table, struct session *session, enum probe_id probe,
	       const char *heading);

/*
 * The view of @probe is about to print something else for @session: a heading of which this is the
 * beginning, without the end of the line, and what belongs to it.  Returns where it goes.
 */
FILE *table_block(struct table *table, struct session *session, enum probe_id probe);

/* No more rows for now: something else follows. */
void table_end(struct table *table);

#endif
