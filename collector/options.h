/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the options of 'tarsier run' and 'tarsier check', one table for the parsers and for --help */
#ifndef TARSIER_OPTIONS_H
#define TARSIER_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>

#include "probe.h"
#include "sink.h"

/* Commands that have options: bits, because a row of the table may be for both. */
enum options_for { OPTIONS_FOR_RUN = 1, OPTIONS_FOR_CHECK = 2 };

struct options {
	enum options_for command;
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
	bool no_sandbox;
	__u32 budget_ppm;     /* of one CPU, in millionths; 0: none */
	bool seal;	      /* datagrams; there is a key then */
	const char *pid_file; /* NULL: none */
	bool dry_run;
	__u32 required; /* 1 << probe id: nothing goes on without these */
	bool require_all;

	/* for 'tarsier check' alone */
	bool probes_named; /* by the user; otherwise these are all there are */
	bool json;
};

/* What to do after options_parse(). */
enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG };

/* Parse what follows the command's name; the user has been told when something is wrong. */
enum options_result options_parse(struct options *options, enum options_for command, int argc,
				  char **argv);
void options_print_help(enum options_for command);

#endif
