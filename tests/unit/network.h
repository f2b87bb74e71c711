/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network.h - networks for tests in a child: a namespace, its loopback, and a link that can be cut
 *
 * All but network_own() end the child when they fail; network_own() skips where there is no right to it.
 */
#ifndef TARSIER_NETWORK_H
#define TARSIER_NETWORK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define LINK_ADDRESS "10.9.9.1"
#define LINK_PEER "10.9.9.2"

/* A network of its own with nothing but a loopback, which is down. */
void network_own(void);
void network_set_up(const char *interface, bool up);
void network_set_mtu(const char *interface, int mtu);

/*
 * A link "tun0" from LINK_ADDRESS to LINK_PEER, which is up: the descriptor where all that is sent
 * over it arrives.
 */
int network_link(void);
/* Plug its cable in or out. */
void network_set_carrier(int link, bool on);
/* A route for all other addresses over it. */
void network_set_default_route(bool there);
/* The next UDP datagram for the peer: its payload's size, 0: none until now. */
size_t network_receive(int link, void *bytes, size_t size);

#endif
