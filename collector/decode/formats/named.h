/* SPDX-License-Identifier: GPL-2.0-or-later */
/* named.h - columns, cells, boards and distributions as text: what most formats call them */
#ifndef TARSIER_DECODE_NAMED_H
#define TARSIER_DECODE_NAMED_H

#include "session.h"
#include "writer.h"

/* A column's name with its unit: wait_ns, memory_bytes, time_boot_ns. */
#define NAMED_KEY 64
const char *named_key(char to[NAMED_KEY], const struct column *column);

/* Does it hold text from outside? */
static inline bool named_is_text(enum cell_kind kind)
{
	return kind == CELL_TEXT || kind == CELL_ESCAPED;
}

/* A known cell: numbers in digits, flags 0 or 1, text as well-formed UTF-8 or by text_escape(). */
#define NAMED_TEXT 1024
#define NAMED_VALUE TEXT_ESCAPED(NAMED_TEXT)
const char *named_value(char to[NAMED_VALUE], enum cell_kind kind, const struct cell *cell);
const char *named_escaped(char to[NAMED_VALUE], enum cell_kind kind, const struct cell *cell);

/* A board's name by text_escape(), or the number that it has without one. */
#define NAMED_BOARD TEXT_ESCAPED(TEXT_JOINED)
const char *named_board(char to[NAMED_BOARD], const struct session *session);

/* "cpu 1", "pid 100 worker": what a distribution is about; "" all. */
#define NAMED_LABELS (2 * NAMED_VALUE + 2 * NAMED_KEY)
const char *named_labels(char to[NAMED_LABELS], const struct distribution *distribution);

/* The cell of @row in the column called @name; NULL: it has no such column, or nothing is known. */
const struct cell *named_cell(const struct row *row, const char *name);
/* The number in it; 0 where there is none. */
__u64 named_number(const struct row *row, const char *name);

/* Fit to be the name of a file: letters, digits, . and - stay, the others become _. */
void named_file(char *name);

#endif
