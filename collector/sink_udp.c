// SPDX-License-Identifier: GPL-2.0-or-later
/* sink_udp - send each block as one datagram */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox.h"
#include "sink.h"

#define IPV4_UDP_HEADERS 28
#define IPV6_UDP_HEADERS 48

/* Split "HOST:PORT" or "[ADDRESS]:PORT" in place. */
static int split_target(char *target, char **host, char **port)
{
	char *colon = strrchr(target, ':');

	if (!colon || colon == target || !colon[1])
		return -EINVAL;
	*colon = '\0';
	*port = colon + 1;
	*host = target;
	if (*target == '[') {
		if (colon[-1] != ']')
			return -EINVAL;
		colon[-1] = '\0';
		*host = target + 1;
	}
	return 0;
}

/*
 * A block must never be cut into fragments, of which one lost loses all.  IP_RECVERR brings every
 * ICMP error to the next send, where it is counted.
 */
static int set_up(int fd, int family)
{
	int discover = family == AF_INET6 ? IPV6_PMTUDISC_DO : IP_PMTUDISC_DO, on = 1, failed;

	if (family == AF_INET6)
		failed = setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &discover,
				    sizeof(discover)) ||
			 setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	else
		failed = setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof(discover)) ||
			 setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	return failed ? -errno : 0;
}

/* How many records fit through the path as it is known now. */
static unsigned int records_through(int fd, int family)
{
	int mtu = 0, headers = family == AF_INET6 ? IPV6_UDP_HEADERS : IPV4_UDP_HEADERS;
	socklen_t size = sizeof(mtu);
	unsigned int records;

	if (getsockopt(fd, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
		       family == AF_INET6 ? IPV6_MTU : IP_MTU, &mtu, &size) ||
	    mtu <= headers)
		return 0;
	records = (unsigned int)(mtu - headers) / RECORD_SIZE;
	/* below three a block holds no data record: let the send fail and be counted */
	return records > BLOCK_RECORDS_MIN ? records : BLOCK_RECORDS_MIN + 1;
}

static int family_of(int fd)
{
	int family = AF_INET;
	socklen_t size = sizeof(family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
	return family;
}

static int connect_to(struct sink *sink, const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;

	if (fd < 0)
		return -errno;
	err = set_up(fd, address->ai_family);
	if (!err && connect(fd, address->ai_addr, address->ai_addrlen))
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	sink->fd = fd;
	sink->block_records_max = records_through(fd, address->ai_family);
	return 0;
}

static int udp_open(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *list = NULL;
	char copy[256], *host, *port;
	int err, failure;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", target) >= sizeof(copy) ||
	    split_target(copy, &host, &port)) {
		snprintf(detail, SINK_DETAIL_SIZE, "want udp://HOST:PORT or udp://[ADDRESS]:PORT");
		return -EINVAL;
	}
	failure = getaddrinfo(host, port, &hints, &list);
	if (failure) {
		snprintf(detail, SINK_DETAIL_SIZE,
			 "cannot resolve '%s' (%s): give an address, or set up /etc/resolv.conf",
			 host, gai_strerror(failure));
		return -EHOSTUNREACH;
	}
	err = -EHOSTUNREACH;
	for (struct addrinfo *address = list; address && err; address = address->ai_next)
		err = connect_to(sink, address);
	freeaddrinfo(list);
	sandbox_allow_network();
	if (err)
		snprintf(detail, SINK_DETAIL_SIZE, "no route to %s", host);
	return err;
}

/* Errors that tell of an earlier datagram: nobody listens there, or a router knows no way. */
static bool is_of_earlier(int err)
{
	return err == -ECONNREFUSED || err == -EHOSTUNREACH || err == -ENETUNREACH;
}

/* An error that waits on the socket from an earlier datagram is reported instead of sending. */
static int udp_write(struct sink *sink, const void *block, size_t size)
{
	int err = 0;

	for (int attempt = 0; attempt < 2; attempt++) {
		ssize_t sent = send(sink->fd, block, size, MSG_NOSIGNAL);

		if (sent == (ssize_t)size)
			return 0;
		err = sent < 0 ? -errno : -EMSGSIZE;
		if (attempt || !is_of_earlier(err))
			break;
		sink->refused = err;
	}
	if (err == -EMSGSIZE) /* the path has become narrower: the next blocks are to fit */
		sink->block_records_max = records_through(sink->fd, family_of(sink->fd));
	return err;
}

static int udp_close(struct sink *sink)
{
	return close(sink->fd) ? -errno : 0;
}

const struct sink_kind sink_udp = {
	.prefix = "udp://",
	.help = "udp://HOST:PORT  each block one datagram",
	.loss = LEDGER_send_lost,
	.open = udp_open,
	.write = udp_write,
	.close = udp_close,
};
