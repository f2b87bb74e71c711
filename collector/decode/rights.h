/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rights.h - what root needs only to begin is given up */
#ifndef TARSIER_DECODE_RIGHTS_H
#define TARSIER_DECODE_RIGHTS_H

/*
 * Once sockets, keys and files are open: become @user, or without one the owner of @dir, or where that
 * is root or not there "nobody", and never gain a right again.  A @dir that is not there is made, and
 * is that user's.  @dir may be NULL.  0, or -1 after having told the user.
 */
int rights_drop(const char *user, const char *dir);

#endif
