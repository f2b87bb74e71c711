/* SPDX-License-Identifier: GPL-2.0-only */
/* hist.bpf.h - adding values to a histogram in memory, in few instructions */
#ifndef TARSIER_HIST_BPF_H
#define TARSIER_HIST_BPF_H

#include "hist.h"

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/*
 * Emits a jump to the next instruction.  In a branch that is rarely or never taken it keeps the
 * compiler from computing both sides, and the verifier, which removes jumps that a setting has
 * decided, from taking the branch's end for part of the other side.
 */
#define BRANCH_STAYS asm volatile("goto +0")

#define H2_SHIFTED(table, value, shift)                                                            \
	((table)->bucket[(value) >> (shift) & (H2_TABLE_SIZE - 1)] + (shift)*H2_PER_OCTAVE)

static __always_inline __u32 h2_bucket_by_table(const struct h2_table *table, __u64 value)
{
	if (value < 1ull << 12)
		return H2_SHIFTED(table, value, 0);
	if (value < H2_BRIEF)
		return H2_SHIFTED(table, value, 8);
	if (value < 1ull << 28)
		return H2_SHIFTED(table, value, 16);
	if (value < 1ull << 36)
		return H2_SHIFTED(table, value, 24);
	if (value < 1ull << 44)
		return H2_SHIFTED(table, value, 32);
	if (value < 1ull << 52)
		return H2_SHIFTED(table, value, 40);
	return H2_SHIFTED(table, value, 52);
}

/* Add the square of @value, which needs up to 128 bits. */
static __always_inline void hist_add_square(struct hist *hist, __u64 value)
{
	__u64 low = value & 0xffffffff, high = value >> 32, middle = low * high;
	__u64 square = low * low + (middle << 33);

	hist->squares_high += high * high + (middle >> 31) + (square < middle << 33);
	hist->squares_low += square;
	hist->squares_high += hist->squares_low < square;
}

static __noinline __attribute__((unused)) void hist_add(struct hist *hist,
							const struct h2_table *table, __u64 value)
{
	hist->bucket[h2_bucket_by_table(table, value) & H2_BUCKET_MASK]++;
	hist->sum += value;
	hist_add_square(hist, value);
	if (value < hist->min)
		hist->min = value;
	if (value > hist->max)
		hist->max = value;
}

/* The same for a value below H2_BRIEF, in the fewest instructions. */
static __always_inline void hist_add_brief(struct hist *hist, const struct h2_table *table,
					   __u64 value)
{
	__u64 square = value * value, squares = hist->squares_low + square;
	__u32 bucket;

	if (value < H2_TABLE_SIZE)
		bucket = H2_SHIFTED(table, value, 0);
	else
		bucket = H2_SHIFTED(table, value, 8);
	hist->bucket[bucket & H2_BUCKET_MASK]++;
	hist->sum += value;
	hist->squares_low = squares;
	if (squares < square) {
		BRANCH_STAYS;
		hist->squares_high++;
	}
	if (value < hist->min)
		hist->min = value;
	if (value > hist->max)
		hist->max = value;
}

#endif
