// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_sink_udp - one datagram per block, never a fragment, and every error counted */
#include "fakes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sink.h"

#define DATA_RECORDS 14

static char block[BLOCK_SIZE_MAX];
static char detail[SINK_DETAIL_SIZE];

static int open_sink(struct sink *sink, const char *target)
{
	*sink = (struct sink) { .kind = &sink_udp, .fd = -1 };
	detail[0] = '\0';
	return sink_udp.open(sink, target, detail);
}

/* A socket bound to a free port of the loopback, and the target that leads to it. */
static int receiver(int family, char target[64])
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	void *address = family == AF_INET6 ? (void *)&six : (void *)&four;
	socklen_t size = family == AF_INET6 ? sizeof(six) : sizeof(four);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, address, size) || getsockname(fd, address, &size))
		return -1;
	if (family == AF_INET6)
		snprintf(target, 64, "[::1]:%u", ntohs(six.sin6_port));
	else
		snprintf(target, 64, "127.0.0.1:%u", ntohs(four.sin_port));
	return fd;
}

/* The next datagram must be these bytes. */
static void expect_datagram(int fd, const void *bytes, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char back[2048];

	assert_int_equal(poll(&ready, 1, 5000), 1);
	assert_int_equal(recv(fd, back, sizeof(back), 0), size);
	assert_memory_equal(back, bytes, size);
}

static void check_sending(int family)
{
	char target[64];
	struct sink sink;
	int fd = receiver(family, target);

	if (fd < 0) {
		tell_skipped("no loopback of this family");
		return;
	}
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)(i * 7);
	assert_int_equal(open_sink(&sink, target), 0);
	assert_true(sink.block_records_max >= BLOCK_RECORDS_MAX);
	assert_int_equal(sink_udp.write(&sink, block, 1024), 0);
	assert_int_equal(sink_udp.write(&sink, block + 64, 128), 0);
	expect_datagram(fd, block, 1024);
	expect_datagram(fd, block + 64, 128);
	assert_int_equal(sink_udp.close(&sink), 0);
	close(fd);
}

static void test_ipv4(void **state)
{
	(void)state;
	check_sending(AF_INET);
}

static void test_ipv6(void **state)
{
	(void)state;
	check_sending(AF_INET6);
}

static void test_bad_targets(void **state)
{
	static const char *const bad[] = {
		"", ":", "host", "host:", ":9090", "[::1]", "[::1", "[::1:9090", "[::1]x:9090",
	};
	char longest[600];
	struct sink sink;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (open_sink(&sink, bad[i]) != -EINVAL)
			fail_msg("'%s' was accepted", bad[i]);
		assert_non_null(strstr(detail, "udp://HOST:PORT"));
		assert_int_equal(sink.fd, -1);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest + sizeof(longest) - 6, ":9090", 6);
	assert_int_equal(open_sink(&sink, longest), -EINVAL);
}

static void test_bad_ports(void **state)
{
	struct sink sink;

	(void)state;
	assert_true(open_sink(&sink, "127.0.0.1:no-such-service") < 0);
	assert_true(*detail);
}

/*
 * In a network namespace of its own
 */

static void ask_interface(unsigned long request, struct ifreq *interface)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	EXPECT(fd >= 0);
	strcpy(interface->ifr_name, "lo");
	if (ioctl(fd, request, interface))
		child_skips("cannot set up a loopback: %s", strerror(errno));
	close(fd);
}

static void set_mtu(int mtu)
{
	struct ifreq interface = { .ifr_mtu = mtu };

	ask_interface(SIOCSIFMTU, &interface);
}

static void own_network(int mtu)
{
	struct ifreq interface = { .ifr_flags = IFF_UP | IFF_RUNNING };

	child_unshares(CLONE_NEWNET);
	ask_interface(SIOCSIFFLAGS, &interface);
	set_mtu(mtu);
}

static void child_unknown_host(void)
{
	struct sink sink;

	child_unshares(CLONE_NEWNET);
	EXPECT(open_sink(&sink, "no.such.invalid:9090") == -EHOSTUNREACH);
	EXPECT(strstr(detail, "resolve 'no.such.invalid'"));
}

static void child_no_route(void)
{
	struct sink sink;

	child_unshares(CLONE_NEWNET);
	EXPECT(open_sink(&sink, "192.0.2.1:9090") == -ENETUNREACH);
	EXPECT(strstr(detail, "192.0.2.1"));
}

/* Headers take 28 bytes; what is left holds so many records. */
static void child_narrow_path(void)
{
	static const struct {
		int mtu;
		unsigned int records;
	} paths[] = {
		{ 1500, 23 }, { 1052, 16 }, { 1051, 15 }, { 576, 8 },
		{ 220, 3 },   { 219, 3 },   { 68, 3 },
	};
	struct sink sink;

	own_network(65536);
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		set_mtu(paths[i].mtu);
		EXPECT(open_sink(&sink, "127.0.0.1:9090") == 0);
		EXPECT(sink.block_records_max == paths[i].records);
		sink_udp.close(&sink);
	}
}

static void child_narrow_path_ipv6(void)
{
	struct sink sink;

	own_network(1280);
	if (open_sink(&sink, "[::1]:9090"))
		child_skips("no IPv6 here: %s", detail);
	EXPECT(sink.block_records_max == (1280 - 48) / 64);
}

/* The largest block that was promised goes through, one record more does not. */
static void child_exact_size(void)
{
	char target[64];
	struct sink sink;
	int fd;

	own_network(576);
	fd = receiver(AF_INET, target);
	EXPECT(fd >= 0);
	EXPECT(open_sink(&sink, target) == 0);
	EXPECT(sink_udp.write(&sink, block, 8 * RECORD_SIZE) == 0);
	EXPECT(recv(fd, block, sizeof(block), 0) == 8 * RECORD_SIZE);
	EXPECT(sink_udp.write(&sink, block, 9 * RECORD_SIZE) == -EMSGSIZE);
	EXPECT(recv(fd, block, sizeof(block), MSG_DONTWAIT) < 0);
}

/* A path may become narrower while we send: one block is lost, and the next are smaller. */
static void child_path_becomes_narrower(void)
{
	char output[80] = "udp://";

	own_network(65536);
	EXPECT(receiver(AF_INET, output + strlen(output)) >= 0);
	EXPECT(sinks_open(output) == 0);
	EXPECT(sinks_block_records() == 16);
	sinks_write(block, sizeof(block), DATA_RECORDS);
	EXPECT(sinks_lost(LEDGER_send_lost) == 0);
	set_mtu(576);
	stderr_begin();
	sinks_write(block, sizeof(block), DATA_RECORDS);
	EXPECT(strstr(stderr_end(), "Message too long"));
	EXPECT(sinks_lost(LEDGER_send_lost) == DATA_RECORDS);
	EXPECT(sinks_block_records() == 8);
}

/*
 * Where nobody listens the first datagram seems to be sent, and the next call is told about it.
 * Each block is tried all the same, and each answer is a block that did not arrive.
 */
static void child_refused(void)
{
	const char *said;

	own_network(65536);
	EXPECT(sinks_open("udp://127.0.0.1:9") == 0);
	stderr_begin();
	for (int i = 0; i < 10; i++)
		sinks_write(block, sizeof(block), DATA_RECORDS);
	said = stderr_end();
	EXPECT(sinks_lost(LEDGER_send_lost) >= 9 * DATA_RECORDS);
	EXPECT(sinks_lost(LEDGER_send_lost) <= 10 * DATA_RECORDS);
	EXPECT(strstr(said, "Connection refused"));
	EXPECT(strchr(said, '\n') == said + strlen(said) - 1);
	EXPECT(!sinks_all_gone());
}

/* The receiver comes up late: blocks arrive from then on. */
static void child_receiver_comes_up(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(9090),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	__u64 lost;

	own_network(65536);
	close(fd);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	EXPECT(sinks_open("udp://127.0.0.1:9090") == 0);
	stderr_begin();
	for (int i = 0; i < 3; i++)
		sinks_write(block, sizeof(block), DATA_RECORDS);
	EXPECT(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	sinks_write(block, sizeof(block), DATA_RECORDS);
	lost = sinks_lost(LEDGER_send_lost);
	for (int i = 0; i < 3; i++)
		sinks_write(block, sizeof(block), DATA_RECORDS);
	stderr_end();
	EXPECT(sinks_lost(LEDGER_send_lost) == lost);
	for (int i = 0; i < 4; i++)
		EXPECT(recv(fd, block, sizeof(block), MSG_DONTWAIT) == sizeof(block));
	EXPECT(recv(fd, block, sizeof(block), MSG_DONTWAIT) < 0);
}

#define TEST(name)                                                                                 \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		in_child(child_##name);                                                            \
	}

TEST(unknown_host)
TEST(no_route)
TEST(narrow_path)
TEST(narrow_path_ipv6)
TEST(exact_size)
TEST(path_becomes_narrower)
TEST(refused)
TEST(receiver_comes_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),	     cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_bad_targets),  cmocka_unit_test(test_bad_ports),
		cmocka_unit_test(test_unknown_host), cmocka_unit_test(test_no_route),
		cmocka_unit_test(test_narrow_path),  cmocka_unit_test(test_narrow_path_ipv6),
		cmocka_unit_test(test_exact_size),   cmocka_unit_test(test_path_becomes_narrower),
		cmocka_unit_test(test_refused),	     cmocka_unit_test(test_receiver_comes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
