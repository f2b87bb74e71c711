// SPDX-License-Identifier: GPL-2.0-or-later
/* log_dir - a directory of numbered recordings: bounded, the oldest goes first */
#include "log_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NUMBERED "tarsier-%08lu.tsr"
#define NUMBERED_SIZE 40
#define NAME_PREFIX "tarsier-"
#define NAME_SUFFIX ".tsr"
#define FLOOR_SHARE 16
#define FLOOR_MAX (16ull << 20)

/* The number after the prefix, and what follows it; 0: there is none. */
static unsigned long number_in(const char *name, const char **suffix)
{
	size_t prefix = strlen(NAME_PREFIX);
	unsigned long number;
	char *end;

	if (strncmp(name, NAME_PREFIX, prefix) || name[prefix] < '0' || name[prefix] > '9')
		return 0;
	number = strtoul(name + prefix, &end, 10);
	*suffix = end;
	return number < ULONG_MAX ? number : 0;
}

/* On the medium: a file whose end a power cut took may have blocks beyond it. */
static __u64 size_of(const struct stat *status)
{
	__u64 size = (__u64)status->st_size, taken = (__u64)status->st_blocks * 512;

	return taken > size ? taken : size;
}

/* A recording that was compressed, or is being copied, keeps its number, but is no longer ours. */
static void take_entry(struct log_dir *dir, const char *name)
{
	const char *suffix;
	unsigned long number = number_in(name, &suffix);
	struct stat status;

	if (number > dir->newest)
		dir->newest = number;
	if (!number || strcmp(suffix, NAME_SUFFIX) ||
	    fstatat(dir->fd, name, &status, AT_SYMLINK_NOFOLLOW) || !S_ISREG(status.st_mode))
		return;
	dir->used += size_of(&status);
	if (!dir->oldest || number < dir->oldest)
		dir->oldest = number;
}

/* What opendir(3) returns takes memory, which is not to be had once recording has begun. */
struct kernel_dirent {
	__u64 inode;
	__u64 next;
	__u16 length;
	__u8 type;
	char name[];
};

static int look(struct log_dir *dir)
{
	static char entries[4096] __attribute__((aligned(8)));
	long size;

	dir->used = 0;
	dir->oldest = 0;
	dir->newest = 0;
	if (lseek(dir->fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((size = syscall(SYS_getdents64, dir->fd, entries, sizeof(entries))) > 0)
		for (long at = 0; at < size;) {
			const struct kernel_dirent *entry = (const void *)(entries + at);

			take_entry(dir, entry->name);
			at += entry->length;
		}
	return size < 0 ? -errno : 0;
}

static dev_t device_of_fd(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? 0 : status.st_dev;
}

static dev_t device_of(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_dev;
}

/* Cut the last component off; false: "/" is all there is. */
static bool cut(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !slash[1])
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/*
 * A medium that is taken out and put in again is mounted anew: from where its mount point is, it can be
 * found again.  On the root's file system the directory above is enough.
 */
static int open_base(struct log_dir *dir)
{
	char base[PATH_MAX];
	dev_t device = device_of(dir->path), root = device_of("/");
	size_t length;

	snprintf(base, sizeof(base), "%s", dir->path);
	while (cut(base) && device != root && device_of(base) == device)
		;
	length = strlen(base);
	dir->way = dir->path + length;
	dir->way += strspn(dir->way, "/");
	if (!*dir->way)
		dir->way = ".";
	dir->base_fd = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir->base_fd < 0 ? -errno : 0;
}

static void settle_floor(struct log_dir *dir)
{
	struct statvfs place;

	if (dir->floor != ~0ull)
		return;
	dir->floor = FLOOR_MAX;
	if (!fstatvfs(dir->fd, &place) &&
	    (__u64)place.f_blocks * place.f_frsize / FLOOR_SHARE < FLOOR_MAX)
		dir->floor = (__u64)place.f_blocks * place.f_frsize / FLOOR_SHARE;
}

int log_dir_open(struct log_dir *dir, const char *path)
{
	int err;

	dir->fd = -1;
	dir->base_fd = -1;
	if (!realpath(path, dir->path))
		return -errno;
	err = open_base(dir);
	if (!err) {
		dir->fd = openat(dir->base_fd, dir->way, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = dir->fd < 0 ? -errno : look(dir);
		dir->is_mounted = device_of_fd(dir->fd) != device_of_fd(dir->base_fd);
	}
	if (err)
		log_dir_close(dir);
	else
		settle_floor(dir);
	return err;
}

void log_dir_close(struct log_dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	if (dir->base_fd >= 0)
		close(dir->base_fd);
	dir->fd = -1;
	dir->base_fd = -1;
}

int log_dir_reopen(struct log_dir *dir)
{
	int fd = openat(dir->base_fd, dir->way, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (dir->is_mounted && device_of_fd(fd) == device_of_fd(dir->base_fd))
		err = -ENODEV; /* an empty mount point: the medium is not in */
	else if (dup3(fd, dir->fd, O_CLOEXEC) < 0)
		err = -errno;
	close(fd);
	if (err)
		return err;
	dir->is_let_go = false;
	return look(dir);
}

/* The number of the descriptor stays taken, by something that directories cannot be read from. */
void log_dir_let_go(struct log_dir *dir)
{
	dir->is_let_go = dup3(dir->base_fd, dir->fd, O_CLOEXEC) >= 0;
}

static void name_of(char name[NUMBERED_SIZE], unsigned long number)
{
	snprintf(name, NUMBERED_SIZE, NUMBERED, number);
}

/* The name is to outlive a power cut as well as what will be in the file. */
static int make_name_durable(const struct log_dir *dir)
{
	/* some file systems cannot sync a directory, and do not need to */
	return fsync(dir->fd) && errno != EINVAL ? -errno : 0;
}

int log_dir_create(struct log_dir *dir, unsigned long *number)
{
	char name[NUMBERED_SIZE];
	int fd, err = dir->is_let_go ? -ESTALE : look(dir);

	if (err)
		return err;
	do {
		name_of(name, ++dir->newest);
		fd = openat(dir->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0)
		return -errno;
	err = make_name_durable(dir);
	if (err) {
		unlinkat(dir->fd, name, 0);
		close(fd);
		return err;
	}
	*number = dir->newest;
	if (!dir->oldest)
		dir->oldest = dir->newest;
	return fd;
}

int log_dir_open_file(const struct log_dir *dir, unsigned long number)
{
	char name[NUMBERED_SIZE];
	int fd;

	if (dir->is_let_go)
		return -ESTALE;
	name_of(name, number);
	fd = openat(dir->fd, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int log_dir_remove(struct log_dir *dir, unsigned long number)
{
	char name[NUMBERED_SIZE];

	name_of(name, number);
	return unlinkat(dir->fd, name, 0) ? -errno : 0;
}

static bool is_above_floor(const struct log_dir *dir, __u64 bytes)
{
	struct statvfs place;

	if (fstatvfs(dir->fd, &place))
		return true; /* the write will tell */
	return !place.f_blocks || (__u64)place.f_bavail * place.f_frsize >= dir->floor + bytes;
}

int log_dir_make_room(struct log_dir *dir, __u64 bytes, unsigned long keep)
{
	while (dir->used + bytes > dir->budget || !is_above_floor(dir, bytes)) {
		int err = look(dir);

		if (!err && dir->used + bytes <= dir->budget && is_above_floor(dir, bytes))
			break;
		if (!err && (!dir->oldest || dir->oldest == keep))
			err = -ENOSPC;
		if (!err)
			err = log_dir_remove(dir, dir->oldest);
		if (!err)
			err = look(dir);
		if (err)
			return err;
	}
	dir->used += bytes;
	return 0;
}
