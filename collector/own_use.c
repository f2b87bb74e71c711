// SPDX-License-Identifier: GPL-2.0-or-later
/* own_use - how full the collector's own memory is, and whether it keeps to its budget */
#include "own_use.h"

#include <time.h>

#include "clocks.h"
#include "cost_budget.h"
#include "hooks.h"
#include "say.h"

#define LOOK_NS (2 * NS_PER_MS)	      /* while events come, at the collector's own time */
#define BPF_LOOK_NS (250 * NS_PER_MS) /* at that of its programs, which takes longer to ask for */

static struct {
	struct cost_budget budget;
	__u32 ring_peak;
	__u64 looked_ns;
	__u64 bpf_looked_ns;
	__u64 bpf_ns; /* as of then */
	bool told;
} own;

static __u64 own_ns(__u64 now)
{
	if (now - own.bpf_looked_ns >= BPF_LOOK_NS) {
		own.bpf_ns = hooks_cost().run_ns;
		own.bpf_looked_ns = now;
	}
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID) + own.bpf_ns;
}

static void tell(void)
{
	if (own.told || !own.budget.exceeded)
		return;
	own.told = true;
	say("the budget of %u.%02u %% of a CPU is exceeded, and no single event is left to drop: "
	    "measure less, or less often (-p, -i)",
	    own.budget.share_ppm / 10000, own.budget.share_ppm / 100 % 100);
}

void own_use_begin(__u32 budget_ppm)
{
	own.budget.share_ppm = budget_ppm;
	own_use_watch();
}

void own_use_watch(void)
{
	__u64 now = now_ns();

	if (!own.budget.share_ppm)
		return;
	own.looked_ns = now;
	if (cost_budget_take(&own.budget, now, own_ns(now)))
		hooks_shed(cost_budget_mask(own.budget.level));
	tell();
}

void own_use_before_events(void)
{
	__u32 waiting = hooks_ring_use().waiting;

	if (waiting > own.ring_peak)
		own.ring_peak = waiting;
}

void own_use_after_events(void)
{
	if (own.budget.share_ppm && now_ns() - own.looked_ns >= LOOK_NS)
		own_use_watch();
}

void own_use_write(const struct bpf_cost *cost, struct stream *stream)
{
	const struct cost_budget *budget = &own.budget;
	struct rec_use record = {
		.type = REC_use,
		.flags = budget->exceeded ? USE_EXCEEDED : 0,
		.ring_bytes = hooks_ring_use().size,
		.ring_peak = own.ring_peak,
		.entries_used = cost->entries_used,
		.entries_room = cost->entries_room,
		.budget_ppm = budget->share_ppm,
		.used_ppm = budget->used_ppm,
		.window_ms = budget->share_ppm ? COST_WINDOW_S * 1000 : 0,
		.shed = budget->level == SHED_ALL ? USE_SHED_ALL : (__u8)budget->level,
	};

	own.ring_peak = 0;
	own.budget.used_ppm = 0;
	stream_add(stream, &record);
}
