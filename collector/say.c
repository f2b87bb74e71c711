// SPDX-License-Identifier: GPL-2.0-or-later
/* say - messages to the user, on stderr, one line each */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

bool say_details;

static const char *place_file;
static unsigned int place_line;

void say_place(const char *file, unsigned int line)
{
	place_file = file;
	place_line = line;
}

static void print_line(const char *format, va_list args)
{
	char line[512];

	vsnprintf(line, sizeof(line), format, args);
	if (place_file)
		dprintf(2, "tarsier: %s:%u: %s\n", place_file, place_line, line);
	else
		dprintf(2, "tarsier: %s\n", line);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
}

void say_detail(const char *format, ...)
{
	va_list args;

	if (!say_details)
		return;
	va_start(args, format);
	print_line(format, args);
	va_end(args);
}
