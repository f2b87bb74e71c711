// SPDX-License-Identifier: GPL-2.0-or-later
/* offcpu - off-CPU time: how long until tasks that were switched out run again */
#include "dist_options.h"

DIST_SETTERS(&switch_config.offcpu)

static int set_blocked(const char *text)
{
	(void)text;
	switch_config.wants |= WANT_BLOCKED | WANT_WAITS;
	return 0;
}

static const struct probe_option options[] = {
	DIST_OPTIONS,
	{ "blocked", NULL, "without the wait for a CPU: only from sleep to wake-up", set_blocked },
	{ NULL, NULL, NULL, NULL },
};

static struct hist_writer writer = {
	.probe = PROBE_offcpu,
	.shape = HIST_SHAPE(SCOPE_ALL, H2_PRECISION),
};

static void enable(struct stream *stream)
{
	(void)stream;
	switch_config.wants |= WANT_OFFCPU;
	if (dist_is_plain(&switch_config.offcpu))
		switch_config.wants |= WANT_OFFCPU_PLAIN;
}

static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	dist_snapshot(&writer, &switch_config.offcpu, &switch_hook_read()->off_cpu, time_ns, final,
		      stream);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	dist_ledger(&switch_hook_read()->off_cpu, columns);
}

const struct probe probe_offcpu = {
	.options = options,
	.never_idle = true,
	.hook = &switch_hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
