/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * switch_hook.h - owner of sched.bpf.c: the programs at the context switch, and their maps
 *
 * Several probes share it: each says in its enable() what it wants; the first attach loads and
 * attaches for all of them.
 */
#ifndef TARSIER_SWITCH_HOOK_H
#define TARSIER_SWITCH_HOOK_H

#include <stdbool.h>

#include "probes.h"
#include "sched_state.h"
#include "stream.h"

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

/* 0, or -errno of the last way tried.  Called again, it returns the same. */
int switch_hook_attach(void);
/* Write, as texts about @probe, how waits are measured and why no better way is. */
void switch_hook_describe(enum probe_id probe, struct stream *stream);
/* The same for the user, on one line; valid until the next attach. */
const char *switch_hook_result(void);

/* Sums over all CPUs. */
struct switch_counts {
	struct hist wait;
	struct wait_counts runqlat;
	struct wait_counts runqslower;
	__u64 missed; /* runs that the kernel skipped, as of the last switch_hook_tick() */
};

/* The counts as of now; overwritten by the next call. */
const struct switch_counts *switch_hook_read(void);

/* Becomes readable when events wait; -1 where no probe wants any. */
int switch_hook_ring_fd(void);
/* Hand out at most @most waiting events; returns how many, or -errno. */
int switch_hook_drain(unsigned int most);

/* Once per interval: follow the drift of the clocks, ask the kernel for missed runs. */
void switch_hook_tick(void);

/* Remove the hooks; returns when no program runs any more.  The counts stay readable. */
void switch_hook_detach(void);
void switch_hook_close(void);

struct bpf_cost {
	__u64 run_ns; /* 0 unless the kernel's BPF statistics are on */
	__u64 runs;
	__u32 maps_kib;
	__u32 ring_bytes; /* waiting */
};

void switch_hook_cost(struct bpf_cost *cost);

#endif
