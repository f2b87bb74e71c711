// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_inbox - datagrams come out as they went in, in their order, with their time, and drops are told */
#include "check.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "inbox.h"
#include "text.h"

#define MANY (3 * INBOX_ROOM + 5)
#define LARGEST 65507 /* what UDP over IPv4 can carry */

static struct {
	int from, to;
	struct inbox *inbox;
} net;

static int set_up(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int on = 1;

	(void)state;
	net.from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	net.to = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	net.inbox = inbox_open();
	setsockopt(net.to, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	return !net.inbox || bind(net.to, (struct sockaddr *)&address, size) ||
	       getsockname(net.to, (struct sockaddr *)&address, &size) ||
	       connect(net.from, (struct sockaddr *)&address, size);
}

static int tear_down(void **state)
{
	(void)state;
	close(net.from);
	close(net.to);
	inbox_close(net.inbox);
	return 0;
}

static void transmit(unsigned char value, size_t size)
{
	static unsigned char bytes[LARGEST];

	memset(bytes, value, size);
	assert_int_equal(send(net.from, bytes, size, 0), size);
}

static void expect(unsigned int index, unsigned char value, size_t size)
{
	struct inbox_datagram datagram = inbox_take(net.inbox, index);

	assert_int_equal(datagram.size, size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal((unsigned char)datagram.bytes[i], value);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(inbox_fill(net.inbox, net.to), 0);
	assert_int_equal(inbox_fill(net.inbox, -1), 0);
}

static void test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 1024, 1104, LARGEST, 0, 64 };
	const unsigned int count = sizeof(sizes) / sizeof(sizes[0]);

	(void)state;
	for (unsigned int i = 0; i < count; i++)
		transmit((unsigned char)(i + 1), sizes[i]);
	assert_int_equal(inbox_fill(net.inbox, net.to), count);
	for (unsigned int i = 0; i < count; i++)
		expect(i, (unsigned char)(i + 1), sizes[i]);
}

static void test_more_than_there_is_room_for(void **state)
{
	unsigned int taken = 0, count;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		transmit((unsigned char)i, i);
	do {
		count = inbox_fill(net.inbox, net.to);
		for (unsigned int i = 0; i < count; i++, taken++)
			expect(i, (unsigned char)taken, taken);
	} while (count == INBOX_ROOM);
	assert_int_equal(taken, MANY);
}

static __u64 real_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (__u64)now.tv_sec * NS_PER_SEC + (__u64)now.tv_nsec;
}

/* That of the arrival where the kernel tells it, else that of now. */
static void test_times(void **state)
{
	__u64 sent_ns, taken_ns, arrival_ns;
	int on = 1;

	(void)state;
	taken_ns = real_ns();
	transmit(1, 1);
	assert_int_equal(inbox_fill(net.inbox, net.to), 1);
	assert_true(inbox_take(net.inbox, 0).arrival_ns >= taken_ns);
	assert_true(inbox_take(net.inbox, 0).arrival_ns <= real_ns());

	setsockopt(net.to, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	usleep(100000); /* the kernel begins to stamp a while after it was asked */
	transmit(1, 1);
	sent_ns = real_ns();
	usleep(20000);
	assert_int_equal(inbox_fill(net.inbox, net.to), 1);
	arrival_ns = inbox_take(net.inbox, 0).arrival_ns;
	assert_true(arrival_ns >= taken_ns && arrival_ns <= sent_ns);
}

static void test_drops(void **state)
{
	int least = 1;
	unsigned int taken = 0, count;

	(void)state;
	setsockopt(net.to, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	for (unsigned int i = 0; i < MANY; i++)
		transmit(1, 1024);
	do {
		count = inbox_fill(net.inbox, net.to);
		taken += count;
	} while (count == INBOX_ROOM);
	assert_true(taken < MANY);
	transmit(1, 1); /* with which the others are told */
	assert_int_equal(inbox_fill(net.inbox, net.to), 1);
	assert_int_equal(inbox_dropped(net.inbox), MANY - taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_more_than_there_is_room_for, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drops, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
