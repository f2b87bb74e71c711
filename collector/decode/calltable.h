/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calltable.h - calls of a function by CPU and thread, from calls records
 *
 * Records are cumulative: of each pair the latest counts.
 */
#ifndef TARSIER_DECODE_CALLTABLE_H
#define TARSIER_DECODE_CALLTABLE_H

#include "budget.h"
#include "funclat.h"

#define CALLTABLE_MAX (1u << 18)

struct calltable {
	struct rec_calls *row;
	const struct rec_calls **order; /* of the rows, as they were sorted last */
	__u32 *index;			/* a hash table of 2 * room: number of the row, from 1 */
	unsigned int count;
	unsigned int room; /* a power of two, or 0 */
	struct budget *budget;
	__u64 refused; /* records without a place */
};

void calltable_init(struct calltable *table, struct budget *budget);
void calltable_release(struct calltable *table);
void calltable_take(struct calltable *table, const struct rec_calls *record);

/* As if what @after took had been taken by @table, behind what it has. */
void calltable_merge(struct calltable *table, const struct calltable *after);

/* The rows, those with the greatest sum first; valid until the next record. */
const struct rec_calls **calltable_sort(const struct calltable *table);

#endif
