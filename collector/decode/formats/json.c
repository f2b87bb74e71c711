// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json - one JSON document: {"tarsier", "timeline": [], "sessions": [], "input", "damage", "clean"}
 *
 * The time line holds single events and steps in the order in which they were read.  A session has
 * what its row in the sessions table says, an array for each table, and "distributions".
 */
#include "json_line.h"
#include "json_value.h"
#include "options.h"

struct state {
	json_t *session; /* the open one; NULL: none is */
	json_t *input;	 /* from the first row that is of the input on */
	bool any_on_line;
	bool any_session;
	bool line_ended;
};

static bool begin(struct writer *writer)
{
	json_begin();
	fprintf(writer->out,
		"{\"tarsier\": {\"version\": \"%s\", \"schema\": %d},\n\"timeline\": [",
		TARSIER_VERSION, JSON_SCHEMA);
	return true;
}

static void begin_value(struct writer *writer, bool *any)
{
	fputs(*any ? ",\n" : "\n", writer->out);
	*any = true;
}

static void dump(struct writer *writer, json_t *value, bool *any)
{
	begin_value(writer, any);
	json_dumpf(value, writer->out, JSON_COMPACT);
	json_decref(value);
}

static void on_line(struct writer *writer, const char *type, json_t *value)
{
	struct state *state = writer->state;

	json_object_set_new(value, "type", json_string(type));
	dump(writer, value, &state->any_on_line);
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	struct state *state = writer->state;

	begin_value(writer, &state->any_on_line);
	json_print_event(writer->out, session, event);
}

static void end_line(struct writer *writer)
{
	struct state *state = writer->state;

	if (!state->line_ended)
		fputs("],\n\"sessions\": [", writer->out);
	state->line_ended = true;
}

static void session(struct writer *writer, const struct session *session)
{
	struct state *state = writer->state;

	(void)session;
	end_line(writer);
	state->session = json_object();
}

/* To the array of that name. */
static void append(json_t *object, const char *name, json_t *value)
{
	json_t *array = json_object_get(object, name);

	if (!array) {
		array = json_array();
		json_object_set_new(object, name, array);
	}
	json_array_append_new(array, value);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;
	json_t *value = json_of_row(session, row);

	if (!session && !state->input)
		state->input = json_object();
	if (!session)
		append(state->input, row->kind->name, value);
	else if (row->is_step)
		on_line(writer, row->kind->name, value);
	else
		append(state->session, row->kind->name, value);
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct state *state = writer->state;
	json_t *value = json_of_distribution(session, distribution);

	if (distribution->is_step)
		on_line(writer, "distribution", value);
	else
		append(state->session, "distributions", value);
}

/* The row that the table of sessions would have is the session itself. */
static void session_end(struct writer *writer, const struct session *session)
{
	struct state *state = writer->state;
	json_t *own = json_object_get(state->session, "sessions");

	(void)session;
	if (own) {
		json_object_update(state->session, json_array_get(own, 0));
		json_object_del(state->session, "sessions");
	}
	dump(writer, state->session, &state->any_session);
	state->session = NULL;
}

static void end(struct writer *writer, bool clean)
{
	struct state *state = writer->state;
	json_t *input = state->input ? json_object_get(state->input, "input") : NULL;
	json_t *damage = state->input ? json_object_get(state->input, "damage") : NULL;

	end_line(writer);
	fputs("],\n\"input\": ", writer->out);
	json_dumpf(input ? json_array_get(input, 0) : json_null(), writer->out,
		   JSON_COMPACT | JSON_ENCODE_ANY);
	fputs(",\n\"damage\": ", writer->out);
	if (damage)
		json_dumpf(damage, writer->out, JSON_COMPACT);
	else
		fputs("[]", writer->out);
	fprintf(writer->out, ",\n\"clean\": %s}\n", clean ? "true" : "false");
	json_end(writer);
}

static void close_state(struct writer *writer)
{
	struct state *state = writer->state;

	json_decref(state->session);
	json_decref(state->input);
}

const struct format format_json = {
	.suffix = ".json",
	.takes = WRITES_REPORT | WRITES_EVENTS,
	.size = sizeof(struct state),
	.begin = begin,
	.event = event,
	.session = session,
	.row = row,
	.distribution = distribution,
	.session_end = session_end,
	.end = end,
	.close = close_state,
};
