/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpudist.bpf.h - how long tasks run before they are switched out, and how long until they run again
 *
 * On a CPU: from one switch on that CPU to the next.  Off the CPU: from the switch away from a task
 * to the switch to it, on whichever CPU; the part that it waited for a CPU can be left out.
 */
#ifndef TARSIER_CPUDIST_BPF_H
#define TARSIER_CPUDIST_BPF_H

#include "filter.bpf.h"
#include "hist.bpf.h"
#include "map_result.bpf.h"
#include "probes.h"
#include "sched_memory.bpf.h"
#include "waits.bpf.h"

/*
 * The histograms of single processes and threads: a number for each, and an array that the collector maps
 * into its memory.  It gives the maps as many entries as are asked for, and fills in the free numbers:
 * each is that of the first CPU's place, those of the others follow.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct keyed_hist_key);
	__type(value, __u32);
} keyed_numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__uint(key_size, 0);
	__uint(value_size, sizeof(__u32));
} free_numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct keyed_hist);
} keyed_hists SEC(".maps");

/* When a thread was switched out, as a word; the collector cuts this to one where it is not wanted. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PLACE_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} off_since SEC(".maps");

/* Half of this, either way, is what two words of one thread are apart at most: for a year. */
#define OFF_MAX_NS (1ull << 56)
/* In place of the time: the thread was runnable when it was switched out, it did not block. */
#define NOT_BLOCKED 1
/* Likewise: it is new, and was on no CPU before. */
#define NEVER_OFF 2

/* Whom it belongs to, every time: exec gives a task another name. */
static __always_inline void describe_key(struct keyed_hist *hist, __u32 scope, task_t *task)
{
	hist->tgid = task_tgid(task);
	hist->named_ns = bpf_ktime_get_ns();
	if (scope == SCOPE_TGID) {
		hist->start_ns = task_process((__u8 *)hist->comm, task);
		return;
	}
	hist->start_ns = task_start_ns(task);
	task_comm((__u8 *)hist->comm, task);
}

/* Of several CPUs that meet @key at once, one gives it the number. */
static __noinline __u32 *new_number(const struct keyed_hist_key *key)
{
	__u32 number;

	if (MAP_RESULT(bpf_map_pop_elem(&free_numbers, &number)))
		return NULL;
	if (MAP_RESULT(bpf_map_update_elem(&keyed_numbers, key, &number, BPF_NOEXIST)))
		bpf_map_push_elem(&free_numbers, &number, BPF_ANY);
	return bpf_map_lookup_elem(&keyed_numbers, key);
}

static __noinline struct keyed_hist *keyed_hist_of(const struct sched_cpu *here,
						   const struct keyed_hist_key *key)
{
	__u32 *number = bpf_map_lookup_elem(&keyed_numbers, key), place;

	if (!number)
		number = new_number(key);
	if (!number)
		return NULL;
	place = *number + here->number;
	return bpf_map_lookup_elem(&keyed_hists, &place);
}

/* A time of @task on a CPU or off it, into the histogram that it belongs to. */
static __always_inline void dist_add_keyed(struct sched_cpu *here, struct dist *dist, __u32 probe,
					   __u32 scope, __u32 id, task_t *task, __u64 ns)
{
	struct keyed_hist_key key = { .probe = probe, .scope = scope, .id = id };
	struct keyed_hist *keyed = keyed_hist_of(here, &key);

	if (!keyed) {
		dist->counts.map_full++;
		return;
	}
	if (!keyed->key.probe) {
		keyed->hist.min = ~0ull;
		keyed->key = key;
	}
	describe_key(keyed, scope, task);
	dist->counts.keyed++;
	hist_add(&keyed->hist, &here->h2, ns);
}

static __always_inline void dist_add_in_full(struct sched_cpu *here, struct dist *dist, __u32 probe,
					     const volatile struct dist_config *settings,
					     task_t *task, __u64 ns)
{
	if (!filter_passes(&settings->filter, task))
		return;
	dist->counts.entered++;
	if ((__s64)ns < 0)
		ns = 0;
	if (settings->scope == SCOPE_ALL)
		hist_add(&dist->hist, &here->h2, ns);
	else
		dist_add_keyed(here, dist, probe, settings->scope,
			       settings->scope == SCOPE_TGID ? task_tgid(task) : task_tid(task),
			       task, ns);
}

static __always_inline void dist_unstamped(struct dist *dist,
					   const volatile struct dist_config *settings,
					   task_t *task)
{
	if (!filter_passes(&settings->filter, task))
		return;
	dist->counts.entered++;
	dist->counts.unstamped++;
}

static __noinline int on_cpu_add_in_full(struct sched_cpu *here, task_t *prev, __u64 ns)
{
	dist_add_in_full(here, &here->on_cpu, PROBE_cpudist, &config.cpudist, prev, ns);
	return 0;
}

static __noinline int off_cpu_add_in_full(struct sched_cpu *here, task_t *next, __u64 ns)
{
	dist_add_in_full(here, &here->off_cpu, PROBE_offcpu, &config.offcpu, next, ns);
	return 0;
}

/* Out of the way of the short paths: 1 ms and more, or clocks that disagree by a moment. */
static __noinline int dist_add_far(struct sched_cpu *here, struct dist *dist, __u64 ns)
{
	hist_add(&dist->hist, &here->h2, (__s64)ns > 0 ? ns : 0);
	return 0;
}

static __always_inline void dist_add(struct sched_cpu *here, struct dist *dist, __u64 ns)
{
	dist->counts.entered++;
	if (ns < H2_BRIEF)
		hist_add_brief(&dist->hist, &here->h2, ns);
	else
		dist_add_far(here, dist, ns);
}

static __always_inline void idle_ended(struct sched_cpu *here, __u32 cpu, task_t *idle, __u64 ns)
{
	here->on_cpu.counts.entered++;
	dist_add_keyed(here, &here->on_cpu, PROBE_cpudist, SCOPE_IDLE, cpu, idle, ns);
}

/* @prev stops running at @now, @next starts. @count: else only take note. */
static __always_inline void on_cpu_ends(struct sched_cpu *here, __u32 cpu, task_t *prev,
					task_t *next, __u64 now, bool count, __u32 wants)
{
	__u64 since = here->switched_at, ran = here->running;
	__u32 tid = task_tid(prev);

	here->switched_at = now;
	here->running = task_tid(next);
	if (!count)
		return;
	if (!tid && !(wants & WANT_IDLE))
		return;
	if (!since || ran != tid)
		dist_unstamped(&here->on_cpu, &config.cpudist, prev);
	else if (!tid)
		idle_ended(here, cpu, prev, now - since);
	else if (wants & WANT_CPUDIST_PLAIN)
		dist_add(here, &here->on_cpu, now - since);
	else
		on_cpu_add_in_full(here, prev, now - since);
}

/* The stamp of a dead thread would be taken for that of the next one with its id. */
static __always_inline void off_cpu_begins(task_t *prev, bool preempt, __u64 now, __u32 wants)
{
	__u32 tid = task_tid(prev), key = tid & (PLACE_COUNT - 1);
	__u64 *since;

	if (!tid)
		return;
	since = bpf_map_lookup_elem(&off_since, &key);
	if (!since)
		return;
	if (task_is_dead(prev))
		*since = 0;
	else if (wants & WANT_BLOCKED && (preempt || task_is_running(prev)))
		*since = word_of(tid, NOT_BLOCKED);
	else
		*since = word_of(tid, now);
}

/* No stamp: it was switched out before recording began, unless it never was. */
static __noinline int off_cpu_unstamped(struct sched_cpu *here, task_t *next)
{
	if (!task_is_new(next))
		dist_unstamped(&here->off_cpu, &config.offcpu, next);
	return 0;
}

/* @next runs again at @now, after it waited for a CPU for @wait_ns. */
static __always_inline void off_cpu_ends(struct sched_cpu *here, task_t *next, __u64 now,
					 __u64 wait_ns, bool count, __u32 wants)
{
	__u32 tid = task_tid(next), key = tid & (PLACE_COUNT - 1);
	__u64 *place, since, ns;

	if (!tid)
		return;
	place = bpf_map_lookup_elem(&off_since, &key);
	if (!place)
		return;
	since = *place;
	*place = 0;
	if (!count || since == word_of(tid, NEVER_OFF))
		return;
	ns = word_of(tid, now) - since;
	if (wants & WANT_BLOCKED) {
		if (since == word_of(tid, NOT_BLOCKED))
			return;
		if (wait_ns == WAIT_UNKNOWN)
			since = 0;
		ns -= wait_ns;
	}
	if (!since || ns + OFF_MAX_NS / 2 >= OFF_MAX_NS)
		off_cpu_unstamped(here, next);
	else if (wants & WANT_OFFCPU_PLAIN)
		dist_add(here, &here->off_cpu, ns);
	else
		off_cpu_add_in_full(here, next, ns);
}

/* What happened at @now, for the times on a CPU and off it. */
static __always_inline void times_change(struct sched_cpu *here, __u32 cpu, switch_args *args,
					 __u64 now, __u64 wait_ns, bool count, __u32 wants)
{
	if (wants & WANT_CPUDIST)
		on_cpu_ends(here, cpu, PREV(args), NEXT(args), now, count, wants);
	if (wants & WANT_OFFCPU) {
		off_cpu_begins(PREV(args), PREEMPT(args), now, wants);
		off_cpu_ends(here, NEXT(args), now, wait_ns, count, wants);
	}
}

#endif
