// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox - what the process gives up once everything is opened: it then owns nothing */
#include "sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox_filter.h"
#include "sandbox_landlock.h"
#include "sandbox_privileges.h"
#include "sandbox_user.h"
#include "say.h"

#define PASSWD "/etc/passwd"
#define NO_SECCOMP "no seccomp: the kernel lacks CONFIG_SECCOMP_FILTER"
#define NO_LANDLOCK "no Landlock: the kernel lacks CONFIG_SECURITY_LANDLOCK (Linux 5.13)"

static struct {
	struct sandbox_needs needs;
	struct sandbox_user user;
	bool chosen; /* the user, by the user */
	bool too_much;
	bool declined;
	char result[320];
} sandbox = { .result = "not entered" };

void sandbox_allow_directory(int fd, bool write)
{
	struct sandbox_needs *needs = &sandbox.needs;

	if (needs->directory_count == SANDBOX_DIRECTORIES_MAX) {
		sandbox.too_much = true;
		return;
	}
	needs->directories[needs->directory_count].fd = fd;
	needs->directories[needs->directory_count++].write = write;
}

void sandbox_allow_network(void)
{
	sandbox.needs.network = true;
}

void sandbox_allow_call(long number)
{
	for (unsigned int i = 0; i < sandbox.needs.call_count; i++)
		if (sandbox.needs.calls[i] == number)
			return;
	if (sandbox.needs.call_count == SANDBOX_CALLS_MAX)
		sandbox.too_much = true;
	else
		sandbox.needs.calls[sandbox.needs.call_count++] = number;
}

/* A user with some of root's rights stays who it is. */
static bool stays(void)
{
	return !sandbox.chosen && getuid();
}

static struct sandbox_user becomes(void)
{
	if (stays())
		return (struct sandbox_user) { getuid(), getgid() };
	return sandbox.chosen ? sandbox.user : sandbox_user_default(PASSWD);
}

unsigned int sandbox_uid(void)
{
	return becomes().uid;
}

unsigned int sandbox_gid(void)
{
	return becomes().gid;
}

int sandbox_choose_user(const char *user)
{
	struct sandbox_user chosen;
	int err = sandbox_user_parse(PASSWD, user, &chosen);

	if (err == -ENOENT)
		say("--user %s: " PASSWD " has no such user", user);
	if (err)
		return err;
	if (!chosen.uid || !chosen.gid) {
		say("--user %s: root owns too much: --no-sandbox lets it be", user);
		return -EPERM;
	}
	sandbox.user = chosen;
	sandbox.chosen = true;
	return 0;
}

int sandbox_hand_over(int fd, char *detail, size_t size)
{
	struct sandbox_user user = becomes();
	char other[64];
	int err = sandbox.declined ? 0 : sandbox_user_hand_over(fd, &user, other, sizeof(other));

	if (err == -EEXIST)
		snprintf(detail, size,
			 "%s is in it: not handed over to user %u; name a directory of recordings "
			 "alone, such as /var/log/tarsier, or use --no-sandbox",
			 other, user.uid);
	else if (err)
		snprintf(detail, size, "cannot be handed over to user %u", user.uid);
	return err;
}

void sandbox_hand_over_file(int fd)
{
	struct sandbox_user user = becomes();

	if (!sandbox.declined && fchown(fd, user.uid, user.gid))
		return; /* it is open, which is enough for most */
}

int sandbox_give_up_rights(void)
{
	struct sandbox_leftovers left = { 0 };
	struct sandbox_user user = becomes();
	const char *step;

	if (sandbox.declined)
		return 0;
	return sandbox_give_up_privileges(stays() ? NULL : &user, &left, &step);
}

static void tell(const char *text)
{
	size_t used = strlen(sandbox.result);

	snprintf(sandbox.result + used, sizeof(sandbox.result) - used, "%s%s", used ? ", " : "",
		 text);
}

/* What the kernel lacks is for the user to know, too. */
static void tell_lack(const char *text)
{
	tell(text);
	say("sandbox: %s", text);
}

static void tell_ids(const struct sandbox_leftovers *left)
{
	snprintf(sandbox.result, sizeof(sandbox.result), "uid %u, gid %u, no capabilities",
		 getuid(), getgid());
	if (left->bounding)
		tell("but in the bounding set (no CAP_SETPCAP)");
	if (left->groups > 0)
		tell("supplementary groups kept (no CAP_SETGID)");
}

static int enter_landlock(void)
{
	int version = sandbox_landlock_version(), err;
	char text[32];

	if (!version) {
		tell_lack(NO_LANDLOCK);
		return 0;
	}
	err = sandbox_landlock_enter(version, &sandbox.needs);
	snprintf(text, sizeof(text), "Landlock %d", version);
	tell(text);
	return err;
}

static int enter_seccomp(void)
{
	struct sandbox_filter filter;
	int err = sandbox_filter_build(&filter, &sandbox.needs);

	if (!sandbox_filter_is_known()) {
		tell_lack(NO_SECCOMP);
		return 0;
	}
	err = err ? err : sandbox_filter_install(&filter);
	tell("seccomp");
	return err;
}

int sandbox_enter(void)
{
	struct sandbox_leftovers left = { 0 };
	struct sandbox_user user = becomes();
	const char *step = "list what is needed";
	int err = sandbox.too_much ? -E2BIG : 0;

	if (!err)
		err = sandbox_give_up_privileges(stays() ? NULL : &user, &left, &step);
	if (!err) {
		tell_ids(&left);
		step = "enter Landlock";
		err = enter_landlock();
	}
	if (!err) {
		step = "enter seccomp";
		err = enter_seccomp();
	}
	if (err)
		say("sandbox: cannot %s: %s: nothing is recorded (--no-sandbox goes on without)",
		    step, strerror(-err));
	return err;
}

void sandbox_decline(void)
{
	sandbox.declined = true;
	snprintf(sandbox.result, sizeof(sandbox.result), "none (--no-sandbox), uid %u, gid %u",
		 getuid(), getgid());
}

const char *sandbox_result(void)
{
	return sandbox.result;
}
