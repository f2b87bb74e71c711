// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_network - which way datagrams would take, found out without sending any */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "facts.h"
#include "kernel.h"
#include "sink.h"

#define AREA "network"
#define ADDRESS_SIZE INET6_ADDRSTRLEN
#define MTU_SIZE 16

/* NULL: neither IPv4 nor IPv6. */
static const void *address_in(const struct sockaddr *address, size_t *size)
{
	*size = 0;
	if (address && address->sa_family == AF_INET) {
		*size = sizeof(struct in_addr);
		return &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	}
	if (address && address->sa_family == AF_INET6) {
		*size = sizeof(struct in6_addr);
		return &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	}
	return NULL;
}

static void print_address(const struct sockaddr *address, char text[ADDRESS_SIZE])
{
	size_t size;
	const void *bytes = address_in(address, &size);

	if (!bytes || !inet_ntop(address->sa_family, bytes, text, ADDRESS_SIZE))
		snprintf(text, ADDRESS_SIZE, "?");
}

static bool is_same(const struct sockaddr *one, const struct sockaddr *other)
{
	size_t size, other_size;
	const void *bytes = address_in(one, &size), *others = address_in(other, &other_size);

	return bytes && others && size == other_size && !memcmp(bytes, others, size);
}

static void read_mtu(const char *interface, char mtu[MTU_SIZE])
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/net/%s/mtu", interface);
	if (kernel_read_line(path, mtu, MTU_SIZE))
		snprintf(mtu, MTU_SIZE, "?");
}

/* IFF_RUNNING tells of the carrier. */
static void add_way(const char *name, const struct ifaddrs *interface, unsigned int records)
{
	bool carrier = interface->ifa_flags & IFF_RUNNING, narrow = records < BLOCK_RECORDS_MAX;
	char address[ADDRESS_SIZE], mtu[MTU_SIZE], cut[48] = "";

	print_address(interface->ifa_addr, address);
	read_mtu(interface->ifa_name, mtu);
	if (narrow)
		snprintf(cut, sizeof(cut), ": blocks of only %u records fit", records);
	facts_add(AREA, name, carrier && !narrow ? FACT_ok : FACT_warn, "%s, %s%s, MTU %s%s",
		  interface->ifa_name, address, carrier ? "" : ", no carrier", mtu, cut);
}

/* Which interface has the address that the socket was given. */
static void look_at_way(const char *name, const struct sink *sink)
{
	struct sockaddr_storage own = { 0 };
	socklen_t size = sizeof(own);
	struct ifaddrs *list = NULL, *interface;
	char address[ADDRESS_SIZE];

	if (getsockname(sink->fd, (struct sockaddr *)&own, &size) || getifaddrs(&list))
		list = NULL;
	for (interface = list; interface; interface = interface->ifa_next)
		if (is_same(interface->ifa_addr, (struct sockaddr *)&own))
			break;
	print_address((struct sockaddr *)&own, address);
	if (interface)
		add_way(name, interface, sink->block_records_max);
	else
		facts_add(AREA, name, FACT_note, "there is a route; from %s", address);
	freeifaddrs(list);
}

int facts_udp_output(const char *name, const char *target)
{
	struct sink sink = { .kind = &sink_udp, .fd = -1 };
	char detail[SINK_DETAIL_SIZE] = "";
	int err = sink_udp.open(&sink, target, detail);

	if (err) {
		facts_add(AREA, name, FACT_fail, "%s: %s", detail, strerror(-err));
	} else {
		look_at_way(name, &sink);
		sink_udp.close(&sink);
	}
	free(sink.own);
	return err;
}

/* Every interface has an address for its own link. */
static bool is_usable(const struct ifaddrs *interface)
{
	size_t size;
	const void *address = address_in(interface->ifa_addr, &size);

	if (!address || interface->ifa_flags & IFF_LOOPBACK)
		return false;
	return size != sizeof(struct in6_addr) || !IN6_IS_ADDR_LINKLOCAL(address);
}

void facts_interfaces(void)
{
	struct ifaddrs *list = NULL;
	bool any = false;

	if (getifaddrs(&list))
		list = NULL;
	for (const struct ifaddrs *interface = list; interface; interface = interface->ifa_next) {
		if (!is_usable(interface))
			continue;
		any = true;
		add_way("interface", interface, BLOCK_RECORDS_MAX);
	}
	if (!any)
		facts_add(AREA, "interface", FACT_note, "none has an address");
	freeifaddrs(list);
}
