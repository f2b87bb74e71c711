// SPDX-License-Identifier: GPL-2.0-or-later
/* bpffs - a BPF object as a file that only this process sees */
#include "bpffs.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mounts.h"

/* The kernel takes a path, which leads into the mount from nowhere but the working directory. */
static int pin_in(int directory, int fd, const char *name)
{
	int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (before < 0)
		return -errno;
	if (fchdir(directory))
		err = -errno;
	if (!err && bpf_obj_pin(fd, name))
		err = -errno;
	if (fchdir(before) && !err)
		err = -errno;
	close(before);
	return err;
}

int bpffs_pin(int fd, const char *name)
{
	int directory = mount_detached("bpf"), err;

	if (directory < 0)
		return directory;
	err = pin_in(directory, fd, name);
	/* whoever we become can read it; nobody else gets there */
	if (!err && fchmodat(directory, name, 0444, 0))
		err = -errno;
	if (!err)
		return directory;
	close(directory);
	return err;
}
