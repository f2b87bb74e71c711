/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook.h - a BPF object and the places in the kernel where its programs are attached
 *
 * The owner of NAME.bpf.c is NAME_hook.c, which ends in a struct hook.  Several probes may share one
 * hook: each says in its enable() what it wants; attaching the hook serves all of them.  The
 * functions are called in the order in which they stand here; from ring_fd on they may be NULL.
 */
#ifndef TARSIER_HOOK_H
#define TARSIER_HOOK_H

#include "probes.h"
#include "stream.h"

#define HOOKS_MAX PROBE_ID_MAX

struct bpf_cost {
	__u64 run_ns; /* 0 unless the kernel's BPF statistics are on */
	__u64 runs;
	__u32 maps_kib;
	__u32 ring_bytes; /* waiting */
	/* of the map, among those that can be full, that is the fullest */
	__u32 entries_used;
	__u32 entries_room;
};

struct ring_use {
	__u32 waiting; /* bytes */
	__u32 size;
};

/* For a hook's cost(): @used of the @room entries of a map are. */
static inline void hook_note_entries(struct bpf_cost *cost, __u32 used, __u32 room)
{
	if (cost->entries_room &&
	    (__u64)used * cost->entries_room <= (__u64)cost->entries_used * room)
		return;
	cost->entries_used = used;
	cost->entries_room = room;
}

struct hook {
	/* One of its ways needs neither bpf() nor the kernel's type information. */
	bool needs_no_bpf;
	/* 0, or -errno of the last way tried.  Called once. */
	int (*attach)(struct hook *hook);
	/* For the user, on one line: how it is attached, or why it is not. */
	const char *(*result)(struct hook *hook);
	/* For the user, on one line: why it is attached in no better way; NULL: there is none. */
	const char *(*better)(struct hook *hook);
	/* Write, as texts about @probe, how it is attached and why in no better way. */
	void (*describe)(struct hook *hook, enum probe_id probe, struct stream *stream);
	/* Add what its programs and maps cost. */
	void (*cost)(struct hook *hook, struct bpf_cost *cost);
	/* Remove the programs; returns when none runs any more.  The counts stay readable. */
	void (*detach)(struct hook *hook);
	void (*close)(struct hook *hook);

	/* Becomes readable when events wait; -1: no probe wants any. */
	int (*ring_fd)(struct hook *hook);
	struct ring_use (*ring_use)(struct hook *hook);
	/* Hand out at most @most waiting events; returns how many, or -errno. */
	int (*drain)(struct hook *hook, unsigned int most);
	/* From now on, an event wakes nobody until there are many; false: each does. */
	void (*take_in_bulk)(struct hook *hook, bool in_bulk);
	/* From now on, count an event as dropped if its number has one of the bits of @mask. */
	void (*shed)(struct hook *hook, __u32 mask);
	/* All hooks are attached, some of which took their time: count from now on. */
	void (*begin)(struct hook *hook);
	/* Once per interval, before the snapshots. */
	void (*tick)(struct hook *hook);
};

#endif
