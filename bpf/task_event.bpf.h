/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * task_event.bpf.h - a task by a tracepoint's record, see task.bpf.h
 *
 * The records are declared here as the programs use them: struct event__SYSTEM__NAME is that of the
 * tracepoint SYSTEM:NAME.  Where the fields really lie the collector finds in tracefs, and has it
 * relocated as the fields of the kernel's structs are.
 */
#ifndef TARSIER_TASK_EVENT_BPF_H
#define TARSIER_TASK_EVENT_BPF_H

#include "get.bpf.h"
#include "runqslower.h"
#include "sched_memory.bpf.h"

#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct event__sched__sched_switch {
	char prev_comm[16];
	int prev_pid;
	int prev_prio;
	long prev_state;
	char next_comm[16];
	int next_pid;
	int next_prio;
};

struct event__sched__sched_wakeup {
	int pid;
};

struct event__sched__sched_wakeup_new {
	int pid;
};

struct event__sched__sched_migrate_task {
	int pid;
	int orig_cpu;
};

struct event__task__task_newtask {
	int pid;
	unsigned long clone_flags;
};

#pragma clang attribute pop

#define CLONE_THREAD 0x00010000

/* prev_state, as include/trace/events/sched.h makes it: the same since 4.14 */
#define STATE_EXIT_DEAD 0x10
#define STATE_EXIT_ZOMBIE 0x20
#define STATE_PREEMPTED 0x100

/*
 * Which process a thread is of, as its id << 32 and the process's: the record does not tell.  From the
 * threads there are at start (the collector), from new ones, and from those that are switched away
 * from.  The collector cuts this to one where nobody asks.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PLACE_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} tgids SEC(".maps");

static __always_inline void note_tgid(__u32 tid, __u32 tgid)
{
	__u32 key = tid & (PLACE_COUNT - 1);
	__u64 *place = bpf_map_lookup_elem(&tgids, &key);

	if (place)
		*place = (__u64)tid << 32 | tgid;
}

/* 0: not known. */
static __always_inline __u32 noted_tgid(__u32 tid)
{
	__u32 key = tid & (PLACE_COUNT - 1);
	__u64 *place = bpf_map_lookup_elem(&tgids, &key);

	return place && *place >> 32 == tid ? *place : 0;
}

/*
 * Taken out of the record at once: the verifier wants each field read at an offset of its own, and the
 * compiler would make one read of "the one or the other".
 */
typedef struct {
	__u32 tid;
	__u32 prio;
	__u64 state; /* of the task that is switched away from only */
	const char *comm;
	bool is_next;
} task_t;

typedef struct {
	task_t prev, next;
} switch_args;

static __always_inline void take_switch(switch_args *args, struct event__sched__sched_switch *event)
{
	args->prev.tid = event->prev_pid;
	args->prev.prio = event->prev_prio;
	args->prev.state = event->prev_state;
	args->prev.comm = event->prev_comm;
	args->prev.is_next = false;
	args->next.tid = event->next_pid;
	args->next.prio = event->next_prio;
	args->next.state = 0;
	args->next.comm = event->next_comm;
	args->next.is_next = true;
}

#define PREEMPT(args) ((args)->prev.state == STATE_PREEMPTED)
#define PREV(args) (&(args)->prev)
#define NEXT(args) (&(args)->next)

static __always_inline __u32 switch_cpu(switch_args *args)
{
	return bpf_get_smp_processor_id();
}

static __always_inline __u32 task_tid(task_t *task)
{
	return task->tid;
}

/* Of the two, the one that is switched away from is the current one. */
static __always_inline __u32 task_tgid(task_t *task)
{
	return task->is_next ? noted_tgid(task->tid) : bpf_get_current_pid_tgid() >> 32;
}

static __always_inline bool task_is_running(task_t *task)
{
	return task->state == 0;
}

static __always_inline bool task_is_dead(task_t *task)
{
	return task->state & (STATE_EXIT_DEAD | STATE_EXIT_ZOMBIE);
}

static __always_inline __u8 task_prio(task_t *task)
{
	return task->prio;
}

static __always_inline __u8 task_policy(task_t *task)
{
	return POLICY_UNKNOWN;
}

static __always_inline __u64 task_start_ns(task_t *task)
{
	return 0;
}

/* One that was never on a CPU is known by its stamp: see note_new(). */
static __always_inline bool task_is_new(task_t *task)
{
	return false;
}

static __always_inline void task_comm(__u8 *comm, task_t *task)
{
	get_comm(comm, task->comm);
}

/* What the main thread is called shows only when it is the one that is switched. */
static __always_inline __u64 task_process(__u8 *comm, task_t *task)
{
	if (task_tid(task) == task_tgid(task))
		task_comm(comm, task);
	return 0;
}

/* Another in each wait of a task: when it began. */
static __always_inline __u64 wait_mark(task_t *task)
{
	return *word_place(task_tid(task));
}

/* No stamp outlives its thread: see stamp_switched_out(). */
static __always_inline bool task_lived(task_t *task, __u64 wait_ns, __u64 now)
{
	return true;
}

#endif
