/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* hist.h - a histogram in memory that the kernel writes and the collector reads */
#ifndef TARSIER_HIST_H
#define TARSIER_HIST_H

#include "h2.h"

/* The verifier wants proof that an index is bounded: what follows the buckets is inside this mask. */
#define H2_BUCKET_MASK 511
_Static_assert(H2_BUCKET_MASK >= H2_BUCKETS, "the mask lets every bucket through");

/* The count is the sum of the buckets.  Only the CPU that owns it writes it. */
struct hist {
	__u64 bucket[H2_BUCKETS];
	__u64 sum;
	__u64 squares_low; /* sum of squares, 128 bits */
	__u64 squares_high;
	__u64 min; /* all ones at first */
	__u64 max;
};

/*
 * BPF has no instruction that finds the highest set bit, so the bucket of each value below 2^12 is
 * read from a table; dividing a larger value by 2^n first leaves it n octaves short.
 */
#define H2_TABLE_BITS 12
#define H2_TABLE_SIZE (1u << H2_TABLE_BITS)

/* Values below this, about 1 ms, need the first two steps of that at most. */
#define H2_BRIEF (1ull << (H2_TABLE_BITS + 8))

struct h2_table {
	__u8 bucket[H2_TABLE_SIZE];
};

#endif
