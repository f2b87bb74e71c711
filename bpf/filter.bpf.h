/* SPDX-License-Identifier: GPL-2.0-only */
/* filter.bpf.h - whether a probe looks at a task */
#ifndef TARSIER_FILTER_BPF_H
#define TARSIER_FILTER_BPF_H

#include "compat.bpf.h"
#include "filter.h"

static __noinline bool filter_matches(const volatile struct task_filter *filter,
				      struct task_struct *task)
{
	if (filter->tgid && filter->tgid != task->tgid)
		return false;
	if (filter->tid && filter->tid != task->pid)
		return false;
	for (__u32 i = 0; i < COMM_SIZE; i++) {
		if (i >= filter->comm_len)
			break;
		if (task->comm[i] != filter->comm[i])
			return false;
	}
	return true;
}

static __always_inline bool filter_passes(const volatile struct task_filter *filter,
					  struct task_struct *task)
{
	return !filter->active || filter_matches(filter, task);
}

#endif
