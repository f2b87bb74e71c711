// SPDX-License-Identifier: GPL-2.0-or-later
/* named - columns, cells, boards and distributions as text: what most formats call them */
#include "named.h"

#include <math.h>
#include <string.h>

const char *named_key(char to[NAMED_KEY], const struct column *column)
{
	static const char *const units[] = {
		[CELL_DURATION] = "_ns",
		[CELL_TIME] = "_boot_ns",
		[CELL_BYTES] = "_bytes",
		[CELL_ESCAPED] = NULL,
	};

	const char *unit = units[column->kind] ? units[column->kind] : "";
	size_t length = strlen(column->name), unit_size = strlen(unit) + 1;

	if (length + unit_size > NAMED_KEY)
		length = NAMED_KEY - unit_size;
	memcpy(to, column->name, length);
	memcpy(to + length, unit, unit_size);
	return to;
}

static size_t text_length(const struct cell *cell)
{
	return cell->text.length < NAMED_TEXT ? cell->text.length : NAMED_TEXT;
}

static const char *number(char to[NAMED_VALUE], enum cell_kind kind, const struct cell *cell)
{
	if (kind == CELL_REAL)
		snprintf(to, NAMED_VALUE, "%.9Lg", cell->real);
	else
		snprintf(to, NAMED_VALUE, "%llu", cell->number);
	return to;
}

const char *named_value(char to[NAMED_VALUE], enum cell_kind kind, const struct cell *cell)
{
	if (named_is_text(kind))
		return text_utf8(to, cell->text.bytes, text_length(cell));
	return number(to, kind, cell);
}

const char *named_escaped(char to[NAMED_VALUE], enum cell_kind kind, const struct cell *cell)
{
	if (kind == CELL_ESCAPED)
		return text_utf8(to, cell->text.bytes, text_length(cell));
	if (kind != CELL_TEXT)
		return number(to, kind, cell);
	text_escape(to, cell->text.bytes, text_length(cell));
	return to;
}

const char *named_board(char to[NAMED_BOARD], const struct session *session)
{
	const struct text *name = texts_find(&session->texts, TEXT_board, 0);
	char joined[TEXT_JOINED];

	if (name)
		text_escape(to, joined, text_join(name, joined));
	else
		snprintf(to, NAMED_BOARD, "%016llx", session->board_id);
	return to;
}

const char *named_labels(char to[NAMED_LABELS], const struct distribution *distribution)
{
	const struct table_kind *kind = distribution->kind;
	char value[NAMED_VALUE];
	size_t used = 0;

	*to = '\0';
	for (unsigned int i = 0; i < kind->columns && used < NAMED_LABELS - 1; i++) {
		const struct cell *cell = &distribution->label[i];
		bool speaks = !strcmp(kind->column[i].name, "comm");

		if (cell->known)
			used += (size_t)snprintf(
				to + used, NAMED_LABELS - used, "%s%s%s%s", used ? " " : "",
				speaks ? "" : kind->column[i].name, speaks ? "" : " ",
				named_escaped(value, kind->column[i].kind, cell));
	}
	return to;
}

const struct cell *named_cell(const struct row *row, const char *name)
{
	for (unsigned int i = 0; i < row->kind->columns; i++)
		if (!strcmp(row->kind->column[i].name, name))
			return row->cell[i].known ? &row->cell[i] : NULL;
	return NULL;
}

__u64 named_number(const struct row *row, const char *name)
{
	const struct cell *cell = named_cell(row, name);

	return cell ? cell->number : 0;
}

void named_file(char *name)
{
	for (char *at = name; *at; at++)
		if (!((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
		      (*at >= 'A' && *at <= 'Z') || *at == '-' || (*at == '.' && at != name)))
			*at = '_';
}
