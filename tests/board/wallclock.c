// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * wallclock - the time of another machine, as NTP would get it, without a daemon
 *
 * wallclock serve [SECONDS]	prints its port, and answers each datagram with CLOCK_REALTIME in ns
 * wallclock ask HOST PORT	prints the server's REALTIME less this machine's BOOTTIME, and by how
 *				much that may be wrong, in ns
 * wallclock set HOST PORT	the same, and sets the clock by it, synchronised as far as the kernel knows
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <linux/types.h>

#define NS_PER_SEC 1000000000ULL
#define QUESTIONS 100

static __u64 clock_now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (__u64)time.tv_sec * NS_PER_SEC + (__u64)time.tv_nsec;
}

static int serve(unsigned int seconds)
{
	struct sockaddr_in address = { .sin_family = AF_INET }, from;
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	__u64 time;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    getsockname(fd, (struct sockaddr *)&address, &length))
		return 1;
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	alarm(seconds);
	for (;;) {
		length = sizeof(from);
		if (recvfrom(fd, &time, sizeof(time), 0, (struct sockaddr *)&from, &length) < 0)
			return 1;
		time = clock_now(CLOCK_REALTIME);
		sendto(fd, &time, sizeof(time), 0, (struct sockaddr *)&from, length);
	}
}

/* Of many answers the one that was under way for the shortest time. */
static int ask(int fd, __u64 *distance_ns, __u64 *error_ns)
{
	*error_ns = ~0ULL;
	for (unsigned int i = 0; i < QUESTIONS; i++) {
		__u64 answer, before = clock_now(CLOCK_BOOTTIME), way;

		if (send(fd, &before, sizeof(before), 0) < 0 ||
		    recv(fd, &answer, sizeof(answer), 0) != sizeof(answer))
			continue;
		way = clock_now(CLOCK_BOOTTIME) - before;
		if (way / 2 >= *error_ns)
			continue;
		*error_ns = way / 2;
		*distance_ns = answer - (before + way / 2);
	}
	return *error_ns == ~0ULL;
}

static int set(__u64 distance_ns, __u64 error_ns)
{
	__u64 realtime_ns = clock_now(CLOCK_BOOTTIME) + distance_ns;
	struct timespec time = { .tv_sec = (time_t)(realtime_ns / NS_PER_SEC),
				 .tv_nsec = (long)(realtime_ns % NS_PER_SEC) };
	struct timex state = { .modes = ADJ_STATUS | ADJ_MAXERROR,
			       .maxerror = (long)(error_ns / 1000 + 1) };

	return clock_settime(CLOCK_REALTIME, &time) || adjtimex(&state) < 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const struct timeval patience = { .tv_sec = 1 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	__u64 distance_ns, error_ns;

	if (argc > 1 && !strcmp(argv[1], "serve"))
		return serve(argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) : 300);
	if (argc != 4 || !inet_aton(argv[2], &address.sin_addr)) {
		fputs("usage: wallclock serve [SECONDS] | ask|set HOST PORT\n", stderr);
		return 2;
	}
	address.sin_port = htons((unsigned short)strtoul(argv[3], NULL, 10));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    ask(fd, &distance_ns, &error_ns) ||
	    (!strcmp(argv[1], "set") && set(distance_ns, error_ns))) {
		fprintf(stderr, "wallclock: %s\n", strerror(errno));
		return 1;
	}
	printf("%llu %llu\n", distance_ns, error_ns);
	return 0;
}
