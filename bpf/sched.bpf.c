// SPDX-License-Identifier: GPL-2.0-only
/*
 * sched.bpf.c - everything measured at a context switch, in one program per hook, by pointers to tasks
 *
 * A wait begins when a task is woken, is new, or is switched out while runnable, which is: preempted,
 * or in state TASK_RUNNING.  A task that is preempted after it set a sleeping state stays queued.
 * There are two ways to learn how long it was: by_sched_info.bpf.h and by_wakeup.bpf.h.
 *
 * Compiled twice, for tp_btf and for raw_tp: see task.bpf.h.
 */
#include "by_sched_info.bpf.h"
#include "by_wakeup.bpf.h"

#ifdef TASK_BY_READING
#define HOOK(name) SEC("raw_tp/" name)
#else
#define HOOK(name) SEC("tp_btf/" name)
#endif

char LICENSE[] SEC("license") = "GPL";

HOOK("sched_migrate_task")
int note_moved(__u64 *args)
{
	task_t *task = (task_t *)args[0];

	if (!task_on_rq(task)) /* it is being woken: its wait begins on the CPU that it goes to */
		return 0;
	if (!task_is_delayed(task)) {
		if (config.wants & WANT_RUNQSLOWER)
			note_move(task_tid(task), wait_mark(task), task_cpu(task));
	} else if (config.wants & WANT_QUEUED) {
		/*
		 * It sleeps, and leaves the queue in a moment.  The kernel notes it as queued where it is
		 * moved to, and does not take that back: in its next wait last_queued says that it
		 * began now (seen with 6.12 to 7.2).  So its wake-up has to be seen.
		 */
		note_moved_asleep(task_tid(task));
	}
	return 0;
}

HOOK("sched_wakeup")
int note_wakeup(__u64 *args)
{
	note_woken(task_tid((task_t *)args[0]));
	return 0;
}

/* Only what runqlat and runqslower need. */
HOOK("sched_switch")
int switch_waits_by_sched_info(__u64 *args)
{
	return switch_shortly(args, WANT_WAITS | WANT_RUNQLAT);
}

HOOK("sched_switch")
int switch_by_sched_info(__u64 *args)
{
	return switch_shortly(args, config.wants);
}

HOOK("sched_wakeup")
int stamp_wakeup(__u64 *args)
{
	return stamp_woken(task_tid((task_t *)args[0]));
}

HOOK("sched_wakeup_new")
int stamp_wakeup_new(__u64 *args)
{
	return stamp_woken(task_tid((task_t *)args[0]));
}

HOOK("sched_switch")
int switch_waits_by_wakeup(__u64 *args)
{
	return switch_with_stamps(args, WANT_WAITS | WANT_RUNQLAT);
}

HOOK("sched_switch")
int switch_by_wakeup(__u64 *args)
{
	return switch_with_stamps(args, config.wants);
}
