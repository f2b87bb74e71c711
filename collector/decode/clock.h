/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.h - from a board's time since boot to its wall clock */
#ifndef TARSIER_DECODE_CLOCK_H
#define TARSIER_DECODE_CLOCK_H

#include <stdbool.h>

#include "text.h"

/* One moment on both clocks: the nearest one heard, a synchronised one if there is any. */
struct clock {
	bool known;
	bool synced;
	__u64 boot_ns;
	__u64 realtime_ns;
};

void clock_learn(struct clock *clock, __u64 boot_ns, __u64 realtime_ns, bool synced);

/* False: the board's clock is unknown, or was never set. */
bool clock_realtime(const struct clock *clock, __u64 boot_ns, __u64 *realtime_ns);

/* The date, or the time since boot where that is all there is. */
const char *clock_date(char to[TEXT_TIME], const struct clock *clock, __u64 boot_ns);
const char *clock_time_of_day(char to[TEXT_TIME], const struct clock *clock, __u64 boot_ns);

#endif
