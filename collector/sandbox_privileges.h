/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox_privileges.h - ids and capabilities, given up for good */
#ifndef TARSIER_SANDBOX_PRIVILEGES_H
#define TARSIER_SANDBOX_PRIVILEGES_H

#include <stdbool.h>

#include "sandbox_user.h"

/* What could not be given up for want of the right to, and is of no use without any capability. */
struct sandbox_leftovers {
	bool bounding; /* the set of capabilities that a program could gain */
	int groups;    /* supplementary ones */
};

/*
 * Become @user (NULL: stay who we are), drop every capability, gain none by another program, leave no core
 * dump.  0, or -errno, and *@step says at what.
 */
int sandbox_give_up_privileges(const struct sandbox_user *user, struct sandbox_leftovers *left,
			       const char **step);

#endif
