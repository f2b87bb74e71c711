/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.h - "[HOST:]PORT", as listeners are told it */
#ifndef TARSIER_DECODE_ADDRESS_H
#define TARSIER_DECODE_ADDRESS_H

#include <stdbool.h>

#include <netdb.h>
#include <netinet/in.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Split it; HOST may be an IPv6 address in brackets, and is "" where there is none. */
bool address_split(const char *address, char host[NI_MAXHOST], const char **port);

/* The port that @fd is bound to. */
unsigned int address_port(int fd);

/* Tell the user why @address cannot be used; returns -1. */
int address_complain(const char *what, const char *address, const char *why);

#endif
