// SPDX-License-Identifier: GPL-2.0-or-later
/* pace - a token bucket: how much may be sent, so that a link stays usable for others */
#include "pace.h"

#include <errno.h>
#include <string.h>

#include "clocks.h"
#include "sink.h"

#define RATE_MIN 1024
#define RATE_MOST (16ull << 30) /* times NS_PER_SEC it fits 64 bits */
#define BURST_MIN 4096

/*
 * lan: all of 100 Mbit/s for a moment, which no snapshot fills.  wan: a quarter of a slow uplink of
 * 512 kbit/s, which carries the snapshots of all probes each second.
 */
static const struct {
	const char *name;
	__u64 rate, burst;
} profiles[] = {
	{ "lan", 12500000, 1 << 20 },
	{ "wan", 16384, 32768 },
	{ "none", 0, 0 },
};

int pace_set(struct pace *pace, const char *value)
{
	__u64 rate;

	for (unsigned int i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		if (strcmp(profiles[i].name, value))
			continue;
		*pace = (struct pace) { profiles[i].rate, profiles[i].burst, profiles[i].burst, 0 };
		return 0;
	}
	if (parse_size(value, RATE_MIN, RATE_MOST, &rate))
		return -EINVAL;
	*pace = (struct pace) { .rate = rate, .burst = rate < BURST_MIN ? BURST_MIN : rate };
	pace->tokens = pace->burst;
	return 0;
}

static void fill(struct pace *pace, __u64 now_ns)
{
	__u64 passed_ns = now_ns - pace->filled_ns, full_ns = pace->burst * NS_PER_SEC / pace->rate;
	__u64 bytes;

	if (passed_ns > full_ns) {
		pace->tokens = pace->burst;
		pace->filled_ns = now_ns;
		return;
	}
	bytes = (__u64)((unsigned __int128)passed_ns * pace->rate / NS_PER_SEC);
	pace->tokens = pace->tokens + bytes < pace->burst ? pace->tokens + bytes : pace->burst;
	/* what a part of a byte took stays; rounded up, so that it never becomes more */
	pace->filled_ns += (bytes * NS_PER_SEC + pace->rate - 1) / pace->rate;
}

bool pace_take(struct pace *pace, __u64 bytes, __u64 reserve, __u64 now_ns)
{
	if (!pace->rate)
		return true;
	fill(pace, now_ns);
	if (pace->tokens < bytes + reserve)
		return false;
	pace->tokens -= bytes;
	return true;
}

__u64 pace_wait_ns(const struct pace *pace, __u64 bytes)
{
	if (!pace->rate || pace->tokens >= bytes)
		return 0;
	return (bytes - pace->tokens) * NS_PER_SEC / pace->rate + 1;
}
