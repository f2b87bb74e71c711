/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udp_way.h - the way to a receiver: its name, the address behind it, a socket, and what is in between
 *
 * Names are looked up again and again by a child process; routes and carriers are told by the
 * kernel.  All descriptors are opened at start: who records may open none.
 */
#ifndef TARSIER_UDP_WAY_H
#define TARSIER_UDP_WAY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "resolver.h"
#include "route.h"
#include "udp_socket.h"

#define UDP_FAMILIES 2
#define UDP_TARGET_SIZE 256

struct udp_way {
	char target[UDP_TARGET_SIZE];
	char *host, *port;     /* in target */
	int fds[UDP_FAMILIES]; /* IPv4, IPv6; -1 */
	int fd;		       /* the one that is connected; -1 */
	union udp_address address;
	bool is_known; /* the address */
	bool is_up;    /* there is a route to it, and its interface has a carrier */
	struct resolver resolver;
	__u64 asked_ns; /* the child, for the last time */
	struct route route;
};

/*
 * Whether @target can be the name of a receiver, "HOST:PORT" or "[ADDRESS]:PORT", found out without
 * asking anybody.  0, or -EINVAL with @detail (of @size bytes) saying what is wrong.
 */
int udp_way_check(const char *target, char *detail, size_t size);

/* Nothing is open: what udp_way_close() may be given. */
void udp_way_init(struct udp_way *way);
/*
 * Open the way to @target, which udp_way_check() is to like.  @may_come: an address and a route may
 * come later, for a file keeps what is recorded; else a name is waited for here.  0; or -errno with
 * @detail (of @size bytes) saying what to do, or empty, and everything closed.
 */
int udp_way_open(struct udp_way *way, const char *target, bool may_come, char *detail, size_t size);
void udp_way_close(struct udp_way *way);

/*
 * Connect anew, for the route may be another now, and see whether it is up.  Wants the address.  0, or
 * -errno: fd is not connected.
 */
int udp_way_look(struct udp_way *way);
/* Ask for the address: as often as this is called as long as there is none, then once a minute. */
void udp_way_ask(struct udp_way *way);
/*
 * Take the child's answer, when resolver.fd is readable.  0: the address is another now;
 * -EALREADY: nothing has changed; -ECONNRESET: the child was ended, what is known stays.
 */
int udp_way_take_answer(struct udp_way *way);

#endif
