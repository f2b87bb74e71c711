/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_line.h - a single event as a JSON object, straight to where it goes
 *
 * By the schema of json_value.h, but without values in between: there are millions of events.
 */
#ifndef TARSIER_DECODE_JSON_LINE_H
#define TARSIER_DECODE_JSON_LINE_H

#include "line.h"
#include "writer.h"

/* @string is well-formed UTF-8. */
void json_line_string(struct line *line, const char *string);
/* @type: "type" says so; NULL: there is none. */
void json_line_event(struct line *line, const struct session *session, const struct event *event,
		     const char *type);

/* All of a line, but its end. */
void json_print_event(FILE *out, const struct session *session, const struct event *event);

#endif
