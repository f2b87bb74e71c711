// SPDX-License-Identifier: GPL-2.0-or-later
/* dist_options - what cpudist and offcpu have in common: options, snapshots, ledger */
#include "dist_options.h"

#include "keyed_hists.h"

bool dist_is_plain(const struct dist_config *settings)
{
	return settings->scope == SCOPE_ALL && !settings->filter.active;
}

void dist_snapshot(struct hist_writer *writer, const struct dist_config *settings,
		   const struct dist *dist, __u64 time_ns, bool final, struct stream *stream)
{
	if (settings->scope == SCOPE_ALL)
		hist_write(writer, &dist->hist, time_ns, final, stream);
	keyed_hists_write(writer->probe, time_ns, final, stream);
}

void dist_ledger(const struct dist *dist, __u64 columns[LEDGER_COLUMNS])
{
	__u64 missed = switch_hook_read()->missed;

	columns[LEDGER_entered] = dist->counts.entered + missed;
	columns[LEDGER_delivered] = hist_count(&dist->hist) + dist->counts.keyed;
	columns[LEDGER_map_full] = dist->counts.map_full;
	columns[LEDGER_unstamped] = dist->counts.unstamped;
	columns[LEDGER_missed] = missed;
}
