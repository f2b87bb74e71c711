// SPDX-License-Identifier: GPL-2.0-or-later
/* address - "[HOST:]PORT", as listeners are told it */
#include "address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

bool address_split(const char *address, char host[NI_MAXHOST], const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t length = colon ? (size_t)(colon - address) : 0;
	char *end;
	unsigned long number;

	*port = colon ? colon + 1 : address;
	number = strtoul(*port, &end, 10);
	if (**port < '0' || **port > '9' || *end || number > 65535)
		return false;
	if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
		address++;
		length -= 2;
	}
	if (length >= NI_MAXHOST || (colon && !length))
		return false;
	memcpy(host, address, length);
	host[length] = '\0';
	return true;
}

unsigned int address_port(int fd)
{
	union address address = { 0 };
	socklen_t length = sizeof(address);

	getsockname(fd, &address.any, &length);
	return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
						       : address.v4.sin_port);
}

int address_complain(const char *what, const char *address, const char *why)
{
	fprintf(stderr, PROGRAM ": %s ", what);
	text_print_string(stderr, address);
	fprintf(stderr, ": %s\n", why);
	return -1;
}
