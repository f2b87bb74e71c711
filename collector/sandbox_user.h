/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox_user.h - whom the process becomes, and what is handed over to it */
#ifndef TARSIER_SANDBOX_USER_H
#define TARSIER_SANDBOX_USER_H

#include <stdbool.h>
#include <sys/types.h>

#define SANDBOX_USER "tarsier" /* the default, where /etc/passwd has it */
/* Else this number: of those that nobody gives to a user (systemd's UIDS-GIDS.md: 60706 to 61183). */
#define SANDBOX_UID 60773

struct sandbox_user {
	uid_t uid;
	gid_t gid;
};

/* Look @name up in the file @passwd; 0 or -ENOENT. */
int sandbox_user_find(const char *passwd, const char *name, struct sandbox_user *user);
/* NAME, UID or UID:GID; without a group a number's is the same number.  0, -ENOENT, or -EINVAL: none of these. */
int sandbox_user_parse(const char *passwd, const char *text, struct sandbox_user *user);
struct sandbox_user sandbox_user_default(const char *passwd);

/*
 * Make the directory @fd one that @user can write to.  0; -EEXIST: somebody else's files are in it, the first
 * one is @other; or another error.
 */
int sandbox_user_hand_over(int fd, const struct sandbox_user *user, char *other, size_t size);

#endif
