/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clocks.h - the kernel's clocks in nanoseconds */
#ifndef TARSIER_CLOCKS_H
#define TARSIER_CLOCKS_H

#include <linux/types.h>
#include <stdbool.h>
#include <time.h>

#define NS_PER_SEC 1000000000ull
#define NS_PER_MS 1000000ull

/* @clock now, in ns; 0 when the kernel does not have it. */
__u64 clock_ns(clockid_t clock);

/* The clock of all record times: CLOCK_BOOTTIME. */
__u64 now_ns(void);

/* Whether the kernel holds CLOCK_REALTIME synchronised; *@max_error_us is its own estimate. */
bool clock_synchronised(__u32 *max_error_us);

/*
 * By how much CLOCK_MONOTONIC outruns CLOCK_MONOTONIC_RAW, times 2^32: what the kernel was told to
 * correct at the first call, what it did since the last call afterwards.
 */
__s64 clock_drift_q32(void);

#endif
