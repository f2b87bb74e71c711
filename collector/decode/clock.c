// SPDX-License-Identifier: GPL-2.0-or-later
/* clock - from a board's time since boot to its wall clock */
#include "clock.h"

#include <stdio.h>
#include <string.h>

/* A board without a battery begins in 1970 or at the build of its image; before 2001 is no time. */
#define YEAR_2001 (978307200ULL * NS_PER_SEC)

/* A process may lose its CPU between reading two clocks: less than this is no step. */
#define NOISE_NS (10 * 1000 * NS_PER_US)

/* False: a clock that was not set, or a board that would be older than its kernel. */
static bool make_pair(struct clock_pair *pair, __u64 boot_ns, __u64 realtime_ns, __u32 error_us)
{
	if (realtime_ns < YEAR_2001 || boot_ns > realtime_ns - YEAR_2001)
		return false;
	*pair = (struct clock_pair) { realtime_ns - boot_ns, boot_ns, error_us };
	return true;
}

static __u64 apart(__u64 left, __u64 right)
{
	return left > right ? left - right : right - left;
}

static void take_own(struct clock *clock, const struct clock_pair *pair)
{
	struct clock_pair *own = &clock->own;

	if (!own->distance_ns || (pair->boot_ns >= own->boot_ns &&
				  apart(pair->distance_ns, own->distance_ns) > NOISE_NS))
		*own = *pair;
}

static void take_arrival(struct clock *clock, const struct clock_pair *pair)
{
	if (!clock->arrival.distance_ns || pair->distance_ns < clock->arrival.distance_ns)
		clock->arrival = *pair;
}

static void compare(struct clock *clock, const struct clock_pair *pair)
{
	const struct clock_pair *synced = &clock->synced;
	__u64 distance = apart(pair->distance_ns, synced->distance_ns);

	if (pair->error_us == CLOCK_NO_FIGURE || synced->error_us == CLOCK_NO_FIGURE)
		return;
	if (distance > ((__u64)pair->error_us + synced->error_us) * NS_PER_US + NOISE_NS &&
	    distance > clock->disagreement_ns)
		clock->disagreement_ns = distance;
}

static void take_synced(struct clock *clock, const struct clock_pair *pair)
{
	bool is_first = !clock->synced.distance_ns;

	if (is_first || pair->boot_ns < clock->synced_from_ns)
		clock->synced_from_ns = pair->boot_ns;
	if (!is_first)
		compare(clock, pair);
	if (is_first || pair->error_us < clock->synced.error_us)
		clock->synced = *pair;
}

void clock_learn_own(struct clock *clock, __u64 boot_ns, __u64 realtime_ns)
{
	struct clock_pair pair;

	if (make_pair(&pair, boot_ns, realtime_ns, CLOCK_NO_FIGURE))
		take_own(clock, &pair);
}

void clock_learn_arrival(struct clock *clock, __u64 boot_ns, __u64 realtime_ns)
{
	struct clock_pair pair;

	if (make_pair(&pair, boot_ns, realtime_ns, CLOCK_NO_FIGURE))
		take_arrival(clock, &pair);
}

void clock_learn_synced(struct clock *clock, __u64 boot_ns, __u64 realtime_ns, __u32 error_us)
{
	struct clock_pair pair;

	if (make_pair(&pair, boot_ns, realtime_ns, error_us))
		take_synced(clock, &pair);
}

void clock_merge(struct clock *clock, const struct clock *other)
{
	if (other->own.distance_ns)
		take_own(clock, &other->own);
	if (other->arrival.distance_ns)
		take_arrival(clock, &other->arrival);
	if (!other->synced.distance_ns)
		return;
	take_synced(clock, &other->synced);
	if (other->synced_from_ns < clock->synced_from_ns)
		clock->synced_from_ns = other->synced_from_ns;
	if (other->disagreement_ns > clock->disagreement_ns)
		clock->disagreement_ns = other->disagreement_ns;
}

enum clock_source clock_source(const struct clock *clock)
{
	if (clock->synced.distance_ns)
		return CLOCK_TRUE;
	if (clock->arrival.distance_ns)
		return CLOCK_ARRIVAL;
	return clock->own.distance_ns ? CLOCK_OWN : CLOCK_UNKNOWN;
}

bool clock_realtime(const struct clock *clock, __u64 boot_ns, __u64 *realtime_ns)
{
	const struct clock_pair *const pairs[] = {
		[CLOCK_UNKNOWN] = NULL,
		[CLOCK_OWN] = &clock->own,
		[CLOCK_ARRIVAL] = &clock->arrival,
		[CLOCK_TRUE] = &clock->synced,
	};
	const struct clock_pair *best = pairs[clock_source(clock)];

	if (!best || boot_ns > ~0ULL - best->distance_ns)
		return false;
	*realtime_ns = boot_ns + best->distance_ns;
	return true;
}

const char *clock_date(char to[TEXT_TIME], const struct clock *clock, __u64 boot_ns)
{
	__u64 realtime_ns;

	if (clock_realtime(clock, boot_ns, &realtime_ns))
		return text_date(to, realtime_ns);
	text_seconds(to, boot_ns);
	snprintf(to + strlen(to), TEXT_TIME - strlen(to), " after boot");
	return to;
}

const char *clock_time_of_day(char to[TEXT_TIME], const struct clock *clock, __u64 boot_ns)
{
	__u64 realtime_ns;

	if (clock_realtime(clock, boot_ns, &realtime_ns))
		return text_time_of_day(to, realtime_ns);
	snprintf(to, TEXT_TIME, "%llu.%06llu", boot_ns / NS_PER_SEC,
		 boot_ns % NS_PER_SEC / NS_PER_US);
	return to;
}
