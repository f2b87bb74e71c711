// SPDX-License-Identifier: GPL-2.0-or-later
/* sink_file - append blocks to a file that did not exist before */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

#define NUMBERED "tarsier-%08lu.tsr"
#define NAME_PREFIX "tarsier-"

static int create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : fd;
}

/* The highest number of a recording in @directory, 0 when there is none. */
static unsigned long highest_number(DIR *directory)
{
	unsigned long highest = 0;
	struct dirent *entry;

	while ((entry = readdir(directory))) {
		unsigned long number;

		if (strncmp(entry->d_name, NAME_PREFIX, strlen(NAME_PREFIX)))
			continue;
		number = strtoul(entry->d_name + strlen(NAME_PREFIX), NULL, 10);
		if (number > highest && number < ULONG_MAX)
			highest = number;
	}
	return highest;
}

/* The number, not the clock, orders the files: a board may have no clock. */
static int create_numbered(const char *path)
{
	DIR *directory = opendir(path);
	char name[PATH_MAX];
	unsigned long number;
	int fd;

	if (!directory)
		return -errno;
	number = highest_number(directory);
	closedir(directory);
	do {
		if ((size_t)snprintf(name, sizeof(name), "%s/" NUMBERED, path, ++number) >=
		    sizeof(name))
			return -ENAMETOOLONG;
		fd = create(name);
	} while (fd == -EEXIST);
	return fd;
}

static const char *advice(int err)
{
	switch (err) {
	case -EEXIST:
		return "a recording is never overwritten: name a new file, or a directory";
	case -ENOENT:
		return "the directory is missing: create it first";
	case -EROFS:
		return "mounted read-only: name a place that can be written";
	case -ENOSPC:
		return "no space: free some, or name another place";
	}
	return "cannot create it";
}

static int file_open(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	struct stat status;
	bool is_directory = !stat(target, &status) && S_ISDIR(status.st_mode);
	int fd = is_directory ? create_numbered(target) : create(target);

	if (fd < 0) {
		snprintf(detail, SINK_DETAIL_SIZE, "%s", advice(fd));
		return fd;
	}
	sink->fd = fd;
	return 0;
}

static int file_sync(struct sink *sink)
{
	return fdatasync(sink->fd) ? -errno : 0;
}

static int file_close(struct sink *sink)
{
	return close(sink->fd) ? -errno : 0;
}

/* The file is ours and empty: it did not exist before. */
static int file_abandon(struct sink *sink)
{
	char link[32], path[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", sink->fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length > 0) {
		path[length] = '\0';
		unlink(path);
	}
	return file_close(sink);
}

const struct sink_kind sink_file = {
	.prefix = "file:",
	.help = "file:PATH        a new file, or the next numbered file in a directory",
	.loss = LEDGER_file_lost,
	.open = file_open,
	.write = sink_write_all,
	.sync = file_sync,
	.close = file_close,
	.abandon = file_abandon,
};
