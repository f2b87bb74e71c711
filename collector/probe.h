/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - one thing that can be measured, as the collector sees it
 *
 * A probe is a file in probes/ that ends in a struct probe named probe_<name>, plus its line in
 * bpf/probes.h.  Its functions are called in the order in which they stand here.
 */
#ifndef TARSIER_PROBE_H
#define TARSIER_PROBE_H

#include <stdbool.h>

#include "hook.h"

/* One option of a probe: -p PROBE:NAME=VALUE,... */
struct probe_option {
	const char *name;
	const char *argument; /* what VALUE is; NULL: takes none */
	const char *help;
	/* 0, or -EINVAL for a value that does not fit. */
	int (*set)(const char *value);
};

struct probe {
	const struct probe_option *options; /* ends with a NULL name */
	/* NULL, or what is wanting in the options that were given, for the user; may be missing. */
	const char *(*lacks)(void);
	/* Options, as in -p, by which a check tries it when the user gives none; NULL: it needs none. */
	const char *sample;
	/* Its programs run all the time: where they do not, it does not work although it is attached. */
	bool never_idle;
	struct hook *hook;
	/* Tell the hook's owner what to measure; single events will go to @stream. */
	void (*enable)(struct stream *stream);
	/* Write what was counted up to @time_ns, the last time when @final; NULL: events only. */
	void (*snapshot)(__u64 time_ns, bool final, struct stream *stream);
	/* Fill in the probe's columns of the ledger. */
	void (*ledger)(__u64 columns[LEDGER_COLUMNS]);
};

#define X(id, name, summary) extern const struct probe probe_##name;
PROBES(X)
#undef X

struct probe_entry {
	enum probe_id id;
	const char *name;
	const char *summary;
	const struct probe *probe;
};

/* All probes; ends with a NULL name. */
extern const struct probe_entry probe_entries[];

/* The probe whose name is the first @length bytes of @name; NULL: there is none. */
const struct probe_entry *probe_find(const char *name, size_t length);

/* Parse "NAME[:OPTION[=VALUE],...]"; returns the probe, or NULL after having told the user. */
const struct probe_entry *probe_parse(const char *text);

/* A decimal number from @least to @most; 0 or -EINVAL. */
int parse_u32(const char *text, __u32 least, __u32 most, __u32 *value);

#endif
