// SPDX-License-Identifier: GPL-2.0-or-later
/* route - whether there is a way to an address, as the kernel tells it by itself (rtnetlink(7)) */
#include "route.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_SIZE 4096

static int open_socket(unsigned int groups)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE), err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&own, sizeof(own))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int route_open(struct route *route)
{
	route->events_fd = open_socket(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE |
				       RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE);
	route->query_fd = open_socket(0);
	if (route->events_fd >= 0 && route->query_fd >= 0)
		return 0;
	route_close(route);
	return -EAFNOSUPPORT;
}

void route_close(struct route *route)
{
	if (route->events_fd >= 0)
		close(route->events_fd);
	if (route->query_fd >= 0)
		close(route->query_fd);
	route->events_fd = -1;
	route->query_fd = -1;
}

void route_take_events(const struct route *route)
{
	char ignored[ANSWER_SIZE];

	while (recv(route->events_fd, ignored, sizeof(ignored), MSG_DONTWAIT) > 0 ||
	       errno == ENOBUFS)
		errno = 0;
}

/* The kernel answers within the send: @answer holds the message, or the call has failed. */
static bool ask(const struct route *route, const void *request, size_t size, __u16 type,
		char answer[ANSWER_SIZE], size_t *length)
{
	const struct nlmsghdr *header = (const void *)answer;
	ssize_t got;

	while (recv(route->query_fd, answer, ANSWER_SIZE, MSG_DONTWAIT) > 0)
		; /* of an earlier question */
	if (send(route->query_fd, request, size, 0) != (ssize_t)size)
		return false;
	got = recv(route->query_fd, answer, ANSWER_SIZE, MSG_DONTWAIT);
	*length = got > 0 ? (size_t)got : 0;
	return got > 0 && NLMSG_OK(header, (size_t)got) && header->nlmsg_type == type;
}

/* The interface by which datagrams to @address leave; 0: there is no route. */
static int ask_interface(const struct route *route, const union udp_address *address)
{
	bool v6 = address->any.sa_family == AF_INET6;
	size_t size = v6 ? sizeof(address->v6.sin6_addr) : sizeof(address->v4.sin_addr), length;
	struct {
		struct nlmsghdr header;
		struct rtmsg message;
		struct rtattr attribute;
		char address[16];
	} request = {
		.header = { .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST },
		.message = { .rtm_family = (unsigned char)address->any.sa_family,
			     .rtm_dst_len = (unsigned char)(size * 8) },
		.attribute = { .rta_type = RTA_DST, .rta_len = (unsigned short)RTA_LENGTH(size) },
	};
	char answer[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header = (const void *)answer;
	const struct rtattr *at;
	int left;

	memcpy(request.address,
	       v6 ? (const void *)&address->v6.sin6_addr : (const void *)&address->v4.sin_addr,
	       size);
	request.header.nlmsg_len = (__u32)(offsetof(__typeof__(request), address) + size);
	if (!ask(route, &request, request.header.nlmsg_len, RTM_NEWROUTE, answer, &length))
		return 0;
	left = (int)RTM_PAYLOAD(header);
	for (at = RTM_RTA(NLMSG_DATA(header)); RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == RTA_OIF)
			return *(const int *)RTA_DATA(at);
	return 0;
}

static bool has_carrier(const struct route *route, int interface)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg message;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = RTM_GETLINK,
			    .nlmsg_flags = NLM_F_REQUEST },
		.message = { .ifi_index = interface },
	};
	char answer[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct ifinfomsg *link = NLMSG_DATA((struct nlmsghdr *)(void *)answer);
	size_t length;

	return ask(route, &request, sizeof(request), RTM_NEWLINK, answer, &length) &&
	       length >= NLMSG_LENGTH(sizeof(*link)) &&
	       (link->ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

bool route_is_up(const struct route *route, const union udp_address *address)
{
	int interface;

	if (route->query_fd < 0)
		return true;
	interface = ask_interface(route, address);
	return interface && has_carrier(route, interface);
}
