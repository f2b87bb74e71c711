/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - a note about each thread, in an array, that says itself whose it is
 *
 * One word per thread, in the place that the low bits of its id name: a number of nanoseconds that
 * grows, plus the id times 2^42.  Two threads that share a place have ids at least 2^15 apart, so
 * their words differ by at least 2^57: the difference of two words is below 2^40 (18 minutes) only
 * if both are the same thread's.  An empty place is 0, which is no thread's word.
 */
#ifndef TARSIER_WORDS_H
#define TARSIER_WORDS_H

#include <linux/types.h>

#define PLACE_BITS 15 /* pid_max is 32768 unless raised */
#define PLACE_COUNT (1u << PLACE_BITS)
#define WORD_TID_SHIFT 42
#define WORD_DIFFERENCE_MAX (1ull << 40)

static inline __u64 word_of(__u32 tid, __u64 ns)
{
	return ns + ((__u64)tid << WORD_TID_SHIFT);
}

#endif
