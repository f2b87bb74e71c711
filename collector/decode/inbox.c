// SPDX-License-Identifier: GPL-2.0-or-later
/* inbox - a UDP socket that takes what a whole fleet sends, many datagrams at a time */
#include "inbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "options.h"
#include "wire.h"

/*
 * What waits here while this process does something else.  The kernel doubles it, and counts a block as
 * 2.3 KB: 0.4 s of 300,000 a second.  Memory is taken only for what waits.
 */
#define RECEIVE_BUFFER (128 << 20)

#define DATAGRAM_MAX 65536
/* Each buffer begins 17 lines of the cache behind where the one before it does: a block is 16. */
#define STRIDE (DATAGRAM_MAX + 17 * RECORD_SIZE)
#define CONTROL_SIZE (CMSG_SPACE(sizeof(__u32)) + CMSG_SPACE(sizeof(struct timespec)))

struct inbox_room {
	struct mmsghdr message[INBOX_BATCH];
	struct iovec vector[INBOX_BATCH];
	char control[INBOX_BATCH][CONTROL_SIZE] __attribute__((aligned(sizeof(size_t))));
	unsigned char bytes[INBOX_BATCH][STRIDE] __attribute__((aligned(RECORD_SIZE)));
};

/* Mapped: only the pages that datagrams reach into become memory. */
static struct inbox_room *make_room(void)
{
	struct inbox_room *room = mmap(NULL, sizeof(*room), PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return NULL;
	for (unsigned int i = 0; i < INBOX_BATCH; i++) {
		room->vector[i] = (struct iovec) { room->bytes[i], DATAGRAM_MAX };
		room->message[i].msg_hdr.msg_iov = &room->vector[i];
		room->message[i].msg_hdr.msg_iovlen = 1;
		room->message[i].msg_hdr.msg_control = room->control[i];
	}
	return room;
}

static void set_up(int fd, int family)
{
	int on = 1, off = 0, size = RECEIVE_BUFFER;

	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	/* beyond the machine's limit where privilege allows, else up to it */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

/* Bound to the first of @list that works, an IPv6 one first: it hears IPv4 as well.  -1: errno. */
static int bind_first(const struct addrinfo *list)
{
	static const int families[] = { AF_INET6, AF_INET };
	int err = EADDRNOTAVAIL;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		for (const struct addrinfo *at = list; at; at = at->ai_next) {
			int fd;

			if (at->ai_family != families[i])
				continue;
			fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
			if (fd < 0)
				continue;
			set_up(fd, at->ai_family);
			if (!bind(fd, at->ai_addr, at->ai_addrlen))
				return fd;
			err = errno;
			close(fd);
			if (err == EADDRINUSE)
				break;
		}
	}
	errno = err;
	return -1;
}

static int open_socket(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_PASSIVE }, *list;
	char host[NI_MAXHOST];
	const char *port;
	int err, fd;

	if (!address_split(address, host, &port))
		return address_complain("listen", address,
					"expected PORT, HOST:PORT or [HOST]:PORT");
	err = getaddrinfo(*host ? host : NULL, port, &hints, &list);
	if (err)
		return address_complain("cannot listen on", address, gai_strerror(err));
	fd = bind_first(list);
	freeaddrinfo(list);
	if (fd < 0 && errno == EADDRINUSE)
		return address_complain("cannot listen on", address,
					"the port is in use: choose another, or end its user");
	return fd < 0 ? address_complain("cannot listen on", address, strerror(errno)) : fd;
}

int inbox_open(struct inbox *inbox, const char *address)
{
	*inbox = (struct inbox) { .fd = open_socket(address) };
	if (inbox->fd < 0)
		return -1;
	inbox->room = make_room();
	if (inbox->room)
		return 0;
	fputs(PROGRAM ": out of memory\n", stderr);
	inbox_close(inbox);
	return -1;
}

void inbox_close(struct inbox *inbox)
{
	if (inbox->room)
		munmap(inbox->room, sizeof(*inbox->room));
	inbox->room = NULL;
	close(inbox->fd);
	inbox->fd = -1;
}

unsigned int inbox_port(const struct inbox *inbox)
{
	return address_port(inbox->fd);
}

/* What the kernel says of a datagram; returns when it came, 0: it did not say. */
static __u64 read_control(struct inbox *inbox, struct msghdr *message)
{
	struct timespec time = { 0 };

	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		if (control->cmsg_level != SOL_SOCKET)
			continue;
		if (control->cmsg_type == SO_RXQ_OVFL)
			memcpy(&inbox->dropped, CMSG_DATA(control), sizeof(inbox->dropped));
		if (control->cmsg_type == SO_TIMESTAMPNS)
			memcpy(&time, CMSG_DATA(control), sizeof(time));
	}
	return (__u64)time.tv_sec * NS_PER_SEC + (__u64)time.tv_nsec;
}

static __u64 realtime_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (__u64)time.tv_sec * NS_PER_SEC + (__u64)time.tv_nsec;
}

unsigned int inbox_take(struct inbox *inbox, struct datagram taken[INBOX_BATCH])
{
	struct inbox_room *room = inbox->room;
	int count;

	for (unsigned int i = 0; i < INBOX_BATCH; i++)
		room->message[i].msg_hdr.msg_controllen = CONTROL_SIZE;
	count = recvmmsg(inbox->fd, room->message, INBOX_BATCH, 0, NULL);
	for (int i = 0; i < count; i++) {
		taken[i] = (struct datagram) {
			.bytes = room->bytes[i],
			.size = room->message[i].msg_len,
			.arrival_ns = read_control(inbox, &room->message[i].msg_hdr),
		};
		if (!taken[i].arrival_ns)
			taken[i].arrival_ns = realtime_ns();
	}
	return count < 0 ? 0 : (unsigned int)count;
}
