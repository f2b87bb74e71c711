/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notify.h - tell a supervisor how far we are, by the protocol of sd_notify(3) */
#ifndef TARSIER_NOTIFY_H
#define TARSIER_NOTIFY_H

/*
 * Connect to the socket in NOTIFY_SOCKET, if there is one: nothing is opened later.  With WATCHDOG_USEC
 * the loop gives a sign of life twice as often as is asked for.  0 or -errno.
 */
int notify_open(void);

/* Lines "NAME=VALUE", as in "READY=1\nSTATUS=recording"; without a supervisor they go nowhere. */
void notify(const char *lines);

#endif
