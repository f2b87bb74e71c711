// SPDX-License-Identifier: GPL-2.0-or-later
/* rights - what root needs only to begin is given up */
#include "rights.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"

static const struct passwd *find_user(const char *user, const char *dir)
{
	struct stat status;

	if (!user && dir && !stat(dir, &status) && status.st_uid)
		return getpwuid(status.st_uid);
	return getpwnam(user ? user : "nobody");
}

static int become(const struct passwd *user)
{
	if (setgroups(0, NULL) || setresgid(user->pw_gid, user->pw_gid, user->pw_gid) ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid))
		return address_complain("cannot become", user->pw_name, strerror(errno));
	return 0;
}

int rights_drop(const char *user, const char *dir)
{
	const struct passwd *wanted;

	if (!geteuid()) {
		wanted = find_user(user, dir);
		if (!wanted)
			return address_complain("cannot become",
						user ? user : "the directory's owner",
						"there is no such user");
		if (dir && !mkdir(dir, 0777) && chown(dir, wanted->pw_uid, wanted->pw_gid))
			return address_complain("cannot store in", dir, strerror(errno));
		if (become(wanted))
			return -1;
	} else if (user) {
		return address_complain("--user", user, "only root can become somebody else");
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return 0;
}
