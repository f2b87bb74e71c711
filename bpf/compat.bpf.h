/* SPDX-License-Identifier: GPL-2.0-only */
/* compat.bpf.h - what moved between kernels, each with the commit that moved it */
#ifndef TARSIER_COMPAT_BPF_H
#define TARSIER_COMPAT_BPF_H

#include "get.bpf.h"
#include "kernel_types.h"

#define TASK_RUNNING 0
#define TASK_DEAD 0x80 /* of a task that will not run again */

/* Renamed in 5.14: 2f064a59a11f ("sched: Change task_struct::state"). */
static __always_inline __u32 task_state(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return GET(task, __state);
	return GET((struct task_struct___state *)task, state);
}

/* Whether it is on a run queue.  A smaller number since Linux 7.0; more than it must not be read. */
static __always_inline bool task_on_rq(struct task_struct *task)
{
#ifdef TASK_BY_READING
	__u32 value = 0;

	bpf_core_read(&value, bpf_core_field_size(task->on_rq) & 7, &task->on_rq);
	return value;
#else
	return task->on_rq;
#endif
}

/*
 * Whether it sleeps although it is on a run queue, which it leaves when its turn would come.  Since 6.12:
 * 152e11f6df29 ("sched/fair: Implement delayed dequeue").
 */
static __always_inline bool task_is_delayed(struct task_struct *task)
{
	return bpf_core_field_exists(task->se.sched_delayed) && GET(task, se.sched_delayed);
}

/*
 * The CPU that @task is on.  Moved in 5.16: bcf9033e5449 ("sched: move CPU field back into thread_info
 * if THREAD_INFO_IN_TASK=y").  A uniprocessor kernel has neither field nor a second CPU.
 */
static __always_inline __u32 task_cpu(struct task_struct *task)
{
	if (bpf_core_field_exists(task->thread_info.cpu))
		return GET(task, thread_info.cpu);
	if (bpf_core_field_exists(((struct task_struct___cpu *)task)->cpu))
		return GET((struct task_struct___cpu *)task, cpu);
	return 0;
}

#endif
