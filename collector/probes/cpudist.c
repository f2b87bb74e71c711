// SPDX-License-Identifier: GPL-2.0-or-later
/* cpudist - on-CPU time: how long tasks run before they are switched out */
#include "dist_options.h"

DIST_SETTERS(&switch_config.cpudist)

static int set_idle(const char *text)
{
	(void)text;
	switch_config.wants |= WANT_IDLE;
	return 0;
}

static const struct probe_option options[] = {
	DIST_OPTIONS,
	{ "idle", NULL, "also the idle task, a histogram for each CPU", set_idle },
	{ NULL, NULL, NULL, NULL },
};

static struct hist_writer writer = {
	.probe = PROBE_cpudist,
	.shape = HIST_SHAPE(SCOPE_ALL, H2_PRECISION),
};

static void enable(struct stream *stream)
{
	(void)stream;
	switch_config.wants |= WANT_CPUDIST;
	if (dist_is_plain(&switch_config.cpudist))
		switch_config.wants |= WANT_CPUDIST_PLAIN;
}

static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	dist_snapshot(&writer, &switch_config.cpudist, &switch_hook_read()->on_cpu, time_ns, final,
		      stream);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	dist_ledger(&switch_hook_read()->on_cpu, columns);
}

const struct probe probe_cpudist = {
	.options = options,
	.never_idle = true,
	.hook = &switch_hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
