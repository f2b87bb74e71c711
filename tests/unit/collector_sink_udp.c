// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_sink_udp - one datagram per block, never a fragment, every error counted; no more than the
 * rate allows, and the rest of it later
 */
#include "scene.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "network.h"

static void close_sink(struct sink *sink)
{
	EXPECT(sink_udp.close(sink) == 0);
	free(sink->own);
	sink->own = NULL;
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
	struct block first, second;
	char target[64];
	struct sink sink;
	int fd = receiver(family, target);

	if (fd < 0) {
		tell_skipped("no loopback of this family");
		return;
	}
	first = fake_block(DATA_RECORDS);
	second = fake_block(0);
	assert_int_equal(open_sink(&sink, target), 0);
	assert_true(sink.block_records_max >= BLOCK_RECORDS_MAX);
	assert_int_equal(sink_udp.write(&sink, &first, false), 0);
	assert_int_equal(sink_udp.write(&sink, &second, false), 0);
	expect_datagram(fd, first.bytes, 1024);
	expect_datagram(fd, second.bytes, 128);
	close_sink(&sink);
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

/*
 * In a network namespace of its own
 */

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
		network_set_mtu("lo", paths[i].mtu);
		EXPECT(open_sink(&sink, "127.0.0.1:9090") == 0);
		EXPECT(sink.block_records_max == paths[i].records);
		close_sink(&sink);
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
	struct block fits, larger;
	char target[64], back[2048];
	struct sink sink;
	int fd;

	own_network(576);
	fd = receiver(AF_INET, target);
	EXPECT(fd >= 0);
	EXPECT(open_sink(&sink, target) == 0);
	fits = fake_block(6);
	EXPECT(sink_udp.write(&sink, &fits, false) == 0);
	EXPECT(recv(fd, back, sizeof(back), 0) == 8 * RECORD_SIZE);
	larger = fake_block(7);
	EXPECT(sink_udp.write(&sink, &larger, false) == -EMSGSIZE);
	EXPECT(sink.lost == 7);
	EXPECT(recv(fd, back, sizeof(back), MSG_DONTWAIT) < 0);
}

/* A path may become narrower while we send: one block is lost, and the next are smaller. */
static void child_path_becomes_narrower(void)
{
	char output[80] = "udp://";

	own_network(65536);
	EXPECT(receiver(AF_INET, output + strlen(output)) >= 0);
	EXPECT(sinks_open(output) == 0);
	EXPECT(sinks_block_records() == 16);
	write_block(DATA_RECORDS);
	EXPECT(sinks_count(LEDGER_send_lost) == 0);
	network_set_mtu("lo", 576);
	stderr_begin();
	write_block(DATA_RECORDS);
	EXPECT(strstr(stderr_end(), "Message too long"));
	EXPECT(sinks_count(LEDGER_send_lost) == DATA_RECORDS);
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
		write_block(DATA_RECORDS);
	said = stderr_end();
	EXPECT(sinks_count(LEDGER_send_lost) >= 9 * DATA_RECORDS);
	EXPECT(sinks_count(LEDGER_send_lost) <= 10 * DATA_RECORDS);
	EXPECT(strstr(said, "Connection refused: records are lost"));
	EXPECT(strchr(said, '\n') == said + strlen(said) - 1);
	EXPECT(!sinks_all_gone());
}

/*
 * A rate
 */

static void write_twenty(void)
{
	for (unsigned int i = 0; i < 20; i++)
		write_block(DATA_RECORDS);
}

/* Each once, and those that found no room at first later. */
static void expect_each_once(void)
{
	for (unsigned int i = 0; i < fake_output.blocks; i++)
		EXPECT(scene.times[i] == 1);
	expect_all();
}

static void child_rate(void)
{
	static const struct step steps[] = {
		{ at_once, write_twenty },
		{ all_is_there, expect_each_once },
		{ NULL, NULL },
	};
	__u64 begin = now_ns(), bytes = 20ull * (BLOCK_SIZE_MAX + 48), passed_ns;
	const char *said;

	own_network(65536);
	receiver_comes();
	open_outputs("", "udp://127.0.0.1:9090,rate=10k");
	stderr_begin();
	play(steps);
	said = stderr_end();
	EXPECT(strstr(said, "more than rate= allows: records wait") &&
	       strchr(said, '\n') == said + strlen(said) - 1);
	passed_ns = now_ns() - begin;
	EXPECT(bytes <= 10240 + 10240 * passed_ns / NS_PER_SEC);
}

static void child_rate_without_file(void)
{
	own_network(65536);
	receiver_comes();
	open_outputs(NULL, "udp://127.0.0.1:9090,rate=10k");
	stderr_begin();
	write_twenty();
	EXPECT(strstr(stderr_end(), "more than rate= allows: records are lost"));
	take_arrivals();
	EXPECT(scene.arrivals == 9); /* of 10240 bytes, with their headers */
	EXPECT(sinks_count(LEDGER_send_lost) == 11 * DATA_RECORDS);
	expect_balance();
}

/* In the end a part of the bucket is for the last blocks, the rest for what waits. */
static void child_finish(void)
{
	own_network(65536);
	receiver_comes();
	open_outputs("", "udp://127.0.0.1:9090,rate=100k");
	stderr_begin();
	for (unsigned int i = 0; i < 120; i++) {
		write_block(DATA_RECORDS);
		take_arrivals();
	}
	EXPECT(sinks_count(LEDGER_send_waiting) > 10 * DATA_RECORDS);
	usleep(900000);
	sinks_finish();
	stderr_end();
	take_arrivals();
	expect_all();
}

IN_CHILD(narrow_path)
IN_CHILD(narrow_path_ipv6)
IN_CHILD(exact_size)
IN_CHILD(path_becomes_narrower)
IN_CHILD(refused)
IN_CHILD(rate)
IN_CHILD(rate_without_file)
IN_CHILD(finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(ipv4),
		IN_SCENE(ipv6),
		IN_SCENE(narrow_path),
		IN_SCENE(narrow_path_ipv6),
		IN_SCENE(exact_size),
		IN_SCENE(path_becomes_narrower),
		IN_SCENE(refused),
		IN_SCENE(rate),
		IN_SCENE(rate_without_file),
		IN_SCENE(finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
