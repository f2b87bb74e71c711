// SPDX-License-Identifier: GPL-2.0-or-later
/* udp_way - the way to a receiver: its name, the address behind it, a socket, and what is in between */
#include "udp_way.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clocks.h"

#define ASK_AGAIN_NS (60 * NS_PER_SEC)
#define NAME_MAX_LENGTH 253 /* RFC 1035, without the last dot */
#define LABEL_MAX_LENGTH 63

/* A number, or a name of /etc/services, which asks nobody. */
static bool is_port(const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *list;
	unsigned long number;
	char *end;

	if (isdigit((unsigned char)*port)) {
		number = strtoul(port, &end, 10);
		return !*end && number >= 1 && number <= 65535;
	}
	if (!isalpha((unsigned char)*port) || getaddrinfo(NULL, port, &hints, &list))
		return false;
	freeaddrinfo(list);
	return true;
}

/* Labels of letters, digits, hyphens and, as many networks have them, underscores. */
static bool is_name(const char *host)
{
	size_t label = 0;

	if (strlen(host) > NAME_MAX_LENGTH + 1)
		return false;
	for (const char *at = host; *at; at++) {
		if (*at == '.') {
			if (!label)
				return false;
			label = 0;
		} else if (++label > LABEL_MAX_LENGTH ||
			   (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')) {
			return false;
		}
	}
	return *host;
}

/* What ends in a number is no name: an address, or none. */
static bool is_number_last(const char *host)
{
	const char *dot = strrchr(host, '.'), *last = dot ? dot + 1 : host;

	return isdigit((unsigned char)*last) && last[strspn(last, "0123456789")] == '\0';
}

/* In brackets; an interface may be named after it, which need not be this machine's. */
static bool is_ipv6(char *host)
{
	char *scope = strchr(host, '%');
	struct in6_addr address;

	if (scope)
		*scope = '\0';
	return (!scope || scope[1]) && inet_pton(AF_INET6, host, &address) == 1;
}

static bool is_host(char *host, bool in_brackets)
{
	struct in_addr address;

	if (in_brackets)
		return is_ipv6(host);
	return is_number_last(host) ? inet_aton(host, &address) : is_name(host);
}

int udp_way_check(const char *target, char *detail, size_t size)
{
	char copy[UDP_TARGET_SIZE], *host, *port;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", target) >= sizeof(copy) ||
	    udp_split(copy, &host, &port))
		snprintf(detail, size, "want udp://HOST:PORT or udp://[ADDRESS]:PORT");
	else if (!is_port(port))
		snprintf(detail, size, "'%s' is no port: want 1 to 65535", port);
	else if (strchr(host, ':') && *target != '[')
		snprintf(detail, size, "an IPv6 address wants brackets: udp://[ADDRESS]:PORT");
	else if (!is_host(host, *target == '['))
		snprintf(detail, size, "'%s' is %s", host,
			 *target == '[' ? "no IPv6 address" : "neither an address nor a name");
	else
		return 0;
	return -EINVAL;
}

void udp_way_init(struct udp_way *way)
{
	*way = (struct udp_way) {
		.fds = { -1, -1 },
		.fd = -1,
		.resolver.fd = -1,
		.route = { -1, -1 },
	};
}

void udp_way_close(struct udp_way *way)
{
	for (unsigned int i = 0; i < UDP_FAMILIES; i++)
		if (way->fds[i] >= 0)
			close(way->fds[i]);
	resolver_stop(&way->resolver);
	route_close(&way->route);
	way->fd = -1;
}

static int *fd_for(struct udp_way *way, int family)
{
	return &way->fds[family == AF_INET6];
}

static int connect_to(struct udp_way *way, const union udp_address *address)
{
	int fd = *fd_for(way, address->any.sa_family), err;

	if (fd < 0)
		return -EAFNOSUPPORT;
	err = udp_connect(fd, address);
	if (err)
		return err;
	way->fd = fd;
	way->address = *address;
	way->is_known = true;
	return 0;
}

static int connect_to_first(struct udp_way *way, const struct resolver_answer *answer)
{
	int err = -EHOSTUNREACH;

	for (unsigned int i = 0; i < answer->count && err; i++)
		err = connect_to(way, &answer->address[i]);
	return err;
}

/* Sockets for what may be answered later, when none can be opened any more. */
static int open_sockets(struct udp_way *way, const struct resolver_answer *answer)
{
	int v4 = 0, v6 = 0;

	for (unsigned int i = 0; i < answer->count; i++) {
		int *fd = fd_for(way, answer->address[i].any.sa_family);

		if (*fd < 0)
			*fd = udp_socket(answer->address[i].any.sa_family);
		if (*fd < 0)
			return *fd;
	}
	if (way->resolver.fd < 0)
		return 0;
	if (way->fds[0] < 0)
		v4 = way->fds[0] = udp_socket(AF_INET);
	if (way->fds[1] < 0)
		v6 = way->fds[1] = udp_socket(AF_INET6);
	return v4 < 0 && v6 < 0 ? v4 : 0;
}

/* Numbers at once; for a name the child is started, and waited for where nothing keeps the records. */
static int find_address(struct udp_way *way, bool may_come, struct resolver_answer *answer,
			char *detail, size_t size)
{
	int err;

	resolver_look_up(way->host, way->port, AI_NUMERICHOST, answer);
	if (!answer->failure)
		return 0;
	err = resolver_start(&way->resolver, way->host, way->port);
	if (err)
		return err;
	resolver_ask(&way->resolver);
	way->asked_ns = now_ns();
	if (may_come)
		return 0;
	err = resolver_take(&way->resolver, answer, true);
	if (err || !answer->failure)
		return err;
	snprintf(detail, size,
		 "cannot resolve '%s' (%s): give an address, or set up /etc/resolv.conf", way->host,
		 gai_strerror(answer->failure));
	return -EHOSTUNREACH;
}

static int begin(struct udp_way *way, bool may_come, char *detail, size_t size)
{
	struct resolver_answer answer;
	int err = find_address(way, may_come, &answer, detail, size);

	err = err ? err : open_sockets(way, &answer);
	if (err || answer.failure)
		return err;
	err = connect_to_first(way, &answer);
	if (err && may_come) { /* the route */
		way->address = answer.address[0];
		way->is_known = true;
		return 0;
	}
	if (err)
		snprintf(detail, size, "no route to %s", way->host);
	return err;
}

int udp_way_open(struct udp_way *way, const char *target, bool may_come, char *detail, size_t size)
{
	int err;

	err = udp_way_check(target, detail, size);
	if (err)
		return err;
	snprintf(way->target, sizeof(way->target), "%s", target);
	udp_split(way->target, &way->host, &way->port);
	err = begin(way, may_come, detail, size);
	if (err) {
		udp_way_close(way);
		return err;
	}
	route_open(&way->route); /* without, only what the socket says is known */
	way->is_up = way->fd >= 0 && route_is_up(&way->route, &way->address);
	return 0;
}

int udp_way_look(struct udp_way *way)
{
	int err = connect_to(way, &way->address);

	way->is_up = !err && route_is_up(&way->route, &way->address);
	return err;
}

void udp_way_ask(struct udp_way *way)
{
	if (way->resolver.fd < 0 || (way->is_known && now_ns() - way->asked_ns < ASK_AGAIN_NS))
		return;
	way->asked_ns = now_ns();
	resolver_ask(&way->resolver);
}

static bool is_same(const union udp_address *one, const union udp_address *other)
{
	if (one->any.sa_family != other->any.sa_family)
		return false;
	if (one->any.sa_family == AF_INET6)
		return one->v6.sin6_port == other->v6.sin6_port &&
		       !memcmp(&one->v6.sin6_addr, &other->v6.sin6_addr, sizeof(one->v6.sin6_addr));
	return one->v4.sin_port == other->v4.sin_port &&
	       one->v4.sin_addr.s_addr == other->v4.sin_addr.s_addr;
}

static bool is_among(const struct resolver_answer *answer, const union udp_address *address)
{
	for (unsigned int i = 0; i < answer->count; i++)
		if (is_same(&answer->address[i], address))
			return true;
	return false;
}

int udp_way_take_answer(struct udp_way *way)
{
	struct resolver_answer answer;
	int err = resolver_take(&way->resolver, &answer, false);

	if (err == -ECONNRESET) { /* its end would be news for ever */
		resolver_stop(&way->resolver);
		return err;
	}
	if (err || answer.failure || !answer.count)
		return -EALREADY;
	if (way->is_known && is_among(&answer, &way->address))
		return -EALREADY;
	if (connect_to_first(way, &answer)) { /* no route yet: the address is known all the same */
		way->address = answer.address[0];
		way->is_known = true;
	}
	return 0;
}
