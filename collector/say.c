// SPDX-License-Identifier: GPL-2.0-or-later
/* say - messages to the user, on stderr, one line each */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

bool say_details;

static const char *place_file;
static unsigned int place_line;

void say_place(const char *file, unsigned int line)
{
	place_file = file;
	place_line = line;
}

/* A line is one write: /dev/kmsg and journals take each as a message. */
static void print_line(const char *format, va_list args)
{
	char text[512], line[800];
	int length;

	vsnprintf(text, sizeof(text), format, args);
	if (place_file)
		length = snprintf(line, sizeof(line), "tarsier: %.240s:%u: %s\n", place_file,
				  place_line, text);
	else
		length = snprintf(line, sizeof(line), "tarsier: %s\n", text);
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		return; /* nobody is left to be told */
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
