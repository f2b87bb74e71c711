// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched.bpf.c - everything measured at a context switch, in one program per hook
 *
 * Two ways to learn how long a task waited for its CPU:
 *
 * sched_info: the kernel itself notes when a task was queued (CONFIG_SCHED_INFO); at the switch to
 *	it, the wait is the run queue's clock minus that note.  No wake-up hook, no stamp to keep.
 * wakeup: stamps of our own, taken at sched_wakeup and when a runnable task is switched out.
 *
 * A wait begins when a task is woken, is new, or is switched out while runnable, which is: preempted,
 * or in state TASK_RUNNING.  A task that is preempted after it set a sleeping state stays queued.
 */
#include "kernel_types.h"
#include "compat.bpf.h"
#include "filter.bpf.h"
#include "hist.bpf.h"
#include "sched_state.h"
#include "words.bpf.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

const volatile struct sched_config config;

/*
 * Written by the collector: 0 at first, when switches only serve to learn what the clocks show and
 * who runs; nothing is counted then.
 */
volatile bool counting;

/* Written by the collector: by how much CLOCK_MONOTONIC outruns the CPU's counter, times 2^32. */
volatile __s64 clock_drift;

/* What is remembered of each thread's waits; the two ways keep different things. */
__u64 words[PLACE_COUNT];

#include "cpudist.bpf.h"

/* The collector cuts this to the CPUs at hand, for which it has to be the last variable. */
struct sched_cpu cpus[SCHED_CPUS_MAX];

static __always_inline __u64 *word_place(__u32 tid)
{
	return &words[tid & (PLACE_COUNT - 1)];
}

/*
 * Threads that were preempted in a sleeping state: the kernel does not note those as queued.  Rare;
 * the oldest is forgotten when there are too many, and its wait is then counted as unstamped.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, __u64);
} preempted_asleep SEC(".maps");

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

/*
 * The arguments of sched_switch.  They are read where they are used: what is held in registers
 * across a call costs a store and a load at each switch.
 */
#define PREEMPT(args) ((bool)(args)[0])
#define PREV(args) ((struct task_struct *)(args)[1])
#define NEXT(args) ((struct task_struct *)(args)[2])

static __always_inline struct sched_cpu *cpu_place(__u32 cpu)
{
	return &cpus[cpu & config.cpu_mask];
}

static __always_inline void fill_prev(struct rec_task *record, struct task_struct *prev)
{
	record->type = REC_task;
	record->start_ns = prev->start_boottime;
	record->tid = prev->pid;
	record->tgid = prev->tgid;
	bpf_probe_read_kernel_str(record->comm, sizeof(record->comm), &prev->comm);
}

static __always_inline __u64 switches_of(struct task_struct *task)
{
	return task->nvcsw + task->nivcsw;
}

/* A thread that is moved more than once in a wait keeps the place where the wait began. */
SEC("tp_btf/sched_migrate_task")
int note_moved(__u64 *args)
{
	struct task_struct *task = (struct task_struct *)args[0];
	__u32 tid = task->pid;
	struct moved *known, moved = { .switches = switches_of(task), .from_cpu = task_cpu(task) };

	if (!task->on_rq) /* it is being woken: its wait begins on the CPU that it goes to */
		return 0;
	known = bpf_map_lookup_elem(&moved_waiting, &tid);
	if (!known || known->switches != moved.switches)
		bpf_map_update_elem(&moved_waiting, &tid, &moved, BPF_ANY);
	return 0;
}

static __always_inline __u32 wait_began_on(struct task_struct *next, __u32 cpu)
{
	__u32 tid = next->pid;
	struct moved *moved = bpf_map_lookup_elem(&moved_waiting, &tid);

	return moved && moved->switches == switches_of(next) ? moved->from_cpu : cpu;
}

static __always_inline void fill_wait(struct rec_runqslower *record, __u32 cpu,
				      struct task_struct *next, __u64 wait_ns)
{
	record->type = REC_runqslower;
	record->time_ns = bpf_ktime_get_boot_ns();
	record->wait_ns = wait_ns;
	record->tid = next->pid;
	record->tgid = next->tgid;
	record->cpu = cpu;
	record->wake_cpu = wait_began_on(next, cpu);
	record->prio = next->prio;
	record->policy = next->policy;
	bpf_probe_read_kernel_str(record->comm, sizeof(record->comm), &next->comm);
}

/* The salt, the sequence number and the CRC are the collector's to fill in. */
static __noinline void emit_wait(struct sched_cpu *here, __u32 cpu, struct task_struct *prev,
				 struct task_struct *next, __u64 wait_ns)
{
	struct runqslower_event *event;

	event = bpf_ringbuf_reserve(
		&events, config.wants & WANT_PREV ? sizeof(*event) : sizeof(event->wait), 0);
	if (!event) {
		here->runqslower.ring_full++;
		return;
	}
	__builtin_memset(&event->wait, 0, sizeof(event->wait));
	fill_wait(&event->wait, cpu, next, wait_ns);
	if (config.wants & WANT_PREV) {
		event->wait.flags = RUNQSLOWER_PREV;
		event->wait.prev_tid = prev->pid;
		__builtin_memset(&event->prev, 0, sizeof(event->prev));
		fill_prev(&event->prev, prev);
	}
	bpf_ringbuf_submit(event, 0);
}

/* @next begins to run on @cpu, which it takes over from @prev, after it waited for @wait_ns. */
static __always_inline void wait_ended(struct sched_cpu *here, __u32 cpu, struct task_struct *prev,
				       struct task_struct *next, __u64 wait_ns)
{
	if (config.wants & WANT_RUNQLAT && filter_passes(&config.runqlat_filter, next)) {
		here->runqlat.entered++;
		hist_add(&here->wait, &here->h2, wait_ns);
	}
	if (config.wants & WANT_RUNQSLOWER && wait_ns >= config.runqslower_min_ns &&
	    filter_passes(&config.runqslower_filter, next)) {
		here->runqslower.entered++;
		emit_wait(here, cpu, prev, next, wait_ns);
	}
}

/* The same for a wait below here->brief_ns. */
static __always_inline void brief_wait_ended(struct sched_cpu *here, __u64 wait_ns)
{
	here->runqlat.entered++;
	hist_add_brief(&here->wait, &here->h2, wait_ns);
}

static __always_inline void wait_unstamped(struct sched_cpu *here, struct task_struct *next)
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

static __always_inline void end_wait(struct sched_cpu *here, __u32 cpu, __u64 *args, __u64 wait_ns)
{
	if (wait_ns == WAIT_UNKNOWN)
		wait_unstamped(here, NEXT(args));
	else
		wait_ended(here, cpu, PREV(args), NEXT(args), wait_ns);
}

/*
 * The way by sched_info
 */

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

	least = offset->ahead + ((__s64)since * clock_drift >> 32);
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

static __always_inline void note_asleep(struct task_struct *prev, __u64 now)
{
	__u32 tid = prev->pid;

	bpf_map_update_elem(&preempted_asleep, &tid, &now, BPF_ANY);
}

/* Whoever runs without having been noted as queued was preempted in a sleeping state. */
static __always_inline __u64 wait_from_sleep(struct task_struct *next, __u64 now)
{
	__u32 tid = next->pid;
	__u64 *place = bpf_map_lookup_elem(&preempted_asleep, &tid), since;

	if (!place)
		return WAIT_UNKNOWN;
	since = *place;
	bpf_map_delete_elem(&preempted_asleep, &tid);
	return now - since;
}

/*
 * The part of the wait before @next was pulled over to this CPU's queue.  The kernel restarts
 * last_queued then, and adds that part to run_delay; so we remember what run_delay becomes at each
 * switch to the task: the kernel adds @last_part in a moment, and nothing until the next wait.
 * Slightly negative where queued_later() took something back.
 */
static __always_inline __u64 waited_elsewhere(struct task_struct *next, __u64 last_part)
{
	__u64 *place = word_place(next->pid), word = word_of(next->pid, next->sched_info.run_delay);
	__u64 grown = word - *place;

	*place = word + last_part;
	/* In its first run, all that it ever waited belongs to this wait. */
	if (!next->sched_info.pcount)
		return next->sched_info.run_delay;
	return grown + CLOCK_AGE_MAX_NS < WORD_DIFFERENCE_MAX ? grown : 0;
}

/*
 * @prev is switched out while runnable, and the kernel is about to note it as queued at rq->clock,
 * which is @age old: its next wait will read too long by that.  Its word takes that back.
 */
static __always_inline void queued_later(struct task_struct *prev, __u64 age)
{
	__u64 *place = word_place(prev->pid), word = word_of(prev->pid, prev->sched_info.run_delay);

	if (*place == word)
		*place = word + age;
}

/* What @next waited until @now, when rq->clock showed @clock, @age ago; WAIT_UNKNOWN. */
static __always_inline __u64 whole_wait(struct task_struct *next, __u64 clock, __u64 age, __u64 now)
{
	__u64 last_part, wait;

	if (!next->sched_info.last_queued)
		return wait_from_sleep(next, now);
	last_part = clock - next->sched_info.last_queued;
	if ((__s64)last_part < 0)
		last_part = 0;
	wait = last_part + age + waited_elsewhere(next, last_part);
	return (__s64)wait > 0 ? wait : 0;
}

/* What happened at @now, for the times on a CPU and off it. */
static __always_inline void times_change(struct sched_cpu *here, __u32 cpu, __u64 *args, __u64 now,
					 __u64 wait_ns, bool count, __u32 wants)
{
	if (wants & WANT_CPUDIST)
		on_cpu_ends(here, cpu, PREV(args), NEXT(args), now, count, wants);
	if (wants & WANT_OFFCPU) {
		off_cpu_begins(PREV(args), PREEMPT(args), now, wants);
		off_cpu_ends(here, NEXT(args), now, wait_ns, count, wants);
	}
}

/*
 * Any switch, by the book.  @now is 0 when the time has not been asked for; it must not be asked for
 * twice, because the age of the clock is judged by how soon after its update that happens.
 */
static __noinline int switch_in_full(__u64 *args, __u64 now)
{
	struct task_struct *prev = PREV(args), *next = NEXT(args);
	__u64 clock = next->se.cfs_rq->rq->clock, age, wait = WAIT_UNKNOWN;
	__u32 cpu = task_cpu(next);
	struct sched_cpu *here = cpu_place(cpu);
	bool count = counting;

	if (!now)
		now = bpf_ktime_get_ns();
	if (PREEMPT(args) && task_state(prev))
		note_asleep(prev, now);
	age = rq_clock_age(&here->clock, clock, now);
	if (task_state(prev) == TASK_RUNNING)
		queued_later(prev, age);
	if (next->pid && config.wants & WANT_WAITS)
		wait = whole_wait(next, clock, age, now);
	times_change(here, cpu, args, clock + age, wait, count, config.wants);
	if (next->pid && config.wants & WANT_WAITS && count)
		end_wait(here, cpu, args, wait);
	return 0;
}

/*
 * Most switches take the short way, whose only call is for the time.
 *
 * When @prev goes to sleep, rq->clock has been updated for this switch and no time is needed.  (A
 * wake-up that wanted to preempt @prev before it slept makes the kernel skip that update too.  If
 * @next was queued by that wake-up, its wait reads 0 and is taken in full; otherwise it is short by
 * the time between the two, in which @prev ran through the kernel without a preemption point.)
 */
static __always_inline int switch_shortly(__u64 *args, const __u32 wants)
{
	__u64 now = 0, clock, last_part, word = 0, *place = 0, wait, age = 0;
	struct task_struct *next;
	struct sched_cpu *here;
	__u32 cpu;

	if (task_state(PREV(args)) == TASK_RUNNING)
		now = bpf_ktime_get_ns();
	else if (PREEMPT(args))
		return switch_in_full(args, now);

	next = NEXT(args);
	clock = next->se.cfs_rq->rq->clock;
	last_part = wants & WANT_WAITS ? clock - next->sched_info.last_queued : 0;
	cpu = task_cpu(next);
	here = cpu_place(cpu);
	wait = last_part;
	if (now) {
		if (clock >= here->clock.due)
			return switch_in_full(args, now);
		age = now - clock - here->clock.ahead;
		wait += age;
	} else if (wants & WANT_WAITS && !last_part) {
		return switch_in_full(args, now);
	}

	if (wants & WANT_WAITS) {
		place = word_place(next->pid);
		word = word_of(next->pid, next->sched_info.run_delay);
		wait += word - *place;
	}
	if (wait >= here->brief_ns) /* or not queued: idle, or preempted in a sleeping state */
		return switch_in_full(args, now);
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

/* Only what runqlat and runqslower need. */
SEC("tp_btf/sched_switch")
int switch_waits_by_sched_info(__u64 *args)
{
	return switch_shortly(args, WANT_WAITS | WANT_RUNQLAT);
}

SEC("tp_btf/sched_switch")
int switch_by_sched_info(__u64 *args)
{
	return switch_shortly(args, config.wants);
}

/*
 * The way by wake-up
 */

/* A task that is already queued keeps the earlier stamp. */
static __always_inline int stamp_woken(__u64 *args)
{
	__u64 now = bpf_ktime_get_ns(), *place, word;
	__u32 tid = ((struct task_struct *)args[0])->pid;

	place = word_place(tid);
	word = word_of(tid, now);
	if (word - *place >= WORD_DIFFERENCE_MAX)
		*place = word;
	return 0;
}

SEC("tp_btf/sched_wakeup")
int stamp_wakeup(__u64 *args)
{
	return stamp_woken(args);
}

SEC("tp_btf/sched_wakeup_new")
int stamp_wakeup_new(__u64 *args)
{
	return stamp_woken(args);
}

/* A stamp that was set while @prev ran (a wake-up that came before it slept) says nothing. */
static __always_inline void stamp_switched_out(struct task_struct *prev, bool preempt, __u64 now)
{
	__u32 tid = prev->pid;
	__u64 *place = word_place(tid), word = word_of(tid, now);

	if (preempt || task_state(prev) == TASK_RUNNING)
		*place = word;
	else if (word - *place < WORD_DIFFERENCE_MAX)
		*place = 0;
}

/* The end of any wait; WORD_DIFFERENCE_MAX or more: it has no stamp. */
static __noinline int wait_in_full(__u64 *args, __u64 wait, __u64 now)
{
	struct task_struct *next = NEXT(args);
	__u32 cpu = task_cpu(next);
	struct sched_cpu *here = cpu_place(cpu);
	bool count = counting;

	if (next->pid && wait < WORD_DIFFERENCE_MAX)
		*word_place(next->pid) = 0;
	if (wait >= WORD_DIFFERENCE_MAX || wait > now - next->start_time)
		wait = WAIT_UNKNOWN;
	times_change(here, cpu, args, now, wait, count, config.wants);
	if (next->pid && config.wants & WANT_WAITS && count)
		end_wait(here, cpu, args, wait);
	return 0;
}

static __always_inline int switch_with_stamps(__u64 *args, const __u32 wants)
{
	__u64 now = bpf_ktime_get_ns(), *place, wait;
	__u32 tid, cpu;
	struct task_struct *next;
	struct sched_cpu *here;

	if (PREV(args)->pid)
		stamp_switched_out(PREV(args), PREEMPT(args), now);
	next = NEXT(args);
	tid = next->pid;
	cpu = task_cpu(next);
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

SEC("tp_btf/sched_switch")
int switch_waits_by_wakeup(__u64 *args)
{
	return switch_with_stamps(args, WANT_WAITS | WANT_RUNQLAT);
}

SEC("tp_btf/sched_switch")
int switch_by_wakeup(__u64 *args)
{
	return switch_with_stamps(args, config.wants);
}
