/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * budget.h - memory for what the input brings along, with a bound
 *
 * Whatever grows with the input takes its memory here and must do without when it gets none, so
 * that no input, however hostile, makes the decoder grow beyond the bound.
 */
#ifndef TARSIER_BUDGET_H
#define TARSIER_BUDGET_H

#include <stddef.h>

#include <linux/types.h>

struct budget {
	size_t left;
	__u64 refused; /* requests that got nothing */
};

/* Zeroed memory, or NULL, which is counted. */
void *budget_take(struct budget *budget, size_t size);

/* Give @memory of @size bytes back; NULL is fine. */
void budget_give(struct budget *budget, void *memory, size_t size);

#endif
