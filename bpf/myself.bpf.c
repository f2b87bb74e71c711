// SPDX-License-Identifier: GPL-2.0-only
/*
 * myself.bpf.c - what the current task's fields say of it
 *
 * For the collector to compare with what the kernel says of it elsewhere: type information from a file
 * may be another kernel's.  Run by BPF_PROG_TEST_RUN, attached to nothing.
 */
#define TASK_BY_READING

#include "myself.h"
#include "task_pointer.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct myself myself;

SEC("raw_tp")
int read_myself(__u64 *args)
{
	task_t *task = (task_t *)bpf_get_current_task();

	myself.tid = task_tid(task);
	myself.tgid = task_tgid(task);
	myself.start_ns = task_start_ns(task);
	myself.switches = task_switches(task);
	myself.run_delay_ns = GET(task, sched_info.run_delay);
	myself.rq_clock_ns = GET(task, se.cfs_rq, rq, clock);
	myself.cpu = task_cpu(task);
	myself.state = task_state(task);
	myself.policy = task_policy(task);
	myself.on_rq = task_on_rq(task);
	task_comm(myself.comm, task);
	return 0;
}
