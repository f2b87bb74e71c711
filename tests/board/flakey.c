// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * flakey set DEVICE UP DOWN [FEATURE...] - /dev/dm-0, which is DEVICE and in turn works for UP seconds
 *	and does not for DOWN; made if it is not there, else changed under whoever uses it
 * flakey remove - no more
 *
 * What "does not work" means is said by features of the kernel's dm-flakey (error_writes, drop_writes;
 * none: every read and write fails).  There is no static dmsetup.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NAME "flaky"
#define SECTOR 512
#define USAGE "usage: flakey set DEVICE UP DOWN [FEATURE...] | remove\n"

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[256];
};

static int complain(const char *what)
{
	perror(what);
	return 1;
}

/* 0 or -1 and errno. */
static int ask(unsigned long call, __u32 flags, struct request *request)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), failed;

	request->head.version[0] = DM_VERSION_MAJOR;
	request->head.data_size = sizeof(*request);
	request->head.data_start = offsetof(struct request, target);
	request->head.flags = flags;
	snprintf(request->head.name, sizeof(request->head.name), NAME);
	failed = fd < 0 || ioctl(fd, call, request);
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

static int describe(struct request *request, int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY | O_CLOEXEC), used;
	__u64 bytes;

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes))
		return -1;
	close(fd);
	request->head.target_count = 1;
	request->target.length = bytes / SECTOR;
	snprintf(request->target.target_type, sizeof(request->target.target_type), "flakey");
	used = snprintf(request->parameters, sizeof(request->parameters), "%s 0 %s %s %d", argv[0],
			argv[1], argv[2], argc - 3);
	for (int i = 3; i < argc; i++)
		used += snprintf(request->parameters + used,
				 sizeof(request->parameters) - (size_t)used, " %s", argv[i]);
	return 0;
}

/* Without freezing the file system: that would write, and wait until it can. */
static int set(int argc, char **argv)
{
	struct request status = { .target = { 0 } }, table = status, resume = status;

	if (describe(&table, argc, argv))
		return complain(argv[0]);
	if (ask(DM_DEV_STATUS, 0, &status)) {
		struct request create = { .target = { 0 } };

		if (ask(DM_DEV_CREATE, 0, &create))
			return complain("DM_DEV_CREATE");
	}
	if (ask(DM_TABLE_LOAD, 0, &table))
		return complain("DM_TABLE_LOAD");
	return ask(DM_DEV_SUSPEND, DM_SKIP_LOCKFS_FLAG, &resume) ? complain("DM_DEV_SUSPEND") : 0;
}

int main(int argc, char **argv)
{
	struct request request = { .target = { 0 } };

	if (argc >= 5 && argc < 10 && !strcmp(argv[1], "set"))
		return set(argc - 2, argv + 2);
	if (argc == 2 && !strcmp(argv[1], "remove"))
		return ask(DM_DEV_REMOVE, 0, &request) ? complain("DM_DEV_REMOVE") : 0;
	fputs(USAGE, stderr);
	return 2;
}
