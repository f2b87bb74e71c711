/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guests.h - who is connected to http, and who has to go
 *
 * A place for whoever comes next is always free: where places run short, the host that has most of them
 * loses its oldest connection, first of those by which nothing was asked.  Whoever takes too long, or holds
 * a page so old that keeping it costs memory, has to go as well.  To go is to have one's socket shut; who
 * speaks HTTP sees that, and closes it.
 */
#ifndef TARSIER_DECODE_GUESTS_H
#define TARSIER_DECODE_GUESTS_H

#include <pthread.h>
#include <stdbool.h>
#include <netinet/in.h>

#include <linux/types.h>

#define GUESTS 64
/* With more than that, one has to go for each that comes. */
#define GUESTS_EASY 48
/* From when one comes until the answer is read. */
#define GUEST_MS 20000

struct guest {
	int fd; /* -1: nobody */
	struct in6_addr host;
	__u64 since_ms;
	unsigned int kind; /* of the page that it reads */
	__u64 page;	   /* its number; 0: none */
	bool leaving;
};

struct guests {
	pthread_mutex_t lock;
	struct guest guest[GUESTS];
};

void guests_open(struct guests *guests);
void guests_close(struct guests *guests);

/* One from @address, who perhaps drives out another.  Whoever accepts them sees to it that GUESTS suffice. */
struct guest *guest_comes(struct guests *guests, int fd, const struct sockaddr *address);
void guest_reads(struct guests *guests, struct guest *guest, unsigned int kind, __u64 page);
/* Before its socket is closed. */
void guest_goes(struct guests *guests, struct guest *guest);

/* Those go who take too long. */
void guests_hurry(struct guests *guests);
/* Those go who still read a page of @kind before number @oldest. */
void guests_outdate(struct guests *guests, unsigned int kind, __u64 oldest);

#endif
