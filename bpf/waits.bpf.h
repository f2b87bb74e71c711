/* SPDX-License-Identifier: GPL-2.0-only */
/* waits.bpf.h - what becomes of a wait for a CPU: counted, and written as an event where it was long */
#ifndef TARSIER_WAITS_BPF_H
#define TARSIER_WAITS_BPF_H

#include "filter.bpf.h"
#include "hist.bpf.h"
#include "sched_memory.bpf.h"

#define WAIT_UNKNOWN (~0ull)
#define MARK_EVENTS 32 /* in bulk: so many wake the collector */

/* A thread that is moved more than once in a wait keeps the place where the wait began. */
static __always_inline int note_move(__u32 tid, __u64 mark, __u32 from_cpu)
{
	struct moved *known, moved = { .mark = mark, .from_cpu = from_cpu };

	known = bpf_map_lookup_elem(&moved_waiting, &tid);
	if (!known || known->mark != mark)
		bpf_map_update_elem(&moved_waiting, &tid, &moved, BPF_ANY);
	return 0;
}

static __always_inline __u32 wait_began_on(task_t *next, __u32 cpu)
{
	__u32 tid = task_tid(next);
	struct moved *moved = bpf_map_lookup_elem(&moved_waiting, &tid);

	return moved && moved->mark == wait_mark(next) ? moved->from_cpu : cpu;
}

static __always_inline void fill_prev(struct rec_task *record, task_t *prev)
{
	record->type = REC_task;
	record->start_ns = task_start_ns(prev);
	record->tid = task_tid(prev);
	record->tgid = task_tgid(prev);
	task_comm(record->comm, prev);
}

static __always_inline void fill_wait(struct rec_runqslower *record, __u32 cpu, task_t *next,
				      __u64 wait_ns)
{
	record->type = REC_runqslower;
	record->time_ns = bpf_ktime_get_boot_ns();
	record->wait_ns = wait_ns;
	record->tid = task_tid(next);
	record->tgid = task_tgid(next);
	record->cpu = cpu;
	record->wake_cpu = wait_began_on(next, cpu);
	record->prio = task_prio(next);
	record->policy = task_policy(next);
	task_comm(record->comm, next);
}

/*
 * Flags for handing in an event.  Without any the kernel wakes whoever has read all that was there before.
 * In bulk a few wake, not one: CPUs that reserve at the same time see each other's events as waiting, and
 * of each the mark may seem to have been passed before.  What no event woke for, the collector's timer finds.
 */
static __always_inline __u64 wakes(__u32 event_size)
{
	__u64 waiting;

	if (!shared.in_bulk)
		return 0;
	waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	return waiting - config.ring_mark_bytes < MARK_EVENTS * event_size ? BPF_RB_FORCE_WAKEUP
									   : BPF_RB_NO_WAKEUP;
}

/* The salt, the sequence number and the CRC are the collector's to fill in. */
static __noinline void emit_wait(struct sched_cpu *here, __u32 cpu, task_t *prev, task_t *next,
				 __u64 wait_ns)
{
	const __u32 size = config.wants & WANT_PREV ? sizeof(struct runqslower_event)
						    : sizeof(struct rec_runqslower);
	struct runqslower_event *event = bpf_ringbuf_reserve(&events, size, 0);

	if (!event) {
		here->runqslower.ring_full++;
		return;
	}
	__builtin_memset(&event->wait, 0, sizeof(event->wait));
	fill_wait(&event->wait, cpu, next, wait_ns);
	if (config.wants & WANT_PREV) {
		event->wait.flags = RUNQSLOWER_PREV;
		event->wait.prev_tid = task_tid(prev);
		__builtin_memset(&event->prev, 0, sizeof(event->prev));
		fill_prev(&event->prev, prev);
	}
	bpf_ringbuf_submit(event, wakes(size));
}

/* @next begins to run on @cpu, which it takes over from @prev, after it waited for @wait_ns. */
static __always_inline void wait_ended(struct sched_cpu *here, __u32 cpu, task_t *prev,
				       task_t *next, __u64 wait_ns)
{
	if (config.wants & WANT_RUNQLAT && filter_passes(&config.runqlat_filter, next)) {
		here->runqlat.entered++;
		hist_add(&here->wait, &here->h2, wait_ns);
	}
	if (config.wants & WANT_RUNQSLOWER && wait_ns >= config.runqslower_min_ns &&
	    filter_passes(&config.runqslower_filter, next)) {
		here->runqslower.entered++;
		if (here->runqslower.entered & shared.shed)
			here->runqslower.user_dropped++;
		else
			emit_wait(here, cpu, prev, next, wait_ns);
	}
}

/* The same for a wait below here->brief_ns. */
static __always_inline void brief_wait_ended(struct sched_cpu *here, __u64 wait_ns)
{
	here->runqlat.entered++;
	hist_add_brief(&here->wait, &here->h2, wait_ns);
}

static __always_inline void wait_unstamped(struct sched_cpu *here, task_t *next)
{
	if (config.wants & WANT_RUNQLAT && filter_passes(&config.runqlat_filter, next)) {
		here->runqlat.entered++;
		here->runqlat.unstamped++;
	}
	if (config.wants & WANT_RUNQSLOWER && filter_passes(&config.runqslower_filter, next)) {
		here->runqslower.entered++;
		here->runqslower.unstamped++;
	}
}

static __always_inline void end_wait(struct sched_cpu *here, __u32 cpu, switch_args *args,
				     __u64 wait_ns)
{
	if (wait_ns == WAIT_UNKNOWN)
		wait_unstamped(here, NEXT(args));
	else
		wait_ended(here, cpu, PREV(args), NEXT(args), wait_ns);
}

#endif
