/* SPDX-License-Identifier: GPL-2.0-only */
/* sched_memory.bpf.h - what the programs at a context switch keep, and share with the collector */
#ifndef TARSIER_SCHED_MEMORY_BPF_H
#define TARSIER_SCHED_MEMORY_BPF_H

#include "sched_state.h"
#include "words.h"

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile struct sched_config config;

struct sched_shared shared;

/*
 * What is remembered of each thread's waits; the two ways keep different things.  The collector makes it
 * PLACE_COUNT long, and does not map it: mapped, it would count as the collector's memory.
 */
__u64 words[1] SEC(".data.words");

/* The collector makes room for the CPUs at hand, for which it has to be the last variable. */
struct sched_cpu cpus[1];

/*
 * When the waits began that the kernel does not note, or notes wrong: of threads that were preempted in a
 * sleeping state, or moved to another CPU asleep.  Rare; the oldest is forgotten when there are
 * too many, and its wait is then counted as unstamped.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, __u64);
} own_notes SEC(".maps");

/* Threads that were moved to another CPU while they waited, and where they came from. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, struct moved);
} moved_waiting SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

static __always_inline __u64 *word_place(__u32 tid)
{
	__u64 *all = words;

	barrier_var(all); /* or the compiler goes by the length that it sees */
	return &all[tid & (PLACE_COUNT - 1)];
}

static __always_inline struct sched_cpu *cpu_place(__u32 cpu)
{
	struct sched_cpu *all = cpus;

	barrier_var(all);
	return &all[cpu & config.cpu_mask];
}

#endif
