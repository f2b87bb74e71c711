// SPDX-License-Identifier: GPL-2.0-or-later
/* config - a file of options, one on a line, in the words of the command line */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "say.h"

#define BLANKS " \t\r"

/* The values are used as long as the program runs. */
static char text[CONFIG_SIZE_MAX + 1];

static int read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got = 1;

	while (fd >= 0 && got > 0 && used < sizeof(text)) {
		got = read(fd, text + used, sizeof(text) - used);
		used += got > 0 ? (size_t)got : 0;
	}
	if (fd < 0 || got < 0) {
		say("cannot read %s: %s", path, strerror(errno));
		got = -errno;
	}
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return (int)got;
	if (used == sizeof(text) || memchr(text, '\0', used)) {
		say("%s: no text of up to %d bytes", path, CONFIG_SIZE_MAX);
		return -EINVAL;
	}
	text[used] = '\0';
	return 0;
}

/* Cut blanks off the end, and return what is behind those at the start. */
static char *trim(char *from)
{
	size_t length;

	from += strspn(from, BLANKS);
	length = strlen(from);
	while (length && strchr(BLANKS, from[length - 1]))
		length--;
	from[length] = '\0';
	return from;
}

static int take_line(char *line, int (*set)(void *context, const char *name, const char *value),
		     void *context)
{
	char *name = trim(line), *value;

	if (!*name || *name == '#')
		return 0;
	value = name + strcspn(name, BLANKS);
	if (*value)
		*value++ = '\0';
	value = trim(value);
	return set(context, name, *value ? value : NULL);
}

int config_read(const char *path, int (*set)(void *context, const char *name, const char *value),
		void *context)
{
	unsigned int number = 0;
	int err = read_text(path), wrong;

	if (err)
		return err;
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		say_place(path, ++number);
		wrong = take_line(line, set, context);
		err = err ? err : wrong;
	}
	say_place(NULL, 0);
	return err;
}
