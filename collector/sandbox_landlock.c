// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox_landlock - no file but below the directories that are needed */
#include "sandbox_landlock.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As of the latest version that is known here; a kernel takes the part of it that it knows. */
struct ruleset {
	__u64 files;
	__u64 network; /* version 4, Linux 6.7: bind and connect of TCP */
	__u64 scopes;  /* version 6, Linux 6.12: abstract sockets, signals */
};

#define NETWORK_ALL 0x3
#define SCOPE_SIGNAL 0x2 /* an abstract socket may be what a supervisor waits at */

static const struct {
	int version;
	__u64 rights; /* all up to this version */
	size_t size;  /* of what it knows of struct ruleset */
} versions[] = {
	{ 1, (1u << 13) - 1, 8 },  { 2, (1u << 14) - 1, 8 },  { 3, (1u << 15) - 1, 8 },
	{ 4, (1u << 15) - 1, 16 }, { 5, (1u << 16) - 1, 16 }, { 6, (1u << 16) - 1, 24 },
};

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                    \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                             \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE)

int sandbox_landlock_version(void)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return version < 0 ? 0 : (int)version;
}

static int open_ruleset(int version)
{
	struct ruleset ruleset = { 0, NETWORK_ALL, SCOPE_SIGNAL };
	size_t size = 0;
	long fd;

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		if (versions[i].version > version)
			break;
		ruleset.files = versions[i].rights;
		size = versions[i].size;
	}
	fd = syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
	return fd < 0 ? -errno : (int)fd;
}

static int allow_below(int ruleset, int directory, bool write)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = READING | (write ? WRITING : 0),
		.parent_fd = directory,
	};

	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)
		       ? -errno
		       : 0;
}

int sandbox_landlock_enter(int version, const struct sandbox_needs *needs)
{
	int ruleset = open_ruleset(version), err = 0;

	if (ruleset < 0)
		return ruleset;
	for (unsigned int i = 0; i < needs->directory_count && !err; i++)
		err = allow_below(ruleset, needs->directories[i].fd, needs->directories[i].write);
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0))
		err = -errno;
	close(ruleset);
	return err;
}
