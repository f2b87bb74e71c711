// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_udp_way - where blocks are sent to: what is no address, names that are known late, routes that
 * come late
 *
 * getaddrinfo() below takes the place of libc's for names.
 */
#include "scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "loop.h"
#include "network.h"
#include "udp_way.h"

/* "late.test" is known after a while, nothing else is. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		struct addrinfo **list)
{
	static struct sockaddr_in to;
	static struct addrinfo info = { .ai_addrlen = sizeof(to) };

	to = (struct sockaddr_in) { .sin_family = AF_INET };
	info.ai_addr = (struct sockaddr *)&to;
	*list = &info;
	if (strtoul(port, NULL, 10) - 1 > 65534)
		return EAI_SERVICE;
	if (!host)
		return 0;
	to.sin_port = htons((unsigned short)strtoul(port, NULL, 10));
	if (inet_pton(AF_INET, host, &to.sin_addr) == 1)
		return 0;
	if (!strcmp(host, "::1")) {
		static struct sockaddr_in6 six = { .sin6_family = AF_INET6,
						   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
		static struct addrinfo info6 = { .ai_addr = (struct sockaddr *)&six,
						 .ai_addrlen = sizeof(six) };

		six.sin6_port = to.sin_port;
		*list = &info6;
		return 0;
	}
	if (hints->ai_flags & AI_NUMERICHOST || strcmp(host, "late.test"))
		return EAI_NONAME;
	usleep(300000);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

static void test_bad_targets(void **state)
{
	static const struct {
		const char *target, *says;
	} bad[] = {
		{ "", "udp://HOST:PORT" },
		{ ":", "udp://HOST:PORT" },
		{ "host", "udp://HOST:PORT" },
		{ "host:", "udp://HOST:PORT" },
		{ ":9090", "udp://HOST:PORT" },
		{ "[::1]", "udp://HOST:PORT" },
		{ "[::1", "udp://HOST:PORT" },
		{ "[::1:9090", "udp://HOST:PORT" },
		{ "[::1]x:9090", "udp://HOST:PORT" },
		{ "::1:9090", "brackets" },
		{ "fe80::1", "brackets" },
		{ "[]:9090", "no IPv6 address" },
		{ "[::1%]:9090", "no IPv6 address" },
		{ "[127.0.0.1]:9090", "no IPv6 address" },
		{ "[host]:9090", "no IPv6 address" },
		{ "127.0.0.256:9090", "neither an address nor a name" },
		{ "1.2.3.4.5:9090", "neither an address nor a name" },
		{ "a..b:9090", "neither an address nor a name" },
		{ ".:9090", "neither an address nor a name" },
		{ "two words:9090", "neither an address nor a name" },
		{ "user@host:9090", "neither an address nor a name" },
		{ "//host:9090", "neither an address nor a name" },
		{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:9090",
		  "neither an address nor a name" },
		{ "host:0", "no port" },
		{ "host:65536", "no port" },
		{ "host:99999999999999999999", "no port" },
		{ "host:-1", "no port" },
		{ "host:+1", "no port" },
		{ "host: 1", "no port" },
		{ "host:9090/", "no port" },
		{ "host:9090,x", "no port" },
		{ "127.0.0.1:no-such-service", "no port" },
	};
	char longest[600];
	struct sink sink;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (open_sink(&sink, bad[i].target) != -EINVAL)
			fail_msg("'%s' was accepted", bad[i].target);
		if (!strstr(detail, bad[i].says))
			fail_msg("of '%s' it says '%s'", bad[i].target, detail);
		assert_int_equal(sink.fd, -1);
		free(sink.own);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest + sizeof(longest) - 6, ":9090", 6);
	assert_int_equal(open_sink(&sink, longest), -EINVAL);
	free(sink.own);
}

static void test_good_targets(void **state)
{
	static const char *const good[] = {
		"host:9090",	     "host:1",	  "host:65535",	      "a.b-c.example:9",
		"a.b.example.:9",    "_udp.x:9",  "127.0.0.1:9",      "1.2.3:9",
		"4th.example:9",     "[::1]:9",	  "[fe80::1%eth7]:9", "[::ffff:1.2.3.4]:9",
		"xn--bcher-kva.x:9", "HOST:9090",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (udp_way_check(good[i], detail, sizeof(detail)))
			fail_msg("'%s' was refused: %s", good[i], detail);
}

/*
 * In a network namespace of its own
 */

static void child_unknown_host(void)
{
	struct sink sink;

	network_own();
	EXPECT(open_sink(&sink, "no.such.invalid:9090") == -EHOSTUNREACH);
	EXPECT(strstr(detail, "resolve 'no.such.invalid'"));
}

static void child_no_route(void)
{
	struct sink sink;

	network_own();
	EXPECT(open_sink(&sink, "192.0.2.1:9090") == -ENETUNREACH);
	EXPECT(strstr(detail, "192.0.2.1"));
}

static void add_route(void)
{
	network_set_default_route(true);
}

/* A board that starts before its network: nothing of the beginning is missing. */
static void child_route_comes_late(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_waits, add_route },
		{ all_is_there, expect_newest_first },
		{ NULL, NULL },
	};

	network_own();
	scene.fd = network_link();
	scene.is_link = true;
	open_outputs("", "udp://192.0.2.1:9090");
	stderr_begin();
	play(steps);
	EXPECT(strstr(stderr_end(), "records wait in a file"));
}

static bool name_is_known(void)
{
	return all_is_there();
}

/* The name is looked up meanwhile: what is recorded waits, the start does not. */
static void child_name_is_known_late(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_waits, write_some },
		{ name_is_known, expect_newest_first },
		{ NULL, NULL },
	};
	__u64 begin = now_ns();

	own_network(65536);
	receiver_comes();
	open_outputs("", "udp://late.test:9090");
	EXPECT(now_ns() - begin < 250 * NS_PER_MS);
	stderr_begin();
	play(steps);
	EXPECT(strstr(stderr_end(), "No route to host: records wait"));
}

/* Without a file there would be nothing to wait in: the start waits. */
static void child_name_without_file(void)
{
	own_network(65536);
	receiver_comes();
	open_outputs(NULL, "udp://late.test:9090");
	write_block(DATA_RECORDS);
	take_arrivals();
	expect_all();
}

static unsigned int wakeups_before;

static void kill_resolver(void)
{
	kill(child_of_mine(), SIGKILL);
	wakeups_before = loop_wakeups();
	scene.begun_ns = now_ns();
}

/* The steps' own timer wakes it 300 times. */
static void expect_quiet(void)
{
	EXPECT(loop_wakeups() - wakeups_before < 400);
}

static void child_resolver_is_killed(void)
{
	static const struct step steps[] = {
		{ at_once, write_some }, { name_is_known, kill_resolver }, { later, expect_quiet },
		{ at_once, write_some }, { all_is_there, expect_all },	   { NULL, NULL },
	};

	own_network(65536);
	receiver_comes();
	open_outputs("", "udp://late.test:9090");
	stderr_begin();
	play(steps);
	EXPECT(strstr(stderr_end(), "looks up 'late.test' was ended"));
}

IN_CHILD(unknown_host)
IN_CHILD(no_route)
IN_CHILD(route_comes_late)
IN_CHILD(name_is_known_late)
IN_CHILD(name_without_file)
IN_CHILD(resolver_is_killed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(bad_targets),	     IN_SCENE(good_targets),
		IN_SCENE(unknown_host),	     IN_SCENE(no_route),
		IN_SCENE(route_comes_late),  IN_SCENE(name_is_known_late),
		IN_SCENE(name_without_file), IN_SCENE(resolver_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
