/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inbox.h - a UDP socket that takes what a whole fleet sends, many datagrams at a time */
#ifndef TARSIER_DECODE_INBOX_H
#define TARSIER_DECODE_INBOX_H

#include <stddef.h>

#include <linux/types.h>

/* Datagrams taken with one system call. */
#define INBOX_BATCH 64

struct datagram {
	const unsigned char *bytes; /* aligned as records are */
	size_t size;
	__u64 arrival_ns; /* CLOCK_REALTIME, when it came to this machine */
};

struct inbox {
	int fd;
	__u32 dropped; /* by this machine's kernel, because the socket's buffer was full */
	/* private */
	struct inbox_room *room;
};

/* Listen on "[HOST:]PORT".  0, or -1 after having told the user. */
int inbox_open(struct inbox *inbox, const char *address);
void inbox_close(struct inbox *inbox);

unsigned int inbox_port(const struct inbox *inbox);

/* What is there, without waiting; good until the next call.  Returns how many these are. */
unsigned int inbox_take(struct inbox *inbox, struct datagram taken[INBOX_BATCH]);

#endif
