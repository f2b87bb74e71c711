/* SPDX-License-Identifier: GPL-2.0-only */
/* task_pointer.bpf.h - a task by a pointer to it, see task.bpf.h */
#ifndef TARSIER_TASK_POINTER_BPF_H
#define TARSIER_TASK_POINTER_BPF_H

#include "compat.bpf.h"
#include "wire.h"

/* No typedef: fields are relocated by the name of the struct. */
#define task_t struct task_struct

/*
 * The arguments of sched_switch.  They are read where they are used: what is held in registers
 * across a call costs a store and a load at each switch.
 */
typedef __u64 switch_args;
#define PREEMPT(args) ((bool)(args)[0])
#define PREV(args) ((task_t *)(args)[1])
#define NEXT(args) ((task_t *)(args)[2])

static __always_inline __u32 switch_cpu(switch_args *args)
{
	return task_cpu(NEXT(args));
}

static __always_inline __u32 task_tid(task_t *task)
{
	return GET(task, pid);
}

static __always_inline __u32 task_tgid(task_t *task)
{
	return GET(task, tgid);
}

static __always_inline bool task_is_running(task_t *task)
{
	return task_state(task) == TASK_RUNNING;
}

/* It will not run again. */
static __always_inline bool task_is_dead(task_t *task)
{
	return task_state(task) & TASK_DEAD;
}

static __always_inline __u8 task_prio(task_t *task)
{
	return GET(task, prio);
}

static __always_inline __u8 task_policy(task_t *task)
{
	return GET(task, policy);
}

/* CLOCK_BOOTTIME; 0: not known. */
static __always_inline __u64 task_start_ns(task_t *task)
{
	return GET(task, start_boottime);
}

/* Whether @wait_ns up to @now, on CLOCK_MONOTONIC, lie in its life. */
static __always_inline bool task_lived(task_t *task, __u64 wait_ns, __u64 now)
{
	return wait_ns <= now - GET(task, start_time);
}

/* How often it was switched away from. */
static __always_inline __u64 task_switches(task_t *task)
{
	return GET(task, nvcsw) + GET(task, nivcsw);
}

static __always_inline bool task_is_new(task_t *task)
{
	return !task_switches(task);
}

static __always_inline void task_comm(__u8 *comm, task_t *task)
{
	get_comm(comm, task->comm);
}

/* Of the process, by its main thread: name and start. */
static __always_inline __u64 task_process(__u8 *comm, task_t *task)
{
	struct task_struct *leader = GET(task, group_leader);

	get_comm(comm, leader->comm);
	return GET(leader, start_boottime);
}

/* Another in each wait of a task. */
static __always_inline __u64 wait_mark(task_t *task)
{
	return task_switches(task);
}

#endif
