// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_files - whether recordings can be written, and whether they are kept, found out without writing */
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "facts.h"

#define AREA "files"
#define LITTLE_KIB 1024

#define UBIFS_MAGIC 0x24051905 /* fs/ubifs/ubifs.h */

struct kind {
	unsigned long magic;
	const char *name;
	bool in_memory;
};

static const struct kind kinds[] = {
	{ EXT4_SUPER_MAGIC, "ext2/3/4", false },
	{ F2FS_SUPER_MAGIC, "f2fs", false },
	{ UBIFS_MAGIC, "ubifs", false },
	{ JFFS2_SUPER_MAGIC, "jffs2", false },
	{ OVERLAYFS_SUPER_MAGIC, "overlayfs", false },
	{ SQUASHFS_MAGIC, "squashfs", false },
	{ BTRFS_SUPER_MAGIC, "btrfs", false },
	{ XFS_SUPER_MAGIC, "xfs", false },
	{ MSDOS_SUPER_MAGIC, "vfat", false },
	{ NFS_SUPER_MAGIC, "nfs", false },
	{ TMPFS_MAGIC, "tmpfs", true },
	{ RAMFS_MAGIC, "ramfs", true },
};

static const struct kind *kind_of(unsigned long magic)
{
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].magic == magic)
			return &kinds[i];
	return NULL;
}

/* Type, space, what to think of it; ramfs, which has no limit, says 0 blocks of 0. */
static void add_place(const char *name, const struct statfs *place)
{
	const struct kind *kind = kind_of((unsigned long)place->f_type & 0xffffffff);
	unsigned long long free_kib =
		(unsigned long long)place->f_bavail * (unsigned long long)place->f_bsize / 1024;
	bool in_memory = kind && kind->in_memory, little = place->f_blocks && free_kib < LITTLE_KIB;
	char unknown[24];

	snprintf(unknown, sizeof(unknown), "type %#lx", (unsigned long)place->f_type & 0xffffffff);
	facts_add(AREA, name, in_memory || little ? FACT_warn : FACT_ok, "%s, %llu KiB free%s",
		  kind ? kind->name : unknown, free_kib, in_memory ? ": lost at power off" : "");
}

/* As opening would find it: 0 or -errno. */
static int look_at_directory(const char *path, struct statfs *place)
{
	if (statfs(path, place))
		return -errno;
	if (place->f_flags & ST_RDONLY)
		return -EROFS;
	if (access(path, W_OK | X_OK))
		return -errno;
	if (place->f_blocks && (!place->f_bavail || (place->f_files && !place->f_ffree)))
		return -ENOSPC;
	return 0;
}

void facts_directory(const char *path)
{
	struct statfs place;
	int err = look_at_directory(path, &place);

	if (err)
		facts_add(AREA, path, FACT_note, "%s", strerror(-err));
	else
		add_place(path, &place);
}

/* What is before the last slash, where the file would come to be. */
static void cut_to_directory(char *path)
{
	char *slash = strrchr(path, '/'), *end = slash;

	if (!slash)
		*path = '.';
	if (!slash || slash == path)
		end = path + 1;
	*end = '\0';
}

int facts_file_output(const char *name, const char *target)
{
	char path[PATH_MAX];
	struct statfs place;
	struct stat status;
	int err = 0;

	if (!*target)
		err = -ENOENT;
	else if ((size_t)snprintf(path, sizeof(path), "%s", target) >= sizeof(path))
		err = -ENAMETOOLONG;
	else if (stat(target, &status) || !S_ISDIR(status.st_mode))
		err = !lstat(target, &status) ? -EEXIST : errno == ENOENT ? 0 : -errno;
	if (!err && (stat(target, &status) || !S_ISDIR(status.st_mode)))
		cut_to_directory(path);
	err = err ? err : look_at_directory(path, &place);
	if (err)
		facts_add(AREA, name, FACT_fail, "%s", strerror(-err));
	else
		add_place(name, &place);
	return err;
}
