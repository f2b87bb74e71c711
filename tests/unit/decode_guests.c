// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_guests - who has to go when many are connected to http */
#include "check.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guests.h"

static struct guests guests;

struct visit {
	struct guest *guest;
	int server, client;
};

static struct visit visit(const char *host)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct visit visit;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	visit.server = fd[0];
	visit.client = fd[1];
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		visit.guest = guest_comes(&guests, fd[0], (struct sockaddr *)&v4);
	} else {
		assert_int_equal(inet_pton(AF_INET6, host, &v6.sin6_addr), 1);
		visit.guest = guest_comes(&guests, fd[0], (struct sockaddr *)&v6);
	}
	return visit;
}

static void leave(struct visit *visit)
{
	guest_goes(&guests, visit->guest);
	close(visit->server);
	close(visit->client);
}

/* Its client sees the end. */
static bool is_sent_away(const struct visit *visit)
{
	char byte;

	return !recv(visit->client, &byte, 1, MSG_DONTWAIT);
}

static void the_host_with_most_loses_its_oldest(void **state)
{
	struct visit quiet, loud[GUESTS];
	unsigned int gone = 0;

	(void)state;
	guests_open(&guests);
	quiet = visit("192.0.2.1");
	for (unsigned int i = 0; i < GUESTS_EASY - 1; i++) {
		loud[i] = visit("2001:db8::1");
		loud[i].guest->since_ms -= GUESTS - i;
	}
	for (unsigned int i = 0; i < GUESTS_EASY - 1; i++)
		gone += is_sent_away(&loud[i]);
	assert_int_equal(gone, 0);
	for (unsigned int i = GUESTS_EASY - 1; i < GUESTS - 1; i++) {
		loud[i] = visit("2001:db8::1");
		assert_true(is_sent_away(&loud[i - GUESTS_EASY + 1]));
		assert_false(is_sent_away(&loud[i - GUESTS_EASY + 2]));
	}
	assert_false(is_sent_away(&quiet));
	for (unsigned int i = 0; i < GUESTS - 1; i++)
		leave(&loud[i]);
	leave(&quiet);
	guests_close(&guests);
}

static void who_asks_stays_among_those_who_do_not(void **state)
{
	struct visit asks, reads, silent[GUESTS];

	(void)state;
	guests_open(&guests);
	asks = visit("192.0.2.1");
	assert_int_equal(send(asks.client, "G", 1, 0), 1);
	asks.guest->since_ms -= 2;
	reads = visit("192.0.2.1");
	guest_reads(&guests, reads.guest, 0, 1);
	reads.guest->since_ms -= 1;
	for (unsigned int i = 0; i < GUESTS - 2; i++)
		silent[i] = visit("192.0.2.1");
	assert_true(is_sent_away(&silent[0]));
	assert_false(is_sent_away(&asks));
	assert_false(is_sent_away(&reads));
	for (unsigned int i = 0; i < GUESTS - 2; i++)
		leave(&silent[i]);
	leave(&asks);
	leave(&reads);
	guests_close(&guests);
}

static void of_those_who_all_ask_the_oldest_goes(void **state)
{
	struct visit asks[GUESTS_EASY + 1];

	(void)state;
	guests_open(&guests);
	for (unsigned int i = 0; i <= GUESTS_EASY; i++) {
		asks[i] = visit("192.0.2.1");
		assert_int_equal(send(asks[i].client, "G", 1, 0), 1);
		asks[i].guest->since_ms -= GUESTS - i;
	}
	assert_true(is_sent_away(&asks[0]));
	for (unsigned int i = 1; i <= GUESTS_EASY; i++)
		assert_false(is_sent_away(&asks[i]));
	for (unsigned int i = 0; i <= GUESTS_EASY; i++)
		leave(&asks[i]);
	guests_close(&guests);
}

static void who_takes_too_long_goes(void **state)
{
	struct visit slow, new;

	(void)state;
	guests_open(&guests);
	slow = visit("192.0.2.1");
	new = visit("192.0.2.1");
	slow.guest->since_ms -= GUEST_MS + 1;
	guests_hurry(&guests);
	assert_true(is_sent_away(&slow));
	assert_false(is_sent_away(&new));
	leave(&slow);
	leave(&new);
	guests_close(&guests);
}

static void who_reads_an_old_page_goes(void **state)
{
	struct visit old, other, recent, none;

	(void)state;
	guests_open(&guests);
	old = visit("192.0.2.1");
	other = visit("192.0.2.1");
	recent = visit("192.0.2.1");
	none = visit("192.0.2.1");
	guest_reads(&guests, old.guest, 0, 6);
	guest_reads(&guests, other.guest, 1, 6);
	guest_reads(&guests, recent.guest, 0, 7);
	guests_outdate(&guests, 0, 7);
	assert_true(is_sent_away(&old));
	assert_false(is_sent_away(&other));
	assert_false(is_sent_away(&recent));
	assert_false(is_sent_away(&none));
	leave(&old);
	leave(&other);
	leave(&recent);
	leave(&none);
	guests_close(&guests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_with_most_loses_its_oldest),
		cmocka_unit_test(who_asks_stays_among_those_who_do_not),
		cmocka_unit_test(of_those_who_all_ask_the_oldest_goes),
		cmocka_unit_test(who_takes_too_long_goes),
		cmocka_unit_test(who_reads_an_old_page_goes),
	};

	return cmocka_run_group_tests_name("decode_guests", tests, NULL, NULL);
}
