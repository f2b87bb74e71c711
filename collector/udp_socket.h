/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udp_socket.h - a connected UDP socket that never lets a block be cut into fragments */
#ifndef TARSIER_UDP_SOCKET_H
#define TARSIER_UDP_SOCKET_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define UDP_HEADERS_MAX 48 /* IPv6 and UDP */

union udp_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

socklen_t udp_address_size(const union udp_address *address);

/* Split "HOST:PORT" or "[ADDRESS]:PORT" in place; 0 or -EINVAL. */
int udp_split(char *target, char **host, char **port);

/* A socket for this family, not connected; or -errno. */
int udp_socket(int family);
/* Connect, anew too: the route and our own address are looked up again.  0 or -errno. */
int udp_connect(int fd, const union udp_address *address);

/* The largest block, in records, that the path takes as it is known now; @extra bytes go with each. */
unsigned int udp_records_through(int fd, size_t extra);

/* Send one datagram; 0 or -errno.  Errors of earlier ones are left to udp_refused(). */
int udp_send(int fd, const void *bytes, size_t size);

/*
 * The next error that came back for a datagram sent before: its number, negative, and as much of the
 * datagram as came with it, *@size bytes.  0: there is no more.
 */
int udp_refused(int fd, void *bytes, size_t *size);
/* Take what else makes the socket ready: an error without a datagram, and what nobody asked for. */
void udp_settle(int fd);

#endif
