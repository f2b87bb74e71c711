/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_format.h - where a tracepoint's record has a field, from its description in tracefs */
#ifndef TARSIER_EVENT_FORMAT_H
#define TARSIER_EVENT_FORMAT_H

#include <stdbool.h>

struct event_field {
	unsigned int offset;
	unsigned int size;
	bool is_array; /* of characters, inline: char name[16] */
	bool is_data_loc;
	bool is_rel_loc;
};

/*
 * Find the field called @name in @format, the text of a file events/SYSTEM/EVENT/format.  0, or
 * -ENOENT when there is no such field, or none that can be read.
 */
int event_field_find(const char *format, const char *name, struct event_field *field);

#endif
