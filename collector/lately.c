// SPDX-License-Identifier: GPL-2.0-or-later
/* lately - what was sent within the last seconds: in doubt, where the link or the receiver fails */
#include "lately.h"

#include "clocks.h"

/* A carrier's loss is noticed, and an ICMP message is back, within that. */
#define PERIOD_NS (2 * NS_PER_SEC)

static const struct span nothing;

static void grow_old(struct lately *lately, __u64 now_ns)
{
	__u64 age_ns = now_ns - lately->begun_ns;

	if (age_ns <= PERIOD_NS)
		return;
	lately->span[0] = age_ns <= 2 * PERIOD_NS ? lately->span[1] : nothing;
	lately->span[1] = nothing;
	lately->begun_ns = now_ns;
}

void lately_add(struct lately *lately, const struct span *span, __u64 now_ns)
{
	struct span *current = &lately->span[1];

	grow_old(lately, now_ns);
	if (current->block == current->block_end)
		*current = *span;
	else
		span_widen(current, span);
}

void lately_doubt(struct lately *lately, struct backlog *backlog, __u64 now_ns)
{
	grow_old(lately, now_ns);
	for (unsigned int i = 0; i < 2; i++) {
		backlog_add(backlog, &lately->span[i]);
		lately->span[i] = nothing;
	}
}
