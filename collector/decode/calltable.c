// SPDX-License-Identifier: GPL-2.0-or-later
/* calltable - calls of a function by CPU and thread, from calls records */
#include "calltable.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_AT_FIRST 64

void calltable_init(struct calltable *table, struct budget *budget, bool has_steps)
{
	*table = (struct calltable) { .budget = budget, .has_steps = has_steps };
}

void calltable_release(struct calltable *table)
{
	budget_give(table->budget, table->row, table->room * sizeof(*table->row));
	budget_give(table->budget, table->base, table->room * sizeof(*table->base));
	budget_give(table->budget, table->step, table->room * sizeof(*table->step));
	budget_give(table->budget, table->order, table->room * sizeof(*table->order));
	budget_give(table->budget, table->index, 2 * table->room * sizeof(*table->index));
	calltable_init(table, table->budget, table->has_steps);
}

static bool is_same(const struct rec_calls *a, const struct rec_calls *b)
{
	return a->cpu == b->cpu && a->tid == b->tid && a->tgid == b->tgid;
}

/* Multiplying by an odd number spreads what differs in low bits over the high ones (Knuth). */
static __u32 hash(const struct rec_calls *record)
{
	__u64 key = (__u64)record->tgid << 32 | record->tid;

	return (__u32)((key ^ (__u64)record->cpu << 48) * 0x9e3779b97f4a7c15 >> 32);
}

/* The place in the index that names the row of the same pair, or else the one that may do so. */
static __u32 *place_for(const struct calltable *table, const struct rec_calls *record)
{
	unsigned int mask = 2 * table->room - 1, at = hash(record) & mask;

	while (table->index[at] && !is_same(&table->row[table->index[at] - 1], record))
		at = (at + 1) & mask;
	return &table->index[at];
}

/* Arrays of table->room rows; false: no memory for one of them. */
static bool take_arrays(struct calltable *table)
{
	size_t size = table->room * sizeof(*table->row);

	table->row = budget_take(table->budget, size);
	table->order = budget_take(table->budget, table->room * sizeof(*table->order));
	table->index = budget_take(table->budget, 2 * table->room * sizeof(*table->index));
	if (table->has_steps) {
		table->base = budget_take(table->budget, size);
		table->step = budget_take(table->budget, size);
	}
	return table->row && table->order && table->index &&
	       (!table->has_steps || (table->base && table->step));
}

static bool make_room(struct calltable *table)
{
	struct calltable larger = { .budget = table->budget,
				    .has_steps = table->has_steps,
				    .refused = table->refused };

	larger.room = table->room ? table->room * 2 : ROOM_AT_FIRST;
	if (larger.room > CALLTABLE_MAX)
		return false;
	if (!take_arrays(&larger)) {
		calltable_release(&larger);
		return false;
	}
	for (; larger.count < table->count; larger.count++) {
		larger.row[larger.count] = table->row[larger.count];
		if (table->has_steps)
			larger.base[larger.count] = table->base[larger.count];
		*place_for(&larger, &table->row[larger.count]) = larger.count + 1;
	}
	calltable_release(table);
	*table = larger;
	return true;
}

void calltable_take(struct calltable *table, const struct rec_calls *record)
{
	struct rec_calls *row;
	__u32 *place;

	if (!table->room && !make_room(table)) {
		table->refused++;
		return;
	}
	place = place_for(table, record);
	if (!*place && table->count == table->room) {
		if (!make_room(table)) {
			table->refused++;
			return;
		}
		place = place_for(table, record);
	}
	if (!*place)
		*place = ++table->count;
	row = &table->row[*place - 1];
	if (record->time_ns >= row->time_ns)
		*row = *record;
}

void calltable_merge(struct calltable *table, const struct calltable *after)
{
	for (unsigned int i = 0; i < after->count; i++)
		calltable_take(table, &after->row[i]);
	table->refused += after->refused;
}

/* What is the same in sum comes by CPU and thread, so that the order does not depend on chance. */
static int by_sum(const void *a, const void *b)
{
	const struct rec_calls *one = *(const struct rec_calls *const *)a;
	const struct rec_calls *other = *(const struct rec_calls *const *)b;

	if (one->sum != other->sum)
		return one->sum < other->sum ? 1 : -1;
	if (one->cpu != other->cpu)
		return one->cpu > other->cpu ? 1 : -1;
	if (one->tid != other->tid)
		return one->tid > other->tid ? 1 : -1;
	return one->tgid > other->tgid ? 1 : -1;
}

static void sort(const struct rec_calls **order, unsigned int count)
{
	if (count)
		qsort(order, count, sizeof(*order), by_sum);
}

const struct rec_calls **calltable_sort(const struct calltable *table)
{
	for (unsigned int i = 0; i < table->count; i++)
		table->order[i] = &table->row[i];
	sort(table->order, table->count);
	return table->order;
}

/* What a row counted since it was @base; one whose counts go back, which no board sends, begins anew. */
static struct rec_calls subtract(const struct rec_calls *row, const struct rec_calls *base)
{
	struct rec_calls step = *row;

	if (row->count < base->count || row->sum < base->sum)
		return step;
	step.count -= base->count;
	step.sum -= base->sum;
	if (base->count && row->min >= base->min)
		step.min = CALLS_EXTREME_UNKNOWN;
	if (base->count && row->max <= base->max)
		step.max = CALLS_EXTREME_UNKNOWN;
	return step;
}

const struct rec_calls **calltable_step(struct calltable *table, unsigned int *count)
{
	*count = 0;
	for (unsigned int i = 0; i < table->count; i++) {
		table->step[i] = subtract(&table->row[i], &table->base[i]);
		if (table->step[i].count)
			table->order[(*count)++] = &table->step[i];
		table->base[i] = table->row[i];
	}
	sort(table->order, *count);
	return table->order;
}
