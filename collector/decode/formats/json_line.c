// SPDX-License-Identifier: GPL-2.0-or-later
/* json_line - a single event as a JSON object, straight to where it goes */
#include "json_line.h"

#include <stdint.h>

#include "json_value.h"
#include "named.h"
#include "view.h"

/* Well-formed UTF-8: what RFC 8259 wants escaped is, as jansson does it. */
void json_line_string(struct line *line, const char *string)
{
	static const char short_forms[32] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};

	line_char(line, '"');
	for (const char *at = string; *at; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte == '"' || byte == '\\' || (byte < 0x20 && short_forms[byte])) {
			line_char(line, '\\');
			line_char(line, byte < 0x20 ? short_forms[byte] : *at);
		} else if (byte < 0x20) {
			line->at += snprintf(line_room(line), LINE_PIECE, "\\u%04X", byte);
		} else {
			line_char(line, *at);
		}
	}
	line_char(line, '"');
}

/* What no reader would keep exact is a string. */
static void put_number(struct line *line, __u64 number)
{
	bool quoted = number > INT64_MAX;

	if (quoted)
		line_char(line, '"');
	line_number(line, number, 0);
	if (quoted)
		line_char(line, '"');
}

static void put_known(struct line *line, enum cell_kind kind, const struct cell *cell)
{
	char value[NAMED_VALUE];

	if (named_is_text(kind))
		json_line_string(line, named_value(value, kind, cell));
	else if (kind == CELL_FLAG)
		line_string(line, cell->number ? "true" : "false");
	else if (kind == CELL_REAL)
		line->at += json_format_real(line_room(line), LINE_PIECE, cell->real);
	else
		put_number(line, cell->number);
}

/* @name and @unit need no escaping: they are ours. */
static void put_key(struct line *line, const char *name, const char *unit)
{
	line_string(line, ",\"");
	line_string(line, name);
	line_string(line, unit);
	line_string(line, "\":");
}

static void put_moment(struct line *line, const struct session *session, const char *name,
		       const struct cell *cell)
{
	__u64 realtime_ns;

	put_key(line, name, "_boot_ns");
	if (cell->known)
		put_number(line, cell->number);
	else
		line_string(line, "null");
	put_key(line, name, "");
	if (cell->known && clock_realtime(session_clock(session), cell->number, &realtime_ns)) {
		line_char(line, '"');
		line_rfc3339(line, realtime_ns);
		line_char(line, '"');
	} else {
		line_string(line, "null");
	}
}

static void put_cell(struct line *line, const struct session *session, const struct column *column,
		     const struct cell *cell)
{
	char key[NAMED_KEY];

	if (column->kind == CELL_TIME) {
		put_moment(line, session, column->name, cell);
		return;
	}
	put_key(line, named_key(key, column), "");
	if (cell->known)
		put_known(line, column->kind, cell);
	else
		line_string(line, "null");
}

void json_line_event(struct line *line, const struct session *session, const struct event *event,
		     const char *type)
{
	const struct cell time = cell_number(event->time_ns);

	line_string(line, "{\"probe\":\"");
	line_string(line, view_entries[event->kind->probe].name);
	line_string(line, "\",\"session\":");
	line_number(line, session->number, 0);
	put_moment(line, session, "time", &time);
	for (unsigned int i = 0; i < event->kind->columns; i++)
		put_cell(line, session, &event->kind->column[i], &event->cell[i]);
	if (type) {
		put_key(line, "type", "");
		json_line_string(line, type);
	}
	line_char(line, '}');
}

void json_print_event(FILE *out, const struct session *session, const struct event *event)
{
	struct line line;

	line_begin(&line, out);
	json_line_event(&line, session, event, "event");
	line_end(&line);
}
