// SPDX-License-Identifier: GPL-2.0-or-later
/* udp_socket - a connected UDP socket that never lets a block be cut into fragments */
#include "udp_socket.h"

#include <errno.h>
#include <time.h> /* errqueue.h wants it */

#include <linux/errqueue.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

#define IPV4_HEADERS 28

socklen_t udp_address_size(const union udp_address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof(address->v6) : sizeof(address->v4);
}

int udp_split(char *target, char **host, char **port)
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

/* Of a block that is cut into fragments, one lost loses all.  RECVERR: every ICMP error comes back. */
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

int udp_socket(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;

	if (fd < 0)
		return -errno;
	err = set_up(fd, family);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int udp_connect(int fd, const union udp_address *address)
{
	struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	if (connect(fd, &nowhere, sizeof(nowhere)))
		return -errno;
	return connect(fd, &address->any, udp_address_size(address)) ? -errno : 0;
}

static int family_of(int fd)
{
	int family = AF_INET;
	socklen_t size = sizeof(family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
	return family;
}

unsigned int udp_records_through(int fd, size_t extra)
{
	bool v6 = family_of(fd) == AF_INET6;
	int mtu = 0, headers = (v6 ? UDP_HEADERS_MAX : IPV4_HEADERS) + (int)extra;
	socklen_t size = sizeof(mtu);
	unsigned int records;

	if (getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU, &mtu, &size) ||
	    mtu <= headers)
		return 0;
	records = (unsigned int)(mtu - headers) / RECORD_SIZE;
	/* below three a block holds no data record: let the send fail and be counted */
	return records > BLOCK_RECORDS_MIN ? records : BLOCK_RECORDS_MIN + 1;
}

/* An error that waits on the socket from an earlier datagram is reported instead of sending. */
static bool is_of_earlier(int err)
{
	return err == -ECONNREFUSED || err == -EHOSTUNREACH || err == -ENETUNREACH;
}

int udp_send(int fd, const void *bytes, size_t size)
{
	int err = 0;

	for (int attempt = 0; attempt < 3; attempt++) {
		ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

		if (sent == (ssize_t)size)
			return 0;
		err = sent < 0 ? -errno : -EMSGSIZE;
		if (!is_of_earlier(err))
			break;
	}
	return err;
}

/* What the kernel itself refused was told by the send already.  There is one control message. */
static bool is_from_afar(struct msghdr *message, int *err)
{
	const struct cmsghdr *control = CMSG_FIRSTHDR(message);
	const struct sock_extended_err *error = (const void *)CMSG_DATA(control);

	*err = -EPROTO;
	if (!control || control->cmsg_len < CMSG_LEN(sizeof(*error)) || !error->ee_errno)
		return true;
	*err = -(int)error->ee_errno;
	return error->ee_origin != SO_EE_ORIGIN_LOCAL;
}

int udp_refused(int fd, void *bytes, size_t *size)
{
	char control[256];
	struct iovec vector = { bytes, *size };
	ssize_t got;
	int err;

	for (;;) {
		struct msghdr message = { .msg_iov = &vector,
					  .msg_iovlen = 1,
					  .msg_control = control,
					  .msg_controllen = sizeof(control) };

		got = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
		if (got < 0)
			return 0;
		if (!is_from_afar(&message, &err))
			continue;
		*size = (size_t)got;
		return err;
	}
}

void udp_settle(int fd)
{
	char ignored[64];
	int err;
	socklen_t size = sizeof(err);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size);
	while (recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) >= 0)
		;
}
