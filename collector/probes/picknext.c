// SPDX-License-Identifier: GPL-2.0-or-later
/* picknext - how long the scheduler takes to pick the next task, by CPU and outgoing task */
#include "funclat_hook.h"
#include "probe.h"
#include "task_filter.h"

FILTER_SETTERS(&picknext_funclat.config.filter)

static int set_way(const char *text)
{
	return funclat_choose(&picknext_funclat, text);
}

static const struct probe_option options[] = {
	{ "way", "fexit or kprobe", "measure only this way (default: the first that works)",
	  set_way },
	FILTER_OPTIONS,
	{ NULL, NULL, NULL, NULL },
};

/*
 * The first one is what fair tasks are picked by, as the scheduler's first choice, until Linux 7.x did away
 * with it; there, and where tasks are picked for several threads of a core at once, it is the second.
 */
static const char *const functions[] = { "pick_next_task_fair", "pick_task_fair", NULL };

static void enable(struct stream *stream)
{
	(void)stream;
	picknext_funclat.functions = functions;
	picknext_funclat.on_cpu = !picknext_funclat.config.filter.active;
}

static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	funclat_write(&picknext_funclat, time_ns, final, stream);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	funclat_ledger(&picknext_funclat, columns);
}

const struct probe probe_picknext = {
	.options = options,
	.never_idle = true,
	.hook = &picknext_funclat.hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
