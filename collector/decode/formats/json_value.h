/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_value.h - what a writer is told, as JSON values
 *
 * The schema: a duration NAME is "NAME_ns", bytes are "NAME_bytes", a moment is "NAME_boot_ns" and
 * "NAME", its date by RFC 3339, null where the clock is unknown.  What is unknown is null.  Numbers
 * are exact integers; those that no JSON reader would keep exact, of 2^63 and more, are strings.
 * Bytes that are not UTF-8 become U+FFFD.
 */
#ifndef TARSIER_DECODE_JSON_VALUE_H
#define TARSIER_DECODE_JSON_VALUE_H

#include <jansson.h>

#include "writer.h"

#define JSON_SCHEMA 1

/* The caller owns what is returned. */
json_t *json_of_row(const struct session *session, const struct row *row);
json_t *json_of_distribution(const struct session *session,
			     const struct distribution *distribution);

/* Values are made from here on; then: was there memory for all of them?  If not, the user is told. */
void json_begin(void);
void json_end(struct writer *writer);
bool json_lacked_memory(void);

/* A number as it is written; how many bytes it takes, at most @room. */
size_t json_format_real(char *to, size_t room, long double real);

/* Add the members of @from, which goes, to @to. */
void json_merge(json_t *to, json_t *from);

#endif
