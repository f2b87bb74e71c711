// SPDX-License-Identifier: GPL-2.0-or-later
/* guests - who is connected to http, and who has to go */
#include "guests.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

static __u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000 + (__u64)now.tv_nsec / 1000000;
}

void guests_open(struct guests *guests)
{
	pthread_mutex_init(&guests->lock, NULL);
	for (unsigned int i = 0; i < GUESTS; i++)
		guests->guest[i].fd = -1;
}

void guests_close(struct guests *guests)
{
	pthread_mutex_destroy(&guests->lock);
}

static bool stays(const struct guest *guest)
{
	return guest->fd >= 0 && !guest->leaving;
}

static void send_away(struct guest *guest)
{
	guest->leaving = true;
	shutdown(guest->fd, SHUT_RDWR);
}

static struct in6_addr host_of(const struct sockaddr *address)
{
	struct in6_addr host = { 0 };

	if (address->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)address)->sin6_addr;
	memcpy(&host, &((const struct sockaddr_in *)address)->sin_addr, sizeof(struct in_addr));
	return host;
}

static unsigned int count_of_host(const struct guests *guests, const struct in6_addr *host)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < GUESTS; i++)
		count += stays(&guests->guest[i]) &&
			 !memcmp(&guests->guest[i].host, host, sizeof(*host));
	return count;
}

/* It is being answered, or has said something that was not looked at so far. */
static bool has_asked(const struct guest *guest)
{
	int unread;

	return guest->page || (!ioctl(guest->fd, FIONREAD, &unread) && unread);
}

/* One that asks is served within milliseconds, in which many of those that say nothing may come. */
static bool is_more_of_a_burden(const struct guest *one, const struct guest *other)
{
	bool one_asked = has_asked(one), other_asked = has_asked(other);

	return one_asked == other_asked ? one->since_ms < other->since_ms : other_asked;
}

/*
 * Of the host that has most the oldest one, of those that ask for nothing if there are any; but not who has just come,
 * and had no time to ask.
 */
static struct guest *find_burden(struct guests *guests, const struct guest *newcomer)
{
	struct guest *burden = NULL;
	unsigned int most = 0;

	for (unsigned int i = 0; i < GUESTS; i++) {
		struct guest *guest = &guests->guest[i];
		unsigned int count = 0;

		if (stays(guest) && guest != newcomer)
			count = count_of_host(guests, &guest->host);
		if (count > most ||
		    (count && count == most && is_more_of_a_burden(guest, burden))) {
			burden = guest;
			most = count;
		}
	}
	return burden;
}

static void keep_easy(struct guests *guests, const struct guest *newcomer)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < GUESTS; i++)
		count += stays(&guests->guest[i]);
	if (count > GUESTS_EASY)
		send_away(find_burden(guests, newcomer));
}

struct guest *guest_comes(struct guests *guests, int fd, const struct sockaddr *address)
{
	struct guest *guest = guests->guest;

	pthread_mutex_lock(&guests->lock);
	while (guest->fd >= 0)
		guest++;
	*guest = (struct guest) { .fd = fd, .host = host_of(address), .since_ms = now_ms() };
	keep_easy(guests, guest);
	pthread_mutex_unlock(&guests->lock);
	return guest;
}

void guest_reads(struct guests *guests, struct guest *guest, unsigned int kind, __u64 page)
{
	pthread_mutex_lock(&guests->lock);
	guest->kind = kind;
	guest->page = page;
	pthread_mutex_unlock(&guests->lock);
}

void guest_goes(struct guests *guests, struct guest *guest)
{
	pthread_mutex_lock(&guests->lock);
	guest->fd = -1;
	pthread_mutex_unlock(&guests->lock);
}

void guests_hurry(struct guests *guests)
{
	__u64 now = now_ms();

	pthread_mutex_lock(&guests->lock);
	for (unsigned int i = 0; i < GUESTS; i++)
		if (stays(&guests->guest[i]) && now - guests->guest[i].since_ms > GUEST_MS)
			send_away(&guests->guest[i]);
	pthread_mutex_unlock(&guests->lock);
}

void guests_outdate(struct guests *guests, unsigned int kind, __u64 oldest)
{
	pthread_mutex_lock(&guests->lock);
	for (unsigned int i = 0; i < GUESTS; i++) {
		struct guest *guest = &guests->guest[i];

		if (stays(guest) && guest->page && guest->kind == kind && guest->page < oldest)
			send_away(guest);
	}
	pthread_mutex_unlock(&guests->lock);
}
