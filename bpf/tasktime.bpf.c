// SPDX-License-Identifier: GPL-2.0-only
/*
 * tasktime.bpf.c - the CPU time of every task, read when the collector asks (task iterator)
 *
 * Nothing runs in between: what is read is what the kernel counts anyway.  Each thread is visited
 * once, in the order of ids; the collector adds up processes.  The figures of a running task are as
 * old as its last tick or switch, which is so in /proc too.  (On a nohz_full CPU, which has no tick,
 * /proc adds to the raw figures what the task used since it last entered or left the kernel.)
 */
#include "kernel_types.h"
#include "compat.bpf.h"
#include "task_reading.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

static __always_inline void read_process(struct task_reading *reading, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct signal_struct *signal = task->signal;

	reading->threads = signal->nr_threads;
	reading->process_start_ns = leader->start_boottime;
	reading->process.utime_ns = signal->utime;
	reading->process.stime_ns = signal->stime;
	reading->process.runtime_ns = signal->sum_sched_runtime;
	reading->children_utime_ns = signal->cutime;
	reading->children_stime_ns = signal->cstime;
	if (leader->exit_state)
		reading->flags |= READING_LEADER_EXITED;
	if (bpf_core_field_exists(signal->prev_cputime)) {
		reading->process_shown.utime_ns = signal->prev_cputime.utime;
		reading->process_shown.stime_ns = signal->prev_cputime.stime;
	}
	get_comm(reading->process_comm, leader->comm);
}

static __always_inline void read_thread(struct task_reading *reading, struct task_struct *task)
{
	reading->start_ns = task->start_boottime;
	reading->thread.utime_ns = task->utime;
	reading->thread.stime_ns = task->stime;
	reading->thread.runtime_ns = task->se.sum_exec_runtime;
	if (task->exit_state)
		reading->flags |= READING_EXITED;
	if (bpf_core_field_exists(task->prev_cputime)) {
		reading->thread_shown.utime_ns = task->prev_cputime.utime;
		reading->thread_shown.stime_ns = task->prev_cputime.stime;
	} else {
		reading->flags |= READING_AS_IN_PROC;
	}
	get_comm(reading->comm, task->comm);
}

SEC("iter/task")
int read_task(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct task_reading reading;

	if (!task)
		return 0;
	__builtin_memset(&reading, 0, sizeof(reading));
	reading.tid = task->pid;
	reading.tgid = task->tgid;
	if (bpf_core_field_exists(struct rq, prev_irq_time))
		reading.flags |= READING_IRQ_APART;
	if (bpf_core_field_exists(struct rq, prev_steal_time_rq))
		reading.flags |= READING_STEAL_APART;
	read_process(&reading, task);
	read_thread(&reading, task);
	/*
	 * A thread that is gone was added to its process's figures before it lost its sighand: with
	 * it still there, the figures read before were without this thread's.
	 */
	if (task->sighand)
		bpf_seq_write(context->meta->seq, &reading, sizeof(reading));
	return 0;
}
