// SPDX-License-Identifier: GPL-2.0-or-later
/* glance - what a file without records is, as far as its first bytes tell */
#include "glance.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void glance_take(struct glance *glance, const void *bytes, size_t len)
{
	size_t room = sizeof(glance->bytes) - glance->length;

	if (room > len)
		room = len;
	memcpy(glance->bytes + glance->length, bytes, room);
	glance->length += room;
	glance->total += len;
}

static bool is_text(const struct glance *glance)
{
	for (size_t i = 0; i < glance->length; i++)
		if (glance->bytes[i] < 0x20 && !memchr("\t\n\r\f", glance->bytes[i], 4))
			return false;
	return true;
}

const char *glance_text(const struct glance *glance, char to[GLANCE_TEXT])
{
	if (!glance->total)
		return "the file is empty: nothing was ever written to it";
	snprintf(to, GLANCE_TEXT, "no Tarsier records in %llu bytes%s", glance->total,
		 is_text(glance) ? ": this is a text file" : "");
	return to;
}
