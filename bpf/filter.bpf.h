/* SPDX-License-Identifier: GPL-2.0-only */
/* filter.bpf.h - whether a probe looks at a task */
#ifndef TARSIER_FILTER_BPF_H
#define TARSIER_FILTER_BPF_H

#include "filter.h"
#include "task.bpf.h"

static __noinline bool filter_matches(const volatile struct task_filter *filter, task_t *task)
{
	__u64 name[COMM_SIZE / 8];
	__u8 *comm = (__u8 *)name;

	if (filter->tgid && filter->tgid != task_tgid(task))
		return false;
	if (filter->tid && filter->tid != task_tid(task))
		return false;
	if (!filter->comm_len)
		return true;
	task_comm(comm, task);
	for (__u32 i = 0; i < COMM_SIZE; i++) {
		if (i >= filter->comm_len)
			break;
		if (comm[i] != (__u8)filter->comm[i])
			return false;
	}
	return true;
}

static __always_inline bool filter_passes(const volatile struct task_filter *filter, task_t *task)
{
	return !filter->active || filter_matches(filter, task);
}

#endif
