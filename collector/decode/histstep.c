// SPDX-License-Identifier: GPL-2.0-or-later
/* histstep - what a histogram counted during a step: what it holds less what it held before */
#include "histstep.h"

/* What it held when it was last known. */
static const struct histogram_base *before(const struct keyed_histogram *keyed)
{
	static const struct histogram_base nothing = { .moments.min = ~0ULL };

	return keyed->base ? keyed->base : &nothing;
}

/*
 * No bucket holds more than it should, so none holds less either when all together hold what they
 * should.  Of several scopes each counts every value, and only the first is compared.
 */
void histstep_prove(struct histset *set, const struct account *account, const struct step *step)
{
	if (step->whole_since_ns && account && set->count &&
	    account->time_ns[LEDGER_delivered] == step->to_ns &&
	    set->histogram[0]->shape == set->histogram[set->count - 1]->shape &&
	    account->value[LEDGER_delivered] == histset_total(set))
		set->proven_ns = step->to_ns;
}

static bool is_proven(const struct histset *set, const struct keyed_histogram *keyed,
		      const struct step *step)
{
	const struct rec_summary *summary = &keyed->summary;

	return summary->type &&
	       (summary->time_ns == step->to_ns || summary->time_ns >= step->whole_since_ns ||
		set->proven_ns == step->to_ns) &&
	       histogram_total(&keyed->buckets) == summary->count;
}

enum histstep_state histstep_judge(const struct histset *set, const struct keyed_histogram *keyed,
				   const struct step *step)
{
	if (keyed->stepless)
		return HISTSTEP_NO_BASE;
	if (keyed->summary.time_ns <= keyed->known_ns && step->whole_since_ns <= keyed->known_ns)
		return HISTSTEP_SAME;
	if (!is_proven(set, keyed, step))
		return HISTSTEP_UNSURE;
	return keyed->summary.count == before(keyed)->moments.count ? HISTSTEP_SAME
								    : HISTSTEP_COUNTED;
}

__u64 histstep_count(const struct keyed_histogram *keyed)
{
	return keyed->summary.count - before(keyed)->moments.count;
}

/* Minimum and maximum are those of all times, unless the range was lost. */
static struct moments moments_now(const struct keyed_histogram *keyed)
{
	struct moments now = keyed_histogram_moments(keyed);

	if (keyed->range.time_ns != keyed->summary.time_ns) {
		now.min = 0;
		now.max = ~0ULL;
	}
	return now;
}

/* An extreme of all times is one of the step when it was not one before. */
static struct moments subtract(const struct moments *now, const struct moments *then)
{
	return (struct moments) {
		.count = now->count - then->count,
		.sum = now->sum - then->sum,
		.squares = now->squares - then->squares,
		.min = now->min < then->min ? now->min : 0,
		.max = now->max > then->max || !then->count ? now->max : ~0ULL,
		.overflow = now->count < then->count || now->sum < then->sum ||
			    now->squares < then->squares,
	};
}

void histstep_take(const struct keyed_histogram *keyed, const struct step *step,
		   struct histstep *to)
{
	const struct histogram_base *then = before(keyed);
	struct moments now = moments_now(keyed);

	to->from_ns = keyed->known_ns;
	if (!keyed->known_ns && !step->whole_since_ns)
		to->from_ns = step->from_ns; /* it is new */
	to->moments = subtract(&now, &then->moments);
	to->backwards = to->moments.overflow;
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		to->backwards |= keyed->buckets.count[i] < then->buckets.count[i];
		to->buckets.count[i] = keyed->buckets.count[i] - then->buckets.count[i];
	}
}

static bool keep(struct histset *set, struct keyed_histogram *keyed)
{
	if (!keyed->base)
		keyed->base = budget_take(set->budget, sizeof(*keyed->base));
	if (!keyed->base)
		return false;
	keyed->base->buckets = keyed->buckets;
	keyed->base->moments = moments_now(keyed);
	return true;
}

void histstep_next(struct histset *set, const struct step *step)
{
	for (unsigned int i = 0; i < set->count; i++) {
		struct keyed_histogram *keyed = set->histogram[i];
		enum histstep_state state = histstep_judge(set, keyed, step);

		if (state == HISTSTEP_COUNTED)
			keyed->stepless = !keep(set, keyed);
		if (state == HISTSTEP_COUNTED || state == HISTSTEP_SAME)
			keyed->known_ns = step->to_ns;
	}
}
