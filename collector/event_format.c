// SPDX-License-Identifier: GPL-2.0-or-later
/* event_format - where a tracepoint's record has a field, from its description in tracefs */
#include "event_format.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A line is "\tfield:TYPE NAME[LENGTH];\toffset:8;\tsize:4;\tsigned:0;": is it about @name? */
static bool declares(const char *declaration, size_t length, const char *name)
{
	const char *end = declaration + length, *start;

	if (length && end[-1] == ']')
		while (end > declaration && *end != '[')
			end--;
	start = end;
	while (start > declaration && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
		start--;
	return (size_t)(end - start) == strlen(name) && !memcmp(start, name, strlen(name));
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

int event_field_find(const char *format, const char *name, struct event_field *field)
{
	for (const char *line = strstr(format, "field:"); line; line = strstr(line, "field:")) {
		const char *declaration = line + strlen("field:");
		size_t length = strcspn(declaration, ";\n");
		unsigned int offset, size;

		line = declaration + length;
		if (!declares(declaration, length, name))
			continue;
		if (sscanf(line, "; offset:%u; size:%u;", &offset, &size) != 2)
			return -ENOENT;
		field->offset = offset;
		field->size = size;
		field->is_data_loc = starts_with(declaration, "__data_loc ");
		field->is_rel_loc = starts_with(declaration, "__rel_loc ");
		field->is_array = line[-1] == ']' && !field->is_data_loc && !field->is_rel_loc;
		return 0;
	}
	return -ENOENT;
}
