// SPDX-License-Identifier: GPL-2.0-or-later
/* runqslower - waits for a CPU over a threshold, one record each */
#include <limits.h>

#include "probe.h"
#include "switch_hook.h"
#include "task_filter.h"

#define MIN_US_DEFAULT 10000 /* as bcc's runqslower */
#define NS_PER_US 1000ull

FILTER_SETTERS(&switch_config.runqslower_filter)

static __u32 min_us = MIN_US_DEFAULT;
static struct stream *output;
static __u64 delivered;

static int set_min(const char *text)
{
	return parse_u32(text, 0, UINT_MAX, &min_us);
}

static int set_prev(const char *text)
{
	(void)text;
	switch_config.wants |= WANT_PREV;
	return 0;
}

static const struct probe_option options[] = {
	{ "min", "MICROSECONDS", "the threshold; 0: every wait (default 10000)", set_min },
	{ "prev", NULL, "also the task that had the CPU before", set_prev },
	FILTER_OPTIONS,
	{ NULL, NULL, NULL, NULL },
};

/* A wait, and behind it, where wanted, the dictionary's record of the previous task. */
static void write_event(const struct record *records, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct record copy = records[i];

		stream_add(output, &copy);
	}
	delivered++;
}

static void enable(struct stream *stream)
{
	output = stream;
	switch_config.wants |= WANT_RUNQSLOWER | WANT_WAITS;
	switch_config.runqslower_min_ns = min_us * NS_PER_US;
	switch_hook_on_event(write_event);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	const struct switch_counts *counts = switch_hook_read();

	columns[LEDGER_entered] = counts->runqslower.entered + counts->missed;
	columns[LEDGER_delivered] = delivered;
	columns[LEDGER_ring_full] = counts->runqslower.ring_full;
	columns[LEDGER_unstamped] = counts->runqslower.unstamped;
	columns[LEDGER_missed] = counts->missed;
	columns[LEDGER_user_dropped] = counts->runqslower.user_dropped;
}

const struct probe probe_runqslower = {
	.options = options,
	.never_idle = true,
	.hook = &switch_hook,
	.enable = enable,
	.ledger = ledger,
};
