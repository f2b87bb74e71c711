/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * by_sched_info.bpf.h - waits as the kernel's own notes tell them (CONFIG_SCHED_INFO)
 *
 * The kernel notes when a task was queued; at the switch to it, the wait is the run queue's clock
 * minus that note.  No wake-up hook, no stamp to keep, but where its notes may be wrong: see distrust().
 */
#ifndef TARSIER_BY_SCHED_INFO_BPF_H
#define TARSIER_BY_SCHED_INFO_BPF_H

#include "cpudist.bpf.h"
#include "waits.bpf.h"

#define CLOCK_MEASURE_NS (1ull << 24) /* 17 ms between measurements */
#define CLOCK_LEAK_SHIFT 16	      /* 15 ppm: heals a measurement that came out too small */
#define CLOCK_FORGET_NS (1ull << 34)  /* 17 s: drift is not extrapolated any further */
#define CLOCK_AGE_MAX_NS 10000000     /* a tick at HZ=100: each tick updates rq->clock */

/*
 * How old rq->clock is at @now.  The kernel skips its update when it schedules right after a wake-up
 * that preempts (rq_clock_skip_update()), so it may be as old as that wake-up, and waits read from
 * it too short by as much.  CLOCK_MONOTONIC minus rq->clock is least when the clock has just been
 * updated; what the difference exceeds that least is the age.  The least is measured now and then,
 * and brought forward from there by the drift between the two clocks.
 */
static __always_inline __u64 rq_clock_age(struct clock_offset *offset, __u64 rq_clock, __u64 now)
{
	__s64 ahead = now - rq_clock, least;
	__u64 since = rq_clock - offset->measured_at, age;

	least = offset->ahead + ((__s64)since * shared.clock_drift >> 32);
	if (!offset->measured_at || since >= CLOCK_FORGET_NS || ahead < least)
		least = ahead;
	age = ahead - least;
	if (least == ahead || rq_clock >= offset->due) {
		least += since >> CLOCK_LEAK_SHIFT;
		offset->ahead = ahead < least ? ahead : least;
		offset->measured_at = rq_clock;
		offset->due = rq_clock + CLOCK_MEASURE_NS;
	}
	return age < CLOCK_AGE_MAX_NS ? age : CLOCK_AGE_MAX_NS;
}

/*
 * What the kernel notes is not to be trusted in the next wait of this thread: own_notes says when it
 * began.  In the place of its word stands its id, which is no thread's word, and with which the wait
 * looks too long for the short way.
 */
static __always_inline void distrust(__u32 tid)
{
	*word_place(tid) = tid;
}

/* Is @next to be distrusted in this wait?  The kernel adds @last_part to run_delay all the same. */
static __always_inline bool is_distrusted(task_t *next, __u64 last_part)
{
	__u32 tid = task_tid(next);
	__u64 *place = word_place(tid);

	if (*place != tid)
		return false;
	*place = word_of(tid, GET(next, sched_info.run_delay)) + last_part;
	return true;
}

static __always_inline __u64 wait_by_note(task_t *next, __u64 now)
{
	__u32 tid = task_tid(next);
	__u64 *place = bpf_map_lookup_elem(&own_notes, &tid), since;

	if (!place)
		return WAIT_UNKNOWN;
	since = *place;
	bpf_map_delete_elem(&own_notes, &tid);
	return now - since;
}

/* @prev is preempted in a sleeping state: the kernel notes it as queued if and when it is moved. */
static __always_inline void note_preempted(task_t *prev, __u64 now)
{
	__u32 tid = task_tid(prev);

	bpf_map_update_elem(&own_notes, &tid, &now, BPF_ANY);
	distrust(tid);
}

/* A thread is moved asleep: if there is a note, its wait ended unseen. */
static __always_inline void note_moved_asleep(__u32 tid)
{
	bpf_map_delete_elem(&own_notes, &tid);
	distrust(tid);
}

/* A wait that goes on since the thread was preempted has its note already. */
static __always_inline void note_woken(__u32 tid)
{
	__u64 now;

	if (*word_place(tid) != tid)
		return;
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&own_notes, &tid, &now, BPF_NOEXIST);
}

/*
 * The part of the wait before @next was pulled over to this CPU's queue.  The kernel restarts
 * last_queued then, and adds that part to run_delay; so we remember what run_delay becomes at each
 * switch to the task: the kernel adds @last_part in a moment, and nothing until the next wait.
 * Slightly negative where queued_later() took something back.
 */
static __always_inline __u64 waited_elsewhere(task_t *next, __u64 last_part)
{
	__u32 tid = task_tid(next);
	__u64 *place = word_place(tid), word = word_of(tid, GET(next, sched_info.run_delay));
	__u64 grown = word - *place;

	*place = word + last_part;
	/* In its first run, all that it ever waited belongs to this wait. */
	if (!GET(next, sched_info.pcount))
		return GET(next, sched_info.run_delay);
	return grown + CLOCK_AGE_MAX_NS < WORD_DIFFERENCE_MAX ? grown : 0;
}

/*
 * @prev is switched out while runnable, and the kernel is about to note it as queued at rq->clock,
 * which is @age old: its next wait will read too long by that.  Its word takes that back.
 */
static __always_inline void queued_later(task_t *prev, __u64 age)
{
	__u32 tid = task_tid(prev);
	__u64 *place = word_place(tid), word = word_of(tid, GET(prev, sched_info.run_delay));

	if (*place == word)
		*place = word + age;
}

/* What @next waited until @now, when rq->clock showed @clock, @age ago; WAIT_UNKNOWN. */
static __always_inline __u64 whole_wait(task_t *next, __u64 clock, __u64 age, __u64 now)
{
	__u64 last_part, wait;

	last_part = clock - GET(next, sched_info.last_queued);
	if ((__s64)last_part < 0 || !GET(next, sched_info.last_queued))
		last_part = 0;
	if (is_distrusted(next, last_part) || !GET(next, sched_info.last_queued))
		return wait_by_note(next, now);
	wait = last_part + age + waited_elsewhere(next, last_part);
	return (__s64)wait > 0 ? wait : 0;
}

/*
 * Any switch, by the book.  rq->clock shows @clock.  @now is 0 when the time has not been asked for; it
 * must not be asked for twice, because the age of the clock is judged by how soon after its update that
 * happens.
 */
static __noinline int switch_in_full(switch_args *args, __u64 now, __u64 clock)
{
	task_t *prev = PREV(args), *next = NEXT(args);
	__u64 age, wait = WAIT_UNKNOWN;
	__u32 cpu = switch_cpu(args);
	struct sched_cpu *here = cpu_place(cpu);
	bool count = shared.counting;

	if (!now)
		now = bpf_ktime_get_ns();
	if (PREEMPT(args) && task_state(prev))
		note_preempted(prev, now);
	age = rq_clock_age(&here->clock, clock, now);
	if (task_is_running(prev))
		queued_later(prev, age);
	if (task_tid(next) && config.wants & WANT_WAITS)
		wait = whole_wait(next, clock, age, now);
	times_change(here, cpu, args, clock + age, wait, count, config.wants);
	if (task_tid(next) && config.wants & WANT_WAITS && count)
		end_wait(here, cpu, args, wait);
	return 0;
}

/* What the clock showed, from @last_part of the wait: on the short way no register is left to keep it. */
static __always_inline __u64 clock_again(task_t *next, __u64 last_part, __u64 clock, __u32 wants)
{
	return wants & WANT_WAITS ? last_part + GET(next, sched_info.last_queued) : clock;
}

/*
 * Most switches take the short way, whose only call is for the time.
 *
 * When @prev goes to sleep, rq->clock has been updated for this switch and no time is needed.  (A
 * wake-up that wanted to preempt @prev before it slept makes the kernel skip that update too.  If
 * @next was queued by that wake-up, its wait reads 0 and is taken in full; otherwise it is short by
 * the time between the two, in which @prev ran through the kernel without a preemption point.)
 *
 * rq->clock is read before anything is decided: for each way to a read of a pointer out of a task, the
 * verifier of Linux 6.12 searches all types of the kernel four times, 10 million instructions.
 */
static __always_inline int switch_shortly(switch_args *args, const __u32 wants)
{
	__u64 now = 0, clock, last_part, word = 0, *place = 0, wait, age = 0;
	task_t *next;
	struct sched_cpu *here;
	__u32 cpu, tid;

	clock = GET(NEXT(args), se.cfs_rq, rq, clock);
	if (task_is_running(PREV(args)))
		now = bpf_ktime_get_ns();
	else if (PREEMPT(args))
		return switch_in_full(args, now, clock);

	next = NEXT(args);
	last_part = wants & WANT_WAITS ? clock - GET(next, sched_info.last_queued) : 0;
	barrier_var(last_part);
	cpu = task_cpu(next);
	here = cpu_place(cpu);
	wait = last_part;
	if (now) {
		if (clock >= here->clock.due)
			return switch_in_full(args, now, clock);
		age = now - clock - here->clock.ahead;
		wait += age;
	} else if (wants & WANT_WAITS && !last_part) {
		return switch_in_full(args, now, clock);
	}

	if (wants & WANT_WAITS) {
		tid = task_tid(next);
		place = word_place(tid);
		word = word_of(tid, GET(next, sched_info.run_delay));
		wait += word - *place;
	}
	if (wait >= here->brief_ns) /* or not queued: idle, or preempted in a sleeping state */
		return switch_in_full(args, now, clock_again(next, last_part, clock, wants));
	if (wants & WANT_WAITS) {
		*place = word + last_part;
		if (age)
			queued_later(PREV(args), age);
	}
	if (wants & WANT_RUNQLAT)
		brief_wait_ended(here, wait);
	times_change(here, cpu, args, clock + age, wait, true, wants);
	return 0;
}

#endif
