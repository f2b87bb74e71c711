/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * switch_hook.h - owner of sched.bpf.c: the programs at the context switch, and their maps
 *
 * Shared by the probes of run-queue latency and of the times on a CPU and off it.
 */
#ifndef TARSIER_SWITCH_HOOK_H
#define TARSIER_SWITCH_HOOK_H

#include <stdbool.h>

#include "hook.h"
#include "sched_state.h"

extern struct hook switch_hook;

/* How many processes or threads there is room for, where each has its own histogram. */
extern __u32 switch_keys;

/* Settings of the programs, to be filled in before the first attach. */
extern struct sched_config switch_config;

/*
 * Before the first attach: allow only the way @name to measure waits (NULL: the first that works),
 * and give the ring buffer @ring_bytes, a power of two and a multiple of the page size.
 */
void switch_hook_choose(const char *name, __u32 ring_bytes);
bool switch_hook_has_way(const char *name);
/* Single events go to @event, one record or more each. */
void switch_hook_on_event(void (*event)(const struct record *records, unsigned int count));

/* Sums over all CPUs. */
struct switch_counts {
	struct hist wait;
	struct wait_counts runqlat;
	struct wait_counts runqslower;
	struct dist on_cpu;
	struct dist off_cpu;
	__u64 missed; /* runs that the kernel skipped, as of the last tick */
};

/* The counts as of now; overwritten by the next call. */
const struct switch_counts *switch_hook_read(void);

#endif
