// SPDX-License-Identifier: GPL-2.0-or-later
/* table - rows that views print as records come, under the heading they belong to */
#include "table.h"

#include <string.h>

#include "session.h"
#include "view.h"

void table_init(struct table *table, FILE *out)
{
	*table = (struct table) { .out = out };
}

static const char *title(enum probe_id probe)
{
	return probe == TABLE_OWN_COST ? "own cost" : view_entries[probe].name;
}

static void print_heading(struct table *table, struct session *session, const char *heading)
{
	if (table->session)
		fputc('\n', table->out);
	fputs(title(table->probe), table->out);
	if (!table->many || !session->in_table) {
		fprintf(table->out, ", session %u, ", session->number);
		session_print_board(session, table->out);
	}
	fprintf(table->out, ":\n%s%s\n", table->many ? "SESSION " : "", heading);
	session->in_table = true;
	snprintf(table->heading, sizeof(table->heading), "%s", heading);
}

void table_row(struct table *table, struct session *session, enum probe_id probe,
	       const char *heading)
{
	bool is_second = !table->many && table->session && table->session != session;
	bool other = table->probe != probe ||
		     (table->heading_from != heading && strcmp(table->heading, heading) != 0);

	table->many |= is_second;
	table->probe = probe;
	if (!session->in_table || is_second || other)
		print_heading(table, session, heading);
	table->session = session;
	table->heading_from = heading;
	if (table->many)
		fprintf(table->out, "%-7u ", session->number);
}

FILE *table_block(struct table *table, struct session *session, enum probe_id probe)
{
	if (table->session)
		fputc('\n', table->out);
	fprintf(table->out, "%s, session %u, ", view_entries[probe].name, session->number);
	session_print_board(session, table->out);
	table->session = session;
	table->heading[0] = '\0'; /* the next row gets its own again */
	table->heading_from = NULL;
	return table->out;
}

void table_end(struct table *table)
{
	if (table->session)
		fputc('\n', table->out);
	table->session = NULL;
	table->heading[0] = '\0';
	table->heading_from = NULL;
}
