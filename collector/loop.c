// SPDX-License-Identifier: GPL-2.0-or-later
/* loop - the one event loop: wakes only for a descriptor that is ready */
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 8

static struct {
	int fd;
	struct watch *again; /* NULL: none */
	bool stopping;
	__u32 wakeups;
} loop = { .fd = -1 };

int loop_open(void)
{
	loop.fd = epoll_create1(EPOLL_CLOEXEC);
	return loop.fd < 0 ? -errno : 0;
}

int loop_add(struct watch *watch)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

	return epoll_ctl(loop.fd, EPOLL_CTL_ADD, watch->fd, &event) ? -errno : 0;
}

int loop_add_timer(struct watch *watch)
{
	watch->fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	return watch->fd < 0 ? -errno : loop_add(watch);
}

int timer_arm(struct watch *watch, __u64 first_ms, __u64 period_ms)
{
	struct itimerspec when = {
		.it_value = { .tv_sec = (time_t)(first_ms / 1000),
			      .tv_nsec = (long)(first_ms % 1000) * 1000000 },
		.it_interval = { .tv_sec = (time_t)(period_ms / 1000),
				 .tv_nsec = (long)(period_ms % 1000) * 1000000 },
	};

	return timerfd_settime(watch->fd, 0, &when, NULL) ? -errno : 0;
}

__u64 timer_expirations(struct watch *watch)
{
	__u64 count = 0;

	return read(watch->fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

void loop_again(struct watch *watch)
{
	loop.again = watch;
}

static void run_again(void)
{
	struct watch *watch = loop.again;

	loop.again = NULL;
	if (watch && !loop.stopping)
		watch->ready(watch);
}

int loop_run(void)
{
	struct epoll_event events[EVENTS_AT_ONCE];

	while (!loop.stopping) {
		int count = epoll_wait(loop.fd, events, EVENTS_AT_ONCE, loop.again ? 0 : -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		loop.wakeups++;
		for (int i = 0; i < count && !loop.stopping; i++) {
			struct watch *watch = events[i].data.ptr;

			watch->ready(watch);
		}
		run_again();
	}
	return 0;
}

void loop_stop(void)
{
	loop.stopping = true;
}

__u32 loop_wakeups(void)
{
	return loop.wakeups;
}
