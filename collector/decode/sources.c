// SPDX-License-Identifier: GPL-2.0-or-later
/* sources - many files, of which bytes are read here and there */
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int grow(struct sources *sources)
{
	__u32 room = sources->room ? 2 * sources->room : 64;
	char **name = realloc(sources->name, room * sizeof(*name));

	if (!name)
		return -ENOMEM;
	sources->name = name;
	sources->room = room;
	return 0;
}

int sources_add(struct sources *sources, const char *name, __u32 *source)
{
	bool is_latest = sources->count && !strcmp(sources->name[sources->count - 1], name);

	if (!is_latest) {
		if (sources->count == sources->room && grow(sources))
			return -ENOMEM;
		sources->name[sources->count] = strdup(name);
		if (!sources->name[sources->count])
			return -ENOMEM;
		sources->count++;
	}
	*source = sources->count - 1;
	return 0;
}

const char *sources_name(const struct sources *sources, __u32 source)
{
	return sources->name[source];
}

/* A descriptor, which stays open until another file takes its place; or -errno. */
static int open_source(struct sources *sources, __u32 source)
{
	unsigned int place = source % SOURCES_OPEN;
	int fd;

	if (sources->open[place].fd && sources->open[place].source == source)
		return sources->open[place].fd;
	fd = open(sources->name[source], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (sources->open[place].fd)
		close(sources->open[place].fd);
	sources->open[place].fd = fd;
	sources->open[place].source = source;
	return fd;
}

int sources_read(struct sources *sources, __u32 source, __u64 offset, void *to, size_t size)
{
	int fd = open_source(sources, source);
	ssize_t got;

	if (fd < 0)
		return fd;
	do
		got = pread(fd, to, size, (off_t)offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EIO;
}

void sources_close(struct sources *sources)
{
	for (unsigned int i = 0; i < SOURCES_OPEN; i++)
		if (sources->open[i].fd)
			close(sources->open[i].fd);
	for (__u32 i = 0; i < sources->count; i++)
		free(sources->name[i]);
	free(sources->name);
	*sources = (struct sources) { .name = NULL };
}
