/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calltable.h - calls of a function by CPU and thread, from calls records
 *
 * Records are cumulative: of each pair the latest counts.
 */
#ifndef TARSIER_DECODE_CALLTABLE_H
#define TARSIER_DECODE_CALLTABLE_H

#include <stdbool.h>

#include "budget.h"
#include "funclat.h"

#define CALLTABLE_MAX (1u << 18)

/* Of a step: an extreme that was one before is not known to be one of the step. */
#define CALLS_EXTREME_UNKNOWN (~0ULL)

struct calltable {
	struct rec_calls *row;
	struct rec_calls
		*base; /* of each row what it was when the step began; NULL: there are no steps */
	struct rec_calls *step;		/* of each row what it counted since */
	const struct rec_calls **order; /* of the rows, as they were sorted last */
	__u32 *index;			/* a hash table of 2 * room: number of the row, from 1 */
	unsigned int count;
	unsigned int room; /* a power of two, or 0 */
	struct budget *budget;
	bool has_steps;
	__u64 refused; /* records without a place */
};

void calltable_init(struct calltable *table, struct budget *budget, bool has_steps);
void calltable_release(struct calltable *table);
void calltable_take(struct calltable *table, const struct rec_calls *record);

/* As if what @after took had been taken by @table, behind what it has. */
void calltable_merge(struct calltable *table, const struct calltable *after);

/* The rows, those with the greatest sum first; valid until the next record. */
const struct rec_calls **calltable_sort(const struct calltable *table);

/*
 * The same of what was counted since the last time that this was called: *@count rows that counted
 * anything.  From here on the next step counts.
 */
const struct rec_calls **calltable_step(struct calltable *table, unsigned int *count);

#endif
