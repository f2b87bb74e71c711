// SPDX-License-Identifier: GPL-2.0-or-later
/* clock_watch - what happens to the wall clock, recorded when it happens */
#include "clock_watch.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clocks.h"
#include "loop.h"

#define LOOKS 5
#define NEVER_S (1ll << 40)

/* All clocks at one moment, and how far that moment is from being one. */
struct look {
	__u64 boot_ns;
	__u64 realtime_ns;
	__u64 monotonic_ns;
	__u64 raw_ns;
	__u64 doubt_ns;
	__u32 max_error_us;
	bool synced;
};

static struct {
	struct watch timer;
	struct look last;
} state = { .timer = { .fd = -1 } };

/* Of a few looks the one that was held up least: under load a process loses its CPU between two. */
static struct look look_at_all(void)
{
	struct look best = { .doubt_ns = ~0ull };

	for (unsigned int i = 0; i < LOOKS; i++) {
		__u64 before = now_ns(), doubt;
		struct look look = {
			.monotonic_ns = clock_ns(CLOCK_MONOTONIC),
			.realtime_ns = clock_ns(CLOCK_REALTIME),
			.raw_ns = clock_ns(CLOCK_MONOTONIC_RAW),
		};

		doubt = now_ns() - before;
		if (doubt >= best.doubt_ns)
			continue;
		look.boot_ns = before + doubt / 2;
		look.doubt_ns = doubt;
		best = look;
	}
	best.synced = clock_synchronised(&best.max_error_us);
	return best;
}

/* Whether two clocks' distance changed by more than the looks' doubts can explain. */
static bool moved(__u64 distance, __u64 last_distance, const struct look *look)
{
	__s64 change = (__s64)(distance - last_distance);

	return (__u64)(change < 0 ? -change : change) > look->doubt_ns + state.last.doubt_ns;
}

static bool was_set(const struct look *look)
{
	return moved(look->realtime_ns - look->boot_ns, state.last.realtime_ns - state.last.boot_ns,
		     look);
}

/* BOOTTIME goes on while the board sleeps, MONOTONIC does not. */
static bool has_slept(const struct look *look)
{
	return moved(look->boot_ns - look->monotonic_ns,
		     state.last.boot_ns - state.last.monotonic_ns, look);
}

static void write_look(const struct look *look, struct stream *stream)
{
	struct rec_clock record = {
		.type = REC_clock,
		.flags = look->synced ? CLOCK_SYNCED : 0,
		.time_ns = look->boot_ns,
		.realtime_ns = look->realtime_ns,
		.monotonic_ns = look->monotonic_ns,
		.monotonic_raw_ns = look->raw_ns,
		.max_error_us = look->max_error_us,
	};

	if (was_set(look)) {
		record.flags |= CLOCK_STEPPED;
		record.before_ns = look->boot_ns + (state.last.realtime_ns - state.last.boot_ns);
	}
	state.last = *look;
	stream_add(stream, &record);
}

void clock_watch_write(struct stream *stream)
{
	struct look look = look_at_all();

	write_look(&look, stream);
}

void clock_watch_look(struct stream *stream)
{
	struct look look = look_at_all();

	if (was_set(&look) || has_slept(&look) || look.synced != state.last.synced)
		write_look(&look, stream);
}

/* The read fails with ECANCELED, and the timer waits for the next step. */
static void on_set(struct watch *watch)
{
	timer_expirations(watch);
	clock_watch_look(watch->owner);
	stream_flush(watch->owner);
}

int clock_watch_open(struct stream *stream)
{
	const struct itimerspec never = { .it_value = { .tv_sec = NEVER_S } };
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	state.timer = (struct watch) { .fd = fd, .ready = on_set, .owner = stream };
	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL))
		return -errno;
	state.last = look_at_all();
	return loop_add(&state.timer);
}
