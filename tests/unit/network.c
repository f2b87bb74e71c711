// SPDX-License-Identifier: GPL-2.0-or-later
/* network - networks for tests in a child: a namespace, its loopback, and a link that can be cut */
#include "network.h"

#include "fakes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define IPV4_HEADER 20
#define UDP_HEADER 8

static void ask(unsigned long request, void *argument)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	EXPECT(fd >= 0);
	if (ioctl(fd, request, argument))
		child_skips("cannot set up a network: %s", strerror(errno));
	close(fd);
}

static struct ifreq named(const char *interface)
{
	struct ifreq request = { .ifr_flags = 0 };

	EXPECT(strlen(interface) < sizeof(request.ifr_name));
	memcpy(request.ifr_name, interface, strlen(interface));
	return request;
}

void network_own(void)
{
	child_unshares(CLONE_NEWNET);
}

void network_set_up(const char *interface, bool up)
{
	struct ifreq request = named(interface);

	request.ifr_flags = up ? IFF_UP | IFF_RUNNING : 0;
	ask(SIOCSIFFLAGS, &request);
}

void network_set_mtu(const char *interface, int mtu)
{
	struct ifreq request = named(interface);

	request.ifr_mtu = mtu;
	ask(SIOCSIFMTU, &request);
}

static void set_address(unsigned long which, const char *address)
{
	struct ifreq request = named("tun0");
	struct sockaddr_in *at = (struct sockaddr_in *)(void *)&request.ifr_addr;

	at->sin_family = AF_INET;
	at->sin_addr.s_addr = inet_addr(address);
	ask(which, &request);
}

int network_link(void)
{
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct ifreq request = named("tun0");

	request.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		child_skips("no /dev/net/tun to be had: %s", strerror(errno));
	set_address(SIOCSIFADDR, LINK_ADDRESS);
	set_address(SIOCSIFNETMASK, "255.255.255.0");
	network_set_up("tun0", true);
	return fd;
}

void network_set_carrier(int link, bool on)
{
	int carrier = on;

	if (ioctl(link, TUNSETCARRIER, &carrier))
		child_skips("this kernel's links have no carrier to set: %s", strerror(errno));
}

void network_set_default_route(bool there)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	char device[] = "tun0";
	struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = device };

	memcpy(&route.rt_dst, &any, sizeof(any));
	memcpy(&route.rt_genmask, &any, sizeof(any));
	ask(there ? SIOCADDRT : SIOCDELRT, &route);
}

/* The kernel of the namespace sends more than is asked for: multicast of IPv6. */
size_t network_receive(int link, void *bytes, size_t size)
{
	unsigned char packet[2048];
	ssize_t got;

	while ((got = read(link, packet, sizeof(packet))) > 0) {
		size_t headers = IPV4_HEADER + UDP_HEADER;

		if (packet[0] != 0x45 || packet[9] != IPPROTO_UDP || (size_t)got < headers)
			continue;
		EXPECT((size_t)got - headers <= size);
		memcpy(bytes, packet + headers, (size_t)got - headers);
		return (size_t)got - headers;
	}
	return 0;
}
