// SPDX-License-Identifier: GPL-2.0-or-later
/* runqlat - run-queue latency: one histogram over all CPUs */
#include "hist_writer.h"
#include "probe.h"
#include "switch_hook.h"
#include "task_filter.h"

FILTER_SETTERS(&switch_config.runqlat_filter)

static const struct probe_option options[] = {
	FILTER_OPTIONS,
	{ NULL, NULL, NULL, NULL },
};

static struct hist_writer writer = {
	.probe = PROBE_runqlat,
	.shape = HIST_SHAPE(SCOPE_ALL, H2_PRECISION),
};

static void enable(struct stream *stream)
{
	(void)stream;
	switch_config.wants |= WANT_RUNQLAT | WANT_WAITS;
}

static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	hist_write(&writer, &switch_hook_read()->wait, time_ns, final, stream);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	const struct switch_counts *counts = switch_hook_read();

	columns[LEDGER_entered] = counts->runqlat.entered + counts->missed;
	columns[LEDGER_delivered] = hist_count(&counts->wait);
	columns[LEDGER_unstamped] = counts->runqlat.unstamped;
	columns[LEDGER_missed] = counts->missed;
}

const struct probe probe_runqlat = {
	.options = options,
	.never_idle = true,
	.hook = &switch_hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
