// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_route - whether there is a way to an address: links, carriers and routes of real networks */
#include "fakes.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>

#include "network.h"
#include "route.h"

static struct route route;

static bool is_up(const char *address)
{
	union udp_address to = { .v4 = { .sin_family = AF_INET } };

	if (strchr(address, ':')) {
		to.v6.sin6_family = AF_INET6;
		EXPECT(inet_pton(AF_INET6, address, &to.v6.sin6_addr) == 1);
	} else {
		EXPECT(inet_pton(AF_INET, address, &to.v4.sin_addr) == 1);
	}
	return route_is_up(&route, &to);
}

static bool has_events(int timeout_ms)
{
	struct pollfd ready = { .fd = route.events_fd, .events = POLLIN };

	return poll(&ready, 1, timeout_ms) == 1;
}

/* There is news, which is taken. */
static void expect_events(void)
{
	EXPECT(has_events(5000));
	route_take_events(&route);
	EXPECT(!has_events(0));
}

static void child_loopback(void)
{
	network_own();
	EXPECT(route_open(&route) == 0);
	EXPECT(!is_up("127.0.0.1") && !has_events(0));
	network_set_up("lo", true);
	expect_events();
	EXPECT(is_up("127.0.0.1"));
	EXPECT(!is_up("192.0.2.1"));
	network_set_up("lo", false);
	expect_events();
	EXPECT(!is_up("127.0.0.1"));
	route_close(&route);
	EXPECT(route.events_fd == -1 && route.query_fd == -1);
}

static void child_ipv6(void)
{
	network_own();
	network_set_up("lo", true);
	EXPECT(route_open(&route) == 0);
	if (!is_up("::1"))
		child_skips("no IPv6 here");
	EXPECT(!is_up("2001:db8::1"));
	network_set_up("lo", false);
	EXPECT(!is_up("::1"));
}

static void child_carrier(void)
{
	int link;

	network_own();
	link = network_link();
	EXPECT(route_open(&route) == 0);
	EXPECT(is_up(LINK_PEER));
	network_set_carrier(link, false);
	expect_events();
	EXPECT(!is_up(LINK_PEER));
	network_set_carrier(link, true);
	expect_events();
	EXPECT(is_up(LINK_PEER));
	network_set_up("tun0", false);
	expect_events();
	EXPECT(!is_up(LINK_PEER));
}

static void child_routes(void)
{
	network_own();
	network_link();
	EXPECT(route_open(&route) == 0);
	EXPECT(!is_up("192.0.2.1"));
	network_set_default_route(true);
	expect_events();
	EXPECT(is_up("192.0.2.1"));
	network_set_default_route(false);
	expect_events();
	EXPECT(!is_up("192.0.2.1"));
	EXPECT(is_up(LINK_PEER));
}

/* More news than the socket holds: that some was lost is news as well, and no reason to turn round. */
static void child_flood(void)
{
	network_own();
	network_set_up("lo", true);
	EXPECT(route_open(&route) == 0);
	for (int i = 0; i < 5000; i++)
		network_set_mtu("lo", 1000 + i % 2);
	expect_events();
	network_set_mtu("lo", 1500);
	expect_events();
	EXPECT(is_up("127.0.0.1"));
}

static void child_no_netlink(void)
{
	route = (struct route) { -1, -1 };
	EXPECT(is_up("192.0.2.1"));
	route_close(&route);
}

IN_CHILD(loopback)
IN_CHILD(ipv6)
IN_CHILD(carrier)
IN_CHILD(routes)
IN_CHILD(flood)
IN_CHILD(no_netlink)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loopback), cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_carrier),	 cmocka_unit_test(test_routes),
		cmocka_unit_test(test_flood),	 cmocka_unit_test(test_no_netlink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
