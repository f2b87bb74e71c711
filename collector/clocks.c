// SPDX-License-Identifier: GPL-2.0-or-later
/* clocks - the kernel's clocks in nanoseconds */
#include "clocks.h"

#include <sys/timex.h>

#define LOOKS 5
#define TICK_NOMINAL_US 10000 /* adjtimex(2): microseconds between ticks at USER_HZ = 100 */

__u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return (__u64)ts.tv_sec * NS_PER_SEC + (__u64)ts.tv_nsec;
}

__u64 now_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

bool clock_synchronised(__u32 *max_error_us)
{
	struct timex tx = { 0 };
	int state = adjtimex(&tx);

	*max_error_us = tx.maxerror > 0 ? (__u32)tx.maxerror : 0;
	return state >= 0 && !(tx.status & STA_UNSYNC);
}

/* From the frequency (in 2^-16 ppm) and the tick length that were set. */
static __s64 drift_as_set(void)
{
	struct timex tx = { 0 };

	if (adjtimex(&tx) < 0)
		return 0;
	return (__s64)tx.freq * 65536 / 1000000 +
	       (tx.tick - TICK_NOMINAL_US) * (1ll << 32) / TICK_NOMINAL_US;
}

/* Both clocks at one moment: of a few looks the one that was held up least between them. */
static void look_at_both(__u64 *monotonic, __u64 *raw)
{
	__u64 least_ns = ~0ull;

	for (unsigned int look = 0; look < LOOKS; look++) {
		__u64 before = clock_ns(CLOCK_MONOTONIC_RAW), between = clock_ns(CLOCK_MONOTONIC);
		__u64 held_up_ns = clock_ns(CLOCK_MONOTONIC_RAW) - before;

		if (held_up_ns >= least_ns)
			continue;
		least_ns = held_up_ns;
		*monotonic = between;
		*raw = before + held_up_ns / 2;
	}
}

__s64 clock_drift_q32(void)
{
	static __u64 last_monotonic, last_raw;
	__u64 monotonic = 0, raw = 0;
	__s64 drift, elapsed;

	look_at_both(&monotonic, &raw);
	elapsed = (__s64)(raw - last_raw);
	if (!last_raw || !elapsed)
		drift = drift_as_set();
	else
		drift = (__s64)((double)((__s64)(monotonic - last_monotonic) - elapsed) *
				4294967296.0 / (double)elapsed);
	last_monotonic = monotonic;
	last_raw = raw;
	return drift;
}
