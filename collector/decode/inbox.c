// SPDX-License-Identifier: GPL-2.0-or-later
/* inbox - what has arrived at a socket, many datagrams with one call */
#include "inbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "text.h"

#define DATAGRAM_MAX 65536
#define CONTROL_SIZE (CMSG_SPACE(sizeof(__u32)) + CMSG_SPACE(sizeof(struct timespec)))

/* Of each slot only those pages take memory that a datagram has reached. */
struct inbox {
	struct mmsghdr message[INBOX_ROOM];
	struct iovec vector[INBOX_ROOM];
	__u64 arrival_ns[INBOX_ROOM];
	__u32 dropped;
	char control[INBOX_ROOM][CONTROL_SIZE] __attribute__((aligned(8)));
	char bytes[INBOX_ROOM][DATAGRAM_MAX];
};

struct inbox *inbox_open(void)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));

	for (unsigned int i = 0; inbox && i < INBOX_ROOM; i++) {
		inbox->vector[i] = (struct iovec) { inbox->bytes[i], DATAGRAM_MAX };
		inbox->message[i].msg_hdr = (struct msghdr) {
			.msg_iov = &inbox->vector[i],
			.msg_iovlen = 1,
			.msg_control = inbox->control[i],
		};
	}
	return inbox;
}

void inbox_close(struct inbox *inbox)
{
	free(inbox);
}

static __u64 ns_of(const struct timespec *time)
{
	return (__u64)time->tv_sec * NS_PER_SEC + (__u64)time->tv_nsec;
}

/* What the kernel says of a datagram; returns when it came, 0: it does not say. */
static __u64 take_control(struct inbox *inbox, struct msghdr *message)
{
	__u64 arrival_ns = 0;

	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		struct timespec time;

		if (control->cmsg_level != SOL_SOCKET)
			continue;
		if (control->cmsg_type == SO_RXQ_OVFL)
			memcpy(&inbox->dropped, CMSG_DATA(control), sizeof(inbox->dropped));
		if (control->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&time, CMSG_DATA(control), sizeof(time));
			arrival_ns = ns_of(&time);
		}
	}
	return arrival_ns;
}

unsigned int inbox_fill(struct inbox *inbox, int fd)
{
	struct timespec now;
	int count;

	for (unsigned int i = 0; i < INBOX_ROOM; i++)
		inbox->message[i].msg_hdr.msg_controllen = CONTROL_SIZE;
	count = recvmmsg(fd, inbox->message, INBOX_ROOM, MSG_DONTWAIT, NULL);
	if (count <= 0)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	for (int i = 0; i < count; i++) {
		inbox->arrival_ns[i] = take_control(inbox, &inbox->message[i].msg_hdr);
		if (!inbox->arrival_ns[i])
			inbox->arrival_ns[i] = ns_of(&now);
	}
	return (unsigned int)count;
}

struct inbox_datagram inbox_take(const struct inbox *inbox, unsigned int index)
{
	return (struct inbox_datagram) {
		.bytes = inbox->bytes[index],
		.size = inbox->message[index].msg_len,
		.arrival_ns = inbox->arrival_ns[index],
	};
}

__u32 inbox_dropped(const struct inbox *inbox)
{
	return inbox->dropped;
}
