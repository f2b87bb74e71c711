// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * jsonl - JSON Lines: an object a line, whose "type" is "event", "distribution" or the name of the table
 */
#include "json_line.h"
#include "json_value.h"
#include "session.h"

static void line(struct writer *writer, const struct session *session, const char *type,
		 json_t *value)
{
	json_object_set_new(value, "type", json_string(type));
	if (session)
		json_object_set_new(value, "session", json_integer(session->number));
	json_dumpf(value, writer->out, JSON_COMPACT);
	fputc('\n', writer->out);
	json_decref(value);
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	json_print_event(writer->out, session, event);
	fputc('\n', writer->out);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	line(writer, session, row->kind->name, json_of_row(session, row));
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	line(writer, session, "distribution", json_of_distribution(session, distribution));
}

static bool begin(struct writer *writer)
{
	(void)writer;
	json_begin();
	return true;
}

static void end(struct writer *writer, bool clean)
{
	(void)clean;
	json_end(writer);
}

const struct format format_jsonl = {
	.suffix = ".jsonl",
	.takes = WRITES_REPORT | WRITES_EVENTS,
	.begin = begin,
	.event = event,
	.row = row,
	.distribution = distribution,
	.end = end,
};
