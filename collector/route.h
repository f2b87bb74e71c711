/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * route.h - whether there is a way to an address, as the kernel tells it by itself
 *
 * A datagram can be "sent" with the cable out and with the interface down, where another route
 * exists: who wants to know asks for the interface that it would leave by, and for its carrier.
 */
#ifndef TARSIER_ROUTE_H
#define TARSIER_ROUTE_H

#include <stdbool.h>

#include "udp_socket.h"

struct route {
	int events_fd; /* becomes readable when links, addresses or routes have changed */
	int query_fd;
};

/* 0 or -errno; without netlink there is nothing to know. */
int route_open(struct route *route);
void route_close(struct route *route);
/* Take what events_fd has. */
void route_take_events(const struct route *route);

/* Whether @address has a route by an interface that is up and has a carrier. */
bool route_is_up(const struct route *route, const union udp_address *address);

#endif
