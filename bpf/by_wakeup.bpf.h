/* SPDX-License-Identifier: GPL-2.0-only */
/* by_wakeup.bpf.h - waits by stamps of our own, taken at wake-ups and when a runnable task is switched out */
#ifndef TARSIER_BY_WAKEUP_BPF_H
#define TARSIER_BY_WAKEUP_BPF_H

#include "cpudist.bpf.h"
#include "waits.bpf.h"

/* A task that is already queued keeps the earlier stamp. */
static __always_inline int stamp_woken(__u32 tid)
{
	__u64 now = bpf_ktime_get_ns(), *place = word_place(tid), word = word_of(tid, now);

	if (word - *place >= WORD_DIFFERENCE_MAX)
		*place = word;
	return 0;
}

/* A stamp that was set while @prev ran (a wake-up that came before it slept) says nothing. */
static __always_inline void stamp_switched_out(task_t *prev, bool preempt, __u64 now)
{
	__u32 tid = task_tid(prev);
	__u64 *place = word_place(tid), word = word_of(tid, now);

	if (preempt || task_is_running(prev))
		*place = word;
	else if (word - *place < WORD_DIFFERENCE_MAX)
		*place = 0;
}

/* The end of any wait; WORD_DIFFERENCE_MAX or more: it has no stamp. */
static __noinline int wait_in_full(switch_args *args, __u64 wait, __u64 now)
{
	task_t *next = NEXT(args);
	__u32 tid = task_tid(next), cpu = switch_cpu(args);
	struct sched_cpu *here = cpu_place(cpu);
	bool count = shared.counting, stamped = wait < WORD_DIFFERENCE_MAX;

	if (!stamped || !task_lived(next, wait, now))
		wait = WAIT_UNKNOWN;
	times_change(here, cpu, args, now, wait, count, config.wants);
	if (tid && config.wants & WANT_WAITS && count)
		end_wait(here, cpu, args, wait);
	if (tid && stamped)
		*word_place(tid) = 0;
	return 0;
}

static __always_inline int switch_with_stamps(switch_args *args, const __u32 wants)
{
	__u64 now = bpf_ktime_get_ns(), *place, wait;
	__u32 tid, cpu;
	task_t *next;
	struct sched_cpu *here;

	if (task_tid(PREV(args)))
		stamp_switched_out(PREV(args), PREEMPT(args), now);
	next = NEXT(args);
	tid = task_tid(next);
	cpu = switch_cpu(args);
	here = cpu_place(cpu);
	place = word_place(tid);
	wait = word_of(tid, now) - *place;
	if (wait >= here->brief_ns)
		return wait_in_full(args, wait, now);
	*place = 0;
	if (wants & WANT_RUNQLAT)
		brief_wait_ended(here, wait);
	times_change(here, cpu, args, now, wait, true, wants);
	return 0;
}

#endif
