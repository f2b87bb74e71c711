/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inbox.h - what has arrived at a socket, many datagrams with one call
 *
 * Most of what a small datagram costs a receiver is the way into the kernel and back.
 */
#ifndef TARSIER_DECODE_INBOX_H
#define TARSIER_DECODE_INBOX_H

#include <stddef.h>

#include <linux/types.h>

#define INBOX_ROOM 32 /* datagrams */

struct inbox;

struct inbox_datagram {
	const char *bytes; /* until the inbox is filled again */
	size_t size;
	__u64 arrival_ns; /* CLOCK_REALTIME; the kernel's, if the socket has SO_TIMESTAMPNS */
};

/* NULL: no memory. */
struct inbox *inbox_open(void);
void inbox_close(struct inbox *inbox);

/* Take what has arrived at @fd, without waiting.  How many; less than INBOX_ROOM: that was all. */
unsigned int inbox_fill(struct inbox *inbox, int fd);
/* Number @index of those, which are in the order of arrival. */
struct inbox_datagram inbox_take(const struct inbox *inbox, unsigned int index);
/* How many the kernel has dropped until now, if the socket has SO_RXQ_OVFL. */
__u32 inbox_dropped(const struct inbox *inbox);

#endif
