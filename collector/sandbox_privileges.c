// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox_privileges - ids and capabilities, given up for good */
#include "sandbox_privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* capset(2), which the C library has no function for: two words of bits. */
struct capabilities {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static bool has(int capability)
{
	struct capabilities now = { .header = { .version = _LINUX_CAPABILITY_VERSION_3 } };

	return !syscall(SYS_capget, &now.header, now.data) &&
	       now.data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

/* The kernel tells by an error which numbers it does not know. */
static int drop_bounding_set(struct sandbox_leftovers *left)
{
	left->bounding = !has(CAP_SETPCAP);
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		if (!left->bounding && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
			return -errno;
	return 0;
}

static int leave_groups(struct sandbox_leftovers *left)
{
	left->groups = 0;
	if (!setgroups(0, NULL))
		return 0;
	if (errno != EPERM || has(CAP_SETGID))
		return -errno;
	left->groups = getgroups(0, NULL);
	return 0;
}

static int become(const struct sandbox_user *user)
{
	if (!user)
		return 0;
	if (setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	return 0;
}

/* Ambient ones go with those that are permitted; none of them may be left. */
static int drop_capabilities(void)
{
	struct capabilities none = { .header = { .version = _LINUX_CAPABILITY_VERSION_3 } };

	if (syscall(SYS_capset, &none.header, none.data) ||
	    syscall(SYS_capget, &none.header, none.data))
		return -errno;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (none.data[i].effective || none.data[i].permitted || none.data[i].inheritable)
			return -EPERM;
	return 0;
}

static int gain_nothing(void)
{
	const struct rlimit no_core = { 0, 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    setrlimit(RLIMIT_CORE, &no_core))
		return -errno;
	return 0;
}

int sandbox_give_up_privileges(const struct sandbox_user *user, struct sandbox_leftovers *left,
			       const char **step)
{
	int err;

	*step = "empty the bounding set";
	err = drop_bounding_set(left);
	if (err)
		return err;
	*step = "leave the groups";
	err = leave_groups(left);
	if (err)
		return err;
	*step = "change the user";
	err = become(user);
	if (err)
		return err;
	*step = "drop the capabilities";
	err = drop_capabilities();
	if (err)
		return err;
	*step = "do without new privileges";
	return gain_nothing();
}
