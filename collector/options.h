/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the options of 'tarsier run', one table for the parser and for --help */
#ifndef TARSIER_OPTIONS_H
#define TARSIER_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>

#include "probe.h"
#include "sink.h"

struct options {
	const struct probe_entry *probes[PROBE_ID_MAX];
	unsigned int probe_count;
	const char *outputs[SINKS_MAX];
	unsigned int output_count;
	__u64 interval_ms;
	__u64 duration_ms; /* 0: until a signal comes */
	__u64 heartbeat_ms;
	__u64 sync_ms;
	__u32 ring_kib;
	const char *board;
	const char *way;
	const char *config; /* file of options; NULL: none */
	const char *btf;    /* file of the kernel's types; NULL: the kernel's own */
	bool bpf_stats;
};

/* What to do after options_parse(). */
enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG };

/* Parse what follows 'tarsier run'; the user has been told when something is wrong. */
enum options_result options_parse(struct options *options, int argc, char **argv);
void options_print_help(void);

#endif
