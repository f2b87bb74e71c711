// SPDX-License-Identifier: GPL-2.0-or-later
/* cost_budget - how many single events may go on, so that the collector stays within its share of a CPU */
#include "cost_budget.h"

#include "clocks.h"

#define UNKNOWN (~0ull)
#define PER_MILLION 1000000
#define TIMER_EARLY_NS                                                                             \
	(20 * NS_PER_MS) /* the look that ends a second may come so much before its end */

__u32 cost_budget_mask(unsigned int level)
{
	return level >= SHED_ALL ? ~0u : (1u << level) - 1;
}

/* What may be used in a second. */
static __u64 second_ns(const struct cost_budget *budget)
{
	return budget->share_ppm * (NS_PER_SEC / PER_MILLION);
}

static __u64 limit_ns(const struct cost_budget *budget)
{
	return COST_WINDOW_S * second_ns(budget);
}

/* What the slots that are at most @age seconds old hold. */
static __u64 sum_ns(const struct cost_budget *budget, unsigned int age)
{
	__u64 sum = 0;

	for (unsigned int i = 0; i <= age; i++)
		sum += budget->slot_ns[(budget->newest + COST_SLOTS - i) % COST_SLOTS];
	return sum;
}

/* Half of what may be used is a careful guess as long as it has not been seen. */
static __u64 or_guess_ns(const struct cost_budget *budget, __u64 idle_ns)
{
	return idle_ns == UNKNOWN ? second_ns(budget) / 2 : idle_ns;
}

/*
 * Would the window at some time overrun if everything were shed from now on?  What was used moves out of
 * it as seconds pass, while the rest goes on costing.
 */
static bool must_brake(const struct cost_budget *budget)
{
	__u64 most = limit_ns(budget) - limit_ns(budget) / 20;
	__u64 idle_ns = or_guess_ns(budget, budget->idle_worst_ns);

	for (unsigned int ahead = 0; ahead < COST_SLOTS; ahead++)
		if (sum_ns(budget, COST_SLOTS - 1 - ahead) + ahead * idle_ns > most)
			return true;
	return false;
}

/* What the next seconds will cost if twice as many events go on. */
static __u64 doubled_ns(const struct cost_budget *budget, __u64 rate_ns)
{
	__u64 idle_ns = budget->idle_ns == UNKNOWN ? 0 : budget->idle_ns;

	return budget->level == SHED_ALL || rate_ns < idle_ns ? rate_ns : 2 * rate_ns - idle_ns;
}

/* The same if half as many do. */
static __u64 halved_ns(const struct cost_budget *budget, __u64 rate_ns)
{
	__u64 idle_ns = or_guess_ns(budget, budget->idle_ns);

	return rate_ns < idle_ns ? rate_ns : idle_ns + (rate_ns - idle_ns) / 2;
}

/* What costs more for some seconds, as by a host that takes the CPU away, may do so again. */
static void note_idle(struct cost_budget *budget, __u64 rate_ns)
{
	__u64 worst_ns = budget->idle_worst_ns;

	budget->idle_ns = rate_ns;
	budget->idle_worst_ns = worst_ns == UNKNOWN || rate_ns > worst_ns
					? rate_ns
					: worst_ns - (worst_ns - rate_ns) / 4;
}

/* A second is over, and cost @rate_ns. */
static void judge_second(struct cost_budget *budget, __u64 rate_ns)
{
	__u64 target = second_ns(budget);

	if (budget->slot_idle)
		note_idle(budget, rate_ns);
	/* in the second of a brake most is left from before it */
	if (budget->level && (budget->level < SHED_ALL || budget->slot_idle) &&
	    doubled_ns(budget, rate_ns) < target - target / 4)
		budget->level--;
	for (; budget->level < SHED_ALL && rate_ns > target - target / 5; budget->level++)
		rate_ns = halved_ns(budget, rate_ns);
}

static void next_slot(struct cost_budget *budget)
{
	budget->newest = (budget->newest + 1) % COST_SLOTS;
	budget->slot_ns[budget->newest] = 0;
	budget->slot_began_ns += NS_PER_SEC;
	budget->slot_idle = budget->level == SHED_ALL;
}

static void begin(struct cost_budget *budget, __u64 now_ns, __u64 used_ns)
{
	budget->begun = true;
	budget->slot_began_ns = now_ns;
	budget->used_ns = used_ns;
	budget->idle_ns = UNKNOWN;
	budget->idle_worst_ns = UNKNOWN;
}

static void note_most(struct cost_budget *budget)
{
	__u64 used_ns = sum_ns(budget, COST_WINDOW_S - 1);
	__u64 ppm = used_ns * PER_MILLION / (COST_WINDOW_S * NS_PER_SEC);

	budget->exceeded |= used_ns > limit_ns(budget);
	if (ppm > budget->used_ppm)
		budget->used_ppm = (__u32)ppm;
}

/* How many seconds have ended since the newest began. */
static __u64 seconds_over(const struct cost_budget *budget, __u64 now_ns)
{
	return (now_ns + TIMER_EARLY_NS - budget->slot_began_ns) / NS_PER_SEC;
}

/* Who was held up for several seconds used the same in each. */
static void spread(struct cost_budget *budget, __u64 now_ns, __u64 used_ns)
{
	__u64 seconds = seconds_over(budget, now_ns), each_ns = used_ns / (seconds ? seconds : 1);

	budget->slot_ns[budget->newest] += each_ns;
	note_most(budget);
	for (unsigned int i = 0; i < COST_SLOTS && i < seconds; i++) {
		judge_second(budget, budget->slot_ns[budget->newest]);
		next_slot(budget);
		if (i + 1 < seconds)
			budget->slot_ns[budget->newest] = each_ns;
	}
	if (seconds_over(budget, now_ns))
		budget->slot_began_ns = now_ns;
}

bool cost_budget_take(struct cost_budget *budget, __u64 now_ns, __u64 used_ns)
{
	unsigned int before = budget->level;

	if (!budget->begun)
		begin(budget, now_ns, used_ns);
	spread(budget, now_ns, used_ns - budget->used_ns);
	budget->used_ns = used_ns;
	budget->slot_idle &= budget->level == SHED_ALL;
	if (must_brake(budget))
		budget->level = SHED_ALL;
	return budget->level != before;
}
