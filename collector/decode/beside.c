// SPDX-License-Identifier: GPL-2.0-or-later
/* beside - files made beside another one: those without a name, and those that are there whole or not at all */
#include "beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Its name goes to @name.  A descriptor, or -errno. */
static int make(const char *path, char name[PATH_MAX])
{
	int length = snprintf(name, PATH_MAX, "%s.XXXXXX", path), fd;

	if (length < 0 || length >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = mkostemp(name, O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int beside_scratch(const char *path)
{
	char name[PATH_MAX];
	int fd = make(path, name);

	if (fd >= 0)
		unlink(name);
	return fd;
}

int beside_begin(struct beside *beside, const char *path)
{
	beside->path = path;
	beside->fd = make(path, beside->name);
	return beside->fd < 0 ? beside->fd : 0;
}

/* What any new file would have: mkostemp() gives its owner alone a right to it. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Not every file system can refuse to replace a file, or can do links. */
static int give_name(const struct beside *beside)
{
	if (!renameat2(AT_FDCWD, beside->name, AT_FDCWD, beside->path, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (!access(beside->path, F_OK))
		return -EEXIST;
	return rename(beside->name, beside->path) ? -errno : 0;
}

int beside_done(struct beside *beside)
{
	int err = 0;

	if (fchmod(beside->fd, usual_mode()) || fsync(beside->fd))
		err = -errno;
	if (!err)
		err = give_name(beside);
	if (err) {
		beside_drop(beside);
		return err;
	}
	return close(beside->fd) ? -errno : 0;
}

void beside_drop(struct beside *beside)
{
	unlink(beside->name);
	close(beside->fd);
}
