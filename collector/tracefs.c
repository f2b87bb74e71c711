// SPDX-License-Identifier: GPL-2.0-or-later
/* tracefs - what tracefs tells of tracepoints, whether it is mounted or not */
#include "tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mounts.h"

#define WHY_SIZE 160

static struct {
	bool tried;
	int events; /* its directory of that name */
	char lacking[WHY_SIZE];
} tracefs = { .events = -1 };

static int open_mounted(void)
{
	static const char *const places[] = { "/sys/kernel/tracing/events",
					      "/sys/kernel/debug/tracing/events" };
	int fd = -1;

	for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]) && fd < 0; i++)
		fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_detached(void)
{
	int mount = mount_detached("tracefs"), fd;

	if (mount < 0)
		return mount;
	fd = openat(mount, "events", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) /* the kernel has it, and shows nothing in it */
		fd = -EPERM;
	close(mount);
	return fd;
}

static void explain(int err)
{
	if (err == -ENODEV)
		snprintf(tracefs.lacking, WHY_SIZE, "the kernel has no tracefs (CONFIG_FTRACE)");
	else if (err == -EPERM)
		snprintf(
			tracefs.lacking, WHY_SIZE,
			"the kernel hides tracefs (lockdown=confidentiality, or no CAP_SYS_ADMIN)");
	else
		snprintf(tracefs.lacking, WHY_SIZE,
			 "tracefs is not mounted and cannot be (%s): mount it on "
			 "/sys/kernel/tracing",
			 strerror(-err));
}

const char *tracefs_lacking(void)
{
	if (!tracefs.tried) {
		tracefs.events = open_mounted();
		if (tracefs.events < 0)
			tracefs.events = open_detached();
		if (tracefs.events < 0)
			explain(tracefs.events);
		tracefs.tried = true;
	}
	return tracefs.events < 0 ? tracefs.lacking : NULL;
}

static int read_whole(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t length;

	while ((length = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)length;
	if (length < 0)
		return -errno;
	text[used] = '\0';
	return 0;
}

int tracefs_read(const char *event, const char *file, char *text, size_t size)
{
	size_t system = strcspn(event, ":");
	char path[128];
	int fd, err;

	if (tracefs_lacking())
		return -ENODEV;
	snprintf(path, sizeof(path), "%.*s/%s/%s", (int)system, event, event + system + 1, file);
	fd = openat(tracefs.events, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = read_whole(fd, text, size);
	close(fd);
	return err;
}

const char *tracefs_why(const char *event, int err)
{
	static char why[WHY_SIZE];

	if (err == -ENODEV)
		return tracefs_lacking();
	if (err == -ENOENT)
		snprintf(why, sizeof(why), "the kernel has no tracepoint %s", event);
	else if (err == -EPERM)
		snprintf(why, sizeof(why),
			 "the kernel hides tracepoint %s (lockdown=confidentiality)", event);
	else
		snprintf(why, sizeof(why), "cannot read tracefs about %s: %s", event,
			 strerror(-err));
	return why;
}

void tracefs_close(void)
{
	if (tracefs.events >= 0)
		close(tracefs.events);
	tracefs.events = -1;
	tracefs.tried = false;
}
