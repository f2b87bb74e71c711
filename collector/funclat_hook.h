/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * funclat_hook.h - owner of funclat.bpf.c: the programs at a function's entry and return, and their maps
 *
 * Each probe that measures a function has an owner of its own, with programs and maps of its own.
 */
#ifndef TARSIER_FUNCLAT_HOOK_H
#define TARSIER_FUNCLAT_HOOK_H

#include <stdbool.h>

#include "calls_writer.h"
#include "hook.h"
#include "ladder.h"
#include "programs.h"
#include "symbols.h"

struct bpf_link;
struct funclat_bpf;
struct funclat_way;

#define FUNCLAT_WAYS 2
#define FUNCLAT_FUNCTIONS 2 /* that one probe may choose from */
#define FUNCLAT_LINKS 3
#define FUNCLAT_TASKS 1024 /* 0.4 MB of kernel memory */

struct funclat {
	struct hook hook; /* first: this is what its functions are given */

	/* set before attach */
	const char *const *functions; /* to be measured: the first one that can be and is called */
	enum probe_id probe;
	bool on_cpu; /* no function can be preempted or be called by itself, and nothing is filtered */
	struct funclat_config config;
	__u32 tasks; /* that may be in the function at once, or half as many */

	/* private */
	struct rung rungs[FUNCLAT_FUNCTIONS * FUNCLAT_WAYS + 1]; /* each way for each function */
	struct ladder ladder;
	char attached[SYMBOL_SIZE + 16];
	char function[SYMBOL_SIZE]; /* the one that is measured */
	bool unknown;		    /* the kernel has none of that name */
	const struct funclat_way *way;
	struct funclat_bpf *skel;
	struct bpf_link *links[FUNCLAT_LINKS];
	struct calls_writer writer;
	__u64 bias_ns;
	bool has_bias;
	struct program_files files;
	int entry_file; /* of the program at the entry alone */
	__u32 maps_kib;
	__u64 skipped; /* runs of the entry's program, by the kernel, as of the last tick */
	__u64 unseen;  /* of these, calls of which no return was seen either */
	__u64 in_flight;
	bool ended;		       /* the programs are removed: the counts are final */
	char failure[8 * SYMBOL_SIZE]; /* why it could not be attached */
};

/* The two that there are. */
extern struct funclat picknext_funclat;
extern struct funclat funclat_funclat;

/* Before attach: allow only the way @name to measure; 0 or -EINVAL. */
int funclat_choose(struct funclat *funclat, const char *name);
/* Write all that was counted. */
void funclat_write(struct funclat *funclat, __u64 time_ns, bool final, struct stream *stream);
/* Fill in a probe's columns of the ledger, as of now. */
void funclat_ledger(struct funclat *funclat, __u64 columns[LEDGER_COLUMNS]);

#endif
