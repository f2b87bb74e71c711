// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox_user - whom the process becomes, and what is handed over to it */
#include "sandbox_user.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_SIZE 512

/* A number that may be an id, up to @text's end or a colon; false: it is none. */
static bool parse_id(const char **text, unsigned int *id)
{
	unsigned long long value;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	value = strtoull(*text, &end, 10);
	if ((*end && *end != ':') || value >= UINT_MAX)
		return false;
	*text = end;
	*id = (unsigned int)value;
	return true;
}

/* "NAME:x:UID:GID:...": false if it is somebody else's. */
static bool take_line(const char *line, const char *name, struct sandbox_user *user)
{
	size_t length = strlen(name);
	const char *field;
	unsigned int uid, gid;

	if (strncmp(line, name, length) || line[length] != ':')
		return false;
	field = strchr(line + length + 1, ':');
	if (!field++ || !parse_id(&field, &uid) || *field++ != ':' || !parse_id(&field, &gid))
		return false;
	*user = (struct sandbox_user) { uid, gid };
	return true;
}

int sandbox_user_find(const char *passwd, const char *name, struct sandbox_user *user)
{
	FILE *file = fopen(passwd, "re");
	char line[LINE_SIZE];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = take_line(line, name, user);
	if (file)
		fclose(file);
	return found ? 0 : -ENOENT;
}

int sandbox_user_parse(const char *passwd, const char *text, struct sandbox_user *user)
{
	unsigned int uid, gid;

	if (!*text || strlen(text) >= 64)
		return -EINVAL;
	if (*text < '0' || *text > '9')
		return strchr(text, ':') ? -EINVAL : sandbox_user_find(passwd, text, user);
	if (!parse_id(&text, &uid))
		return -EINVAL;
	gid = uid;
	if (*text == ':') {
		text++;
		if (!parse_id(&text, &gid) || *text)
			return -EINVAL;
	}
	*user = (struct sandbox_user) { uid, gid };
	return 0;
}

struct sandbox_user sandbox_user_default(const char *passwd)
{
	struct sandbox_user user = { SANDBOX_UID, SANDBOX_UID };

	sandbox_user_find(passwd, SANDBOX_USER, &user);
	return user;
}

static bool may_write(const struct stat *status, const struct sandbox_user *user)
{
	mode_t needed = S_IWOTH | S_IXOTH;

	if (status->st_uid == user->uid)
		needed = S_IWUSR | S_IXUSR;
	else if (status->st_gid == user->gid)
		needed = S_IWGRP | S_IXGRP;
	return (status->st_mode & needed) == needed;
}

static bool is_recording(int fd, const char *name)
{
	size_t length = strlen(name);
	struct stat status;

	return length > 12 && !strncmp(name, "tarsier-", 8) && !strcmp(name + length - 4, ".tsr") &&
	       !fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode);
}

static bool is_itself(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Call @take for each entry until it does not return 0. */
static int each_entry(int fd, int (*take)(int fd, const char *name, void *context), void *context)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!directory) {
		err = -errno;
		if (copy >= 0)
			close(copy);
		return err;
	}
	while (!err && (entry = readdir(directory)))
		err = is_itself(entry->d_name) ? 0 : take(fd, entry->d_name, context);
	closedir(directory);
	return err;
}

struct other {
	char *name;
	size_t size;
};

static int refuse_other(int fd, const char *name, void *context)
{
	struct other *other = context;

	if (is_recording(fd, name))
		return 0;
	snprintf(other->name, other->size, "%s", name);
	return -EEXIST;
}

static int give(int fd, const char *name, void *context)
{
	const struct sandbox_user *user = context;

	return fchownat(fd, name, user->uid, user->gid, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

int sandbox_user_hand_over(int fd, const struct sandbox_user *user, char *other, size_t size)
{
	struct other found = { other, size };
	struct stat status;
	int err;

	if (fstat(fd, &status))
		return -errno;
	if (may_write(&status, user))
		return 0;
	err = each_entry(fd, refuse_other, &found);
	err = err ? err : each_entry(fd, give, (void *)user);
	if (!err && fchown(fd, user->uid, user->gid))
		err = -errno;
	return err;
}
