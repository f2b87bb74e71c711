/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - from a board's time since boot to its wall clock
 *
 * A board's two clocks are slewed together: but for steps of the wall clock, their distance is the
 * same for a whole boot.  So one moment that is known on both dates everything, what was recorded
 * before it included.
 */
#ifndef TARSIER_DECODE_CLOCK_H
#define TARSIER_DECODE_CLOCK_H

#include <stdbool.h>

#include "text.h"

/* What tells the distance, the worst first. */
enum clock_source {
	CLOCK_UNKNOWN, /* the board's clock was never set, and nobody else's is known */
	CLOCK_OWN,     /* the board's, not synchronised */
	CLOCK_ARRIVAL, /* a receiver's, late by the time that a block was under way */
	CLOCK_TRUE,    /* the board's, synchronised */
};

/* A synchronised clock of which the kernel's estimate of the error did not come along. */
#define CLOCK_NO_FIGURE (~0u)

struct clock_pair {
	__u64 distance_ns; /* REALTIME less BOOTTIME; 0: not known */
	__u64 boot_ns;
	__u32 error_us;
};

struct clock {
	struct clock_pair own;	   /* the latest */
	struct clock_pair arrival; /* the earliest */
	struct clock_pair synced;  /* the most exact */
	__u64 synced_from_ns;	   /* BOOTTIME of the first synchronised moment */
	/* How far synchronised moments are apart, beyond what their errors explain. */
	__u64 disagreement_ns;
};

/* One moment on BOOTTIME and on another clock.  Nothing is learned from a date before 2001. */
void clock_learn_own(struct clock *clock, __u64 boot_ns, __u64 realtime_ns);
void clock_learn_synced(struct clock *clock, __u64 boot_ns, __u64 realtime_ns, __u32 error_us);
void clock_learn_arrival(struct clock *clock, __u64 boot_ns, __u64 realtime_ns);
/* All that @other knows. */
void clock_merge(struct clock *clock, const struct clock *other);

enum clock_source clock_source(const struct clock *clock);

/* False: the clock is unknown. */
bool clock_realtime(const struct clock *clock, __u64 boot_ns, __u64 *realtime_ns);

/* The date, or the time since boot where that is all there is. */
const char *clock_date(char to[TEXT_TIME], const struct clock *clock, __u64 boot_ns);
const char *clock_time_of_day(char to[TEXT_TIME], const struct clock *clock, __u64 boot_ns);

#endif
