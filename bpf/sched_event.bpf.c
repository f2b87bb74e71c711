// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched_event.bpf.c - what is measured at a context switch, by the records of classic tracepoints
 *
 * For kernels without type information.  Waits are measured by wake-up: of the run queue's clock and
 * of the kernel's own notes a record tells nothing.
 */
#define TASK_BY_EVENT

#include "by_wakeup.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* A new thread: its process, and that it was never on a CPU. */
SEC("event/task/task_newtask")
int note_new(struct event__task__task_newtask *event)
{
	__u32 tid = event->pid, key = tid & (PLACE_COUNT - 1);
	__u64 *since = bpf_map_lookup_elem(&off_since, &key);

	if (since)
		*since = word_of(tid, NEVER_OFF);
	note_tgid(tid, event->clone_flags & CLONE_THREAD ? bpf_get_current_pid_tgid() >> 32 : tid);
	return 0;
}

/* It waits if it has a stamp; else it is being woken, and goes to the CPU where its wait begins. */
SEC("event/sched/sched_migrate_task")
int note_moved(struct event__sched__sched_migrate_task *event)
{
	__u32 tid = event->pid;
	__u64 mark = *word_place(tid);

	if (word_of(tid, bpf_ktime_get_ns()) - mark >= WORD_DIFFERENCE_MAX)
		return 0;
	return note_move(tid, mark, event->orig_cpu);
}

SEC("event/sched/sched_wakeup")
int stamp_wakeup(struct event__sched__sched_wakeup *event)
{
	return stamp_woken(event->pid);
}

SEC("event/sched/sched_wakeup_new")
int stamp_wakeup_new(struct event__sched__sched_wakeup_new *event)
{
	return stamp_woken(event->pid);
}

SEC("event/sched/sched_switch")
int switch_waits_by_wakeup(struct event__sched__sched_switch *event)
{
	switch_args args;

	take_switch(&args, event);
	return switch_with_stamps(&args, WANT_WAITS | WANT_RUNQLAT);
}

SEC("event/sched/sched_switch")
int switch_by_wakeup(struct event__sched__sched_switch *event)
{
	__u64 ids = bpf_get_current_pid_tgid();
	switch_args args;

	take_switch(&args, event);
	if (config.wants & WANT_TGIDS && (__u32)ids)
		note_tgid(ids, ids >> 32);
	return switch_with_stamps(&args, config.wants);
}
