// SPDX-License-Identifier: GPL-2.0-or-later
/* scene - tests of an output that sends: outputs, a receiver, and steps that wait for each other */
#include "scene.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clocks.h"
#include "loop.h"
#include "network.h"

#define PORT 9090

struct scene scene;
char detail[SINK_DETAIL_SIZE];

int scene_set_up(void **state)
{
	fake_session();
	return directory_set_up(state);
}

void own_network(int mtu)
{
	network_own();
	network_set_up("lo", true);
	network_set_mtu("lo", mtu);
}

void write_block(unsigned int records)
{
	struct block block = fake_block(records);

	sinks_write(&block);
}

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

void take_arrivals(void)
{
	unsigned char bytes[2048] __attribute__((aligned(8)));
	ssize_t got;

	while ((got = scene.is_link ? (ssize_t)network_receive(scene.fd, bytes, sizeof(bytes))
				    : recv(scene.fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		take_one(bytes, (size_t)got);
}

static struct watch timer;
static const struct step *step; /* the next one */

static void on_step(struct watch *watch)
{
	timer_expirations(watch);
	if (scene.fd >= 0)
		take_arrivals();
	while (step->when && step->when())
		(step++)->then();
	if (!step->when)
		loop_stop();
}

void play(const struct step *steps)
{
	step = steps;
	timer.ready = on_step;
	EXPECT(loop_open() == 0 && loop_add_timer(&timer) == 0);
	EXPECT(timer_arm(&timer, 5, 5) == 0);
	EXPECT(sinks_watch() == 0);
	alarm(9);
	EXPECT(loop_run() == 0);
}

void open_outputs(const char *options, const char *udp)
{
	char name[128];

	if (options) {
		snprintf(name, sizeof(name), "file:%s%s", directory, options);
		EXPECT(sinks_open(name) == 0);
	}
	EXPECT(sinks_open(udp) == 0);
}

unsigned int records_arrived(void)
{
	unsigned int records = 0;

	for (unsigned int i = 0; i < fake_output.blocks; i++)
		records += scene.times[i] ? fake_output.block[i].data_records : 0;
	return records;
}

void expect_balance(void)
{
	EXPECT(records_arrived() + sinks_count(LEDGER_send_lost) +
		       sinks_count(LEDGER_send_waiting) ==
	       fake_records());
}

bool at_once(void)
{
	return true;
}

bool all_is_there(void)
{
	return records_arrived() == fake_records() && !sinks_count(LEDGER_send_waiting);
}

bool all_waits(void)
{
	return sinks_count(LEDGER_send_waiting) == fake_records();
}

void write_some(void)
{
	write_block(DATA_RECORDS);
	write_block(3);
	write_block(DATA_RECORDS);
}

void forget_arrivals(void)
{
	scene.arrivals = 0;
}

bool later(void)
{
	return now_ns() - scene.begun_ns > 1500 * NS_PER_MS;
}

void expect_newest_first(void)
{
	EXPECT(scene.arrivals == fake_output.blocks);
	for (unsigned int i = 0; i < scene.arrivals; i++)
		EXPECT(scene.arrived[i] == fake_output.blocks - 1 - i);
	EXPECT(sinks_count(LEDGER_send_lost) == 0);
	expect_balance();
}

void open_link(const char *options)
{
	network_own();
	scene.fd = network_link();
	scene.is_link = true;
	open_outputs(options, "udp://" LINK_PEER ":9090");
}

int open_sink(struct sink *sink, const char *target)
{
	*sink = (struct sink) { .kind = &sink_udp, .name = "udp://test", .fd = -1 };
	detail[0] = '\0';
	return sink_udp.open(sink, target, detail);
}

void receiver_comes(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(PORT),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	scene.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	EXPECT(scene.fd >= 0);
	EXPECT(bind(scene.fd, (struct sockaddr *)&address, sizeof(address)) == 0);
}

void expect_all(void)
{
	EXPECT(sinks_count(LEDGER_send_lost) == 0);
	expect_balance();
}
