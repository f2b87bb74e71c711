/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cost_budget.h - how many single events may go on, so that the collector stays within its share of a CPU
 *
 * The share is that of a sliding window.  Events are what can be shed: one of 2^level goes on, or none.
 */
#ifndef TARSIER_COST_BUDGET_H
#define TARSIER_COST_BUDGET_H

#include <linux/types.h>
#include <stdbool.h>

#define COST_WINDOW_S 10
#define COST_SLOTS                                                                                 \
	(COST_WINDOW_S + 1) /* seconds; the window begins in the oldest and ends in the newest */

#define SHED_NOTHING 0
#define SHED_LEAST_KEPT 10 /* one of 1024 */
#define SHED_ALL 11

struct cost_budget {
	__u32 share_ppm; /* of one CPU, that may be used; set by the owner */

	/* read by the owner */
	unsigned int level; /* of shedding, SHED_... */
	__u32 used_ppm;	    /* the most in a window since the owner last set it to 0 */
	bool exceeded;	    /* by some window, with nothing left to shed; stays set */

	/* private */
	__u64 slot_ns[COST_SLOTS]; /* used in each second */
	unsigned int newest;
	__u64 slot_began_ns;
	bool slot_idle; /* everything has been shed since it began */
	__u64 used_ns;
	__u64 idle_ns;	     /* what a second costs when no event goes on; ~0: not known */
	__u64 idle_worst_ns; /* what it has cost lately */
	bool begun;
};

/* At @now_ns, @used_ns were used since some time that stays the same; true: the level has changed. */
bool cost_budget_take(struct cost_budget *budget, __u64 now_ns, __u64 used_ns);

/* For a level: an event goes on unless its number has one of these bits. */
__u32 cost_budget_mask(unsigned int level);

#endif
