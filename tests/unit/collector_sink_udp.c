// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_sink_udp - one datagram per block, never a fragment, every error counted; and what cannot
 * be sent waits in a file, where there is one
 *
 * getaddrinfo() below takes the place of libc's for names.
 */
#include "fakes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "loop.h"
#include "network.h"
#include "sink.h"

#define DATA_RECORDS 14
#define PORT 9090

static char detail[SINK_DETAIL_SIZE];

static int set_up(void **state)
{
	fake_session();
	return directory_set_up(state);
}

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

static int open_sink(struct sink *sink, const char *target)
{
	*sink = (struct sink) { .kind = &sink_udp, .name = "udp://test", .fd = -1 };
	detail[0] = '\0';
	return sink_udp.open(sink, target, detail);
}

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
		free(sink.own);
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest + sizeof(longest) - 6, ":9090", 6);
	assert_int_equal(open_sink(&sink, longest), -EINVAL);
	free(sink.own);
}

static void test_bad_ports(void **state)
{
	struct sink sink;

	(void)state;
	assert_true(open_sink(&sink, "127.0.0.1:no-such-service") < 0);
	assert_true(*detail);
	free(sink.own);
}

/*
 * In a network namespace of its own
 */

static void own_network(int mtu)
{
	network_own();
	network_set_up("lo", true);
	network_set_mtu("lo", mtu);
}

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

static void write_block(unsigned int records)
{
	struct block block = fake_block(records);

	sinks_write(&block);
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
 * With a loop, and mostly with a file that keeps: a test is a list of steps, each done when the one
 * before has shown.
 */

struct step {
	bool (*when)(void);
	void (*then)(void);
};

static struct {
	const struct step *step; /* the next one; a NULL when ends them */
	struct watch timer;
	int fd;				   /* where datagrams arrive */
	bool is_link;			   /* it is network_link()'s */
	unsigned int arrived[FAKE_BLOCKS]; /* numbers in the order of arrival */
	unsigned int arrivals;
	unsigned int times[FAKE_BLOCKS]; /* each arrived */
} scene;

static void take_one(const unsigned char *bytes, size_t size)
{
	const struct rec_header *header = (const void *)bytes;
	struct block expected;

	EXPECT(size >= RECORD_SIZE && header->block_seq < fake_output.blocks);
	expected = fake_block_again(header->block_seq);
	EXPECT(size == expected.size && !memcmp(bytes, expected.bytes, size));
	EXPECT(scene.arrivals < FAKE_BLOCKS);
	scene.arrived[scene.arrivals++] = header->block_seq;
	scene.times[header->block_seq]++;
}

static void take_arrivals(void)
{
	unsigned char bytes[2048] __attribute__((aligned(8)));
	ssize_t got;

	while ((got = scene.is_link ? (ssize_t)network_receive(scene.fd, bytes, sizeof(bytes))
				    : recv(scene.fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		take_one(bytes, (size_t)got);
}

static void on_step(struct watch *watch)
{
	timer_expirations(watch);
	if (scene.fd >= 0)
		take_arrivals();
	while (scene.step->when && scene.step->when())
		(scene.step++)->then();
	if (!scene.step->when)
		loop_stop();
}

/* What takes longer than some seconds will never come. */
static void play(const struct step *steps)
{
	scene.step = steps;
	scene.timer.ready = on_step;
	EXPECT(loop_open() == 0 && loop_add_timer(&scene.timer) == 0);
	EXPECT(timer_arm(&scene.timer, 5, 5) == 0);
	EXPECT(sinks_watch() == 0);
	alarm(9);
	EXPECT(loop_run() == 0);
}

static void open_outputs(const char *options, const char *udp)
{
	char name[128];

	if (options) {
		snprintf(name, sizeof(name), "file:%s%s", directory, options);
		EXPECT(sinks_open(name) == 0);
	}
	EXPECT(sinks_open(udp) == 0);
}

static unsigned int records_arrived(void)
{
	unsigned int records = 0;

	for (unsigned int i = 0; i < fake_output.blocks; i++)
		records += scene.times[i] ? fake_output.block[i].data_records : 0;
	return records;
}

/* Nothing is missing that is not counted, and nothing is counted that is there. */
static void expect_balance(void)
{
	EXPECT(records_arrived() + sinks_count(LEDGER_send_lost) +
		       sinks_count(LEDGER_send_waiting) ==
	       fake_records());
}

static bool at_once(void)
{
	return true;
}

static bool all_is_there(void)
{
	return records_arrived() == fake_records() && !sinks_count(LEDGER_send_waiting);
}

static bool all_waits(void)
{
	return sinks_count(LEDGER_send_waiting) == fake_records();
}

static bool nothing_waits(void)
{
	return !sinks_count(LEDGER_send_waiting);
}

static void write_some(void)
{
	write_block(DATA_RECORDS);
	write_block(3);
	write_block(DATA_RECORDS);
}

static void forget_arrivals(void)
{
	scene.arrivals = 0;
}

static __u64 begun_ns; /* what a test waits after */

/* The kernel tells of a carrier within a second. */
static bool later(void)
{
	return now_ns() - begun_ns > 1500 * NS_PER_MS;
}

/*
 * A cable is pulled and plugged in again
 */

static void pull(void)
{
	network_set_carrier(scene.fd, false);
	begun_ns = now_ns();
}

static void plug_in(void)
{
	forget_arrivals();
	network_set_carrier(scene.fd, true);
}

static void set_down(void)
{
	network_set_up("tun0", false);
}

static void set_up_again(void)
{
	forget_arrivals();
	network_set_up("tun0", true);
}

/* From the newest to the oldest, those as well that had been sent right before. */
static void expect_newest_first(void)
{
	EXPECT(scene.arrivals == fake_output.blocks);
	for (unsigned int i = 0; i < scene.arrivals; i++)
		EXPECT(scene.arrived[i] == fake_output.blocks - 1 - i);
	EXPECT(sinks_count(LEDGER_send_lost) == 0);
	expect_balance();
}

static void open_link(const char *options)
{
	network_own();
	scene.fd = network_link();
	scene.is_link = true;
	open_outputs(options, "udp://" LINK_PEER ":9090");
}

static void child_cable(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, pull },
		{ all_waits, write_some },
		{ all_waits, plug_in },
		{ all_is_there, expect_newest_first },
		{ NULL, NULL },
	};
	const char *said;

	open_link("");
	stderr_begin();
	play(steps);
	said = stderr_end();
	EXPECT(strstr(said, "Network is down: records wait in a file"));
	EXPECT(strstr(said, "works again; 0 records lost"));
}

static void child_interface_down(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, set_down },
		{ all_waits, write_some },
		{ all_waits, set_up_again },
		{ all_is_there, expect_newest_first },
		{ NULL, NULL },
	};

	open_link("");
	stderr_begin();
	play(steps);
	stderr_end();
}

static __u64 lost_meanwhile;

static bool is_down(void)
{
	write_block(1);
	return sinks_count(LEDGER_send_lost) > 0;
}

static bool is_up(void)
{
	lost_meanwhile = sinks_count(LEDGER_send_lost);
	write_block(1);
	return sinks_count(LEDGER_send_lost) == lost_meanwhile;
}

/* Nothing keeps them: what is written while the cable is out is lost, and no more. */
static void expect_lost(void)
{
	EXPECT(lost_meanwhile >= 1 + 31);
	EXPECT(sinks_count(LEDGER_send_lost) == lost_meanwhile);
	EXPECT(!sinks_count(LEDGER_send_waiting));
}

static void child_cable_without_file(void)
{
	static const struct step steps[] = {
		{ at_once, write_some }, { all_is_there, pull }, { is_down, write_some },
		{ at_once, plug_in },	 { is_up, expect_lost }, { NULL, NULL },
	};

	open_link(NULL);
	stderr_begin();
	play(steps);
	stderr_end();
}

static void write_many(void)
{
	for (unsigned int i = 0; i < 900; i++)
		write_block(i % (DATA_RECORDS + 1));
}

/* The file keeps only so much: what is no more there when the link returns is lost, exactly. */
static void expect_part_lost(void)
{
	__u64 lost = sinks_count(LEDGER_send_lost);

	EXPECT(lost > 0 && lost < fake_records());
	EXPECT(!scene.times[3] && scene.times[902]);
	expect_balance();
}

static bool waits_are_over(void)
{
	return nothing_waits() && scene.times[902];
}

static void child_outage_outlasts_the_file(void)
{
	static const struct step steps[] = {
		{ at_once, pull },
		{ later, write_some }, /* none is sent that might have been lost */
		{ all_waits, write_many },
		{ at_once, plug_in },
		{ waits_are_over, expect_part_lost },
		{ NULL, NULL },
	};

	open_link(",size=256k,free=0");
	stderr_begin();
	play(steps);
	stderr_end();
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

/*
 * A receiver goes and comes
 */

static void receiver_comes(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(PORT),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	scene.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	EXPECT(scene.fd >= 0);
	EXPECT(bind(scene.fd, (struct sockaddr *)&address, sizeof(address)) == 0);
}

static void receiver_goes(void)
{
	close(scene.fd);
	scene.fd = -1;
}

static void expect_all(void)
{
	EXPECT(sinks_count(LEDGER_send_lost) == 0);
	expect_balance();
}

static void child_receiver_restarts(void)
{
	static const struct step steps[] = {
		{ at_once, write_some },
		{ all_is_there, receiver_goes },
		{ at_once, write_some },
		{ all_waits, write_some },
		{ all_waits, receiver_comes },
		{ all_is_there, expect_all },
		{ at_once, write_some },
		{ all_is_there, expect_all },
		{ NULL, NULL },
	};
	const char *said;

	own_network(65536);
	receiver_comes();
	open_outputs("", "udp://127.0.0.1:9090");
	stderr_begin();
	play(steps);
	said = stderr_end();
	EXPECT(strstr(said, "Connection refused: records wait in a file"));
	EXPECT(strstr(said, "works again"));
}

/* The receiver comes up late: blocks arrive from then on. */
static void child_receiver_comes_late(void)
{
	__u64 lost;

	own_network(65536);
	open_outputs(NULL, "udp://127.0.0.1:9090");
	stderr_begin();
	for (int i = 0; i < 3; i++)
		write_block(DATA_RECORDS);
	receiver_comes();
	write_block(DATA_RECORDS);
	lost = sinks_count(LEDGER_send_lost);
	for (int i = 0; i < 3; i++)
		write_block(DATA_RECORDS);
	stderr_end();
	EXPECT(sinks_count(LEDGER_send_lost) == lost && lost == 3 * DATA_RECORDS);
	take_arrivals();
	EXPECT(scene.arrivals == 4 && !scene.times[2] && scene.times[3]);
	expect_balance();
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

/*
 * A name
 */

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
	char path[64], line[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof(line), file))
		child_skips("no /proc/PID/task/TID/children here");
	fclose(file);
	kill((pid_t)strtol(line, NULL, 10), SIGKILL);
	wakeups_before = loop_wakeups();
	begun_ns = now_ns();
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
TEST(cable)
TEST(interface_down)
TEST(cable_without_file)
TEST(outage_outlasts_the_file)
TEST(route_comes_late)
TEST(receiver_restarts)
TEST(receiver_comes_late)
TEST(rate)
TEST(rate_without_file)
TEST(finish)
TEST(name_is_known_late)
TEST(name_without_file)
TEST(resolver_is_killed)

#define IN_DIRECTORY(name) cmocka_unit_test_setup_teardown(test_##name, set_up, directory_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(ipv4),
		IN_DIRECTORY(ipv6),
		IN_DIRECTORY(bad_targets),
		IN_DIRECTORY(bad_ports),
		IN_DIRECTORY(unknown_host),
		IN_DIRECTORY(no_route),
		IN_DIRECTORY(narrow_path),
		IN_DIRECTORY(narrow_path_ipv6),
		IN_DIRECTORY(exact_size),
		IN_DIRECTORY(path_becomes_narrower),
		IN_DIRECTORY(refused),
		IN_DIRECTORY(cable),
		IN_DIRECTORY(interface_down),
		IN_DIRECTORY(cable_without_file),
		IN_DIRECTORY(outage_outlasts_the_file),
		IN_DIRECTORY(route_comes_late),
		IN_DIRECTORY(receiver_restarts),
		IN_DIRECTORY(receiver_comes_late),
		IN_DIRECTORY(rate),
		IN_DIRECTORY(rate_without_file),
		IN_DIRECTORY(finish),
		IN_DIRECTORY(name_is_known_late),
		IN_DIRECTORY(name_without_file),
		IN_DIRECTORY(resolver_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
