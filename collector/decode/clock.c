// SPDX-License-Identifier: GPL-2.0-or-later
/* clock - from a board's time since boot to its wall clock */
#include "clock.h"

#include <stdio.h>
#include <string.h>

/* A board without a battery begins in 1970 or at the build of its image; before 2001 is no time. */
#define YEAR_2001 (978307200ULL * NS_PER_SEC)

void clock_learn(struct clock *clock, __u64 boot_ns, __u64 realtime_ns, bool synced)
{
	if (clock->synced && !synced)
		return;
	*clock = (struct clock) { true, synced, boot_ns, realtime_ns };
}

bool clock_realtime(const struct clock *clock, __u64 boot_ns, __u64 *realtime_ns)
{
	__u64 ahead = boot_ns - clock->boot_ns, behind = clock->boot_ns - boot_ns;

	if (!clock->known || clock->realtime_ns < YEAR_2001)
		return false;
	if (boot_ns >= clock->boot_ns ? ahead > ~clock->realtime_ns
				      : behind > clock->realtime_ns - YEAR_2001)
		return false;
	*realtime_ns = clock->realtime_ns + ahead;
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
