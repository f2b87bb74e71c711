/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resolver.h - a child process that looks up a name, however long that takes
 *
 * The C library's getaddrinfo(3) waits for its servers, opens files and sockets: the recorder can
 * afford neither once it records.  The child can do nothing else, and ends with its parent.
 */
#ifndef TARSIER_RESOLVER_H
#define TARSIER_RESOLVER_H

#include "udp_socket.h"

#define RESOLVER_ADDRESSES 4

struct resolver {
	int fd; /* becomes readable when there is an answer; -1: not started */
};

struct resolver_answer {
	int failure; /* as of getaddrinfo(3); 0: none */
	unsigned int count;
	union udp_address address[RESOLVER_ADDRESSES];
};

/* Look up @host and @port, in this process.  They may be numbers, which takes no time. */
void resolver_look_up(const char *host, const char *port, int flags,
		      struct resolver_answer *answer);

/* Start the child, which knows @host and @port.  0 or -errno. */
int resolver_start(struct resolver *resolver, const char *host, const char *port);
void resolver_stop(struct resolver *resolver);
/* Ask it; the answer comes later. */
void resolver_ask(const struct resolver *resolver);
/* 0 or -errno; -EAGAIN: there is none yet. */
int resolver_take(const struct resolver *resolver, struct resolver_answer *answer, bool wait);

#endif
