/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dist_options.h - what cpudist and offcpu have in common: options, snapshots, ledger */
#ifndef TARSIER_DIST_OPTIONS_H
#define TARSIER_DIST_OPTIONS_H

#include "hist_writer.h"
#include "probe.h"
#include "switch_hook.h"
#include "task_filter.h"

#define KEYS_MAX 4096

/* One histogram of all tasks: there is a short way. */
bool dist_is_plain(const struct dist_config *settings);
/* That one, or those of @writer's probe that have a key. */
void dist_snapshot(struct hist_writer *writer, const struct dist_config *settings,
		   const struct dist *dist, __u64 time_ns, bool final, struct stream *stream);
void dist_ledger(const struct dist *dist, __u64 columns[LEDGER_COLUMNS]);

/* Defines the functions and option rows that choose tasks and keys for the settings @which. */
#define DIST_SETTERS(which)                                                                        \
	FILTER_SETTERS(&(which)->filter)                                                           \
	static int set_process(const char *text)                                                   \
	{                                                                                          \
		(void)text;                                                                        \
		(which)->scope = SCOPE_TGID;                                                       \
		return 0;                                                                          \
	}                                                                                          \
	static int set_thread(const char *text)                                                    \
	{                                                                                          \
		(void)text;                                                                        \
		(which)->scope = SCOPE_TID;                                                        \
		return 0;                                                                          \
	}                                                                                          \
	static int set_keys(const char *text)                                                      \
	{                                                                                          \
		return parse_u32(text, 1, KEYS_MAX, &switch_keys);                                 \
	}

#define DIST_OPTIONS                                                                               \
	FILTER_OPTIONS, { "process", NULL, "a histogram for each process", set_process },          \
		{ "thread", NULL, "a histogram for each thread", set_thread },                     \
	{                                                                                          \
		"keys", "COUNT", "room for so many histograms, 4 KiB per CPU each (default 64)",   \
			set_keys                                                                   \
	}

#endif
