/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_types.h - the kernel structs and fields that are read, and no others
 *
 * Written by hand instead of generated from one kernel: offsets are relocated at load time (CO-RE),
 * so only names and types matter, and the object stays a fifth of the size.
 */
#ifndef TARSIER_KERNEL_TYPES_H
#define TARSIER_KERNEL_TYPES_H

#include <stdbool.h>
#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct rq {
	__u64 clock;
	__u64 prev_irq_time;	  /* CONFIG_IRQ_TIME_ACCOUNTING */
	__u64 prev_steal_time_rq; /* CONFIG_PARAVIRT_TIME_ACCOUNTING */
};

struct cfs_rq {
	struct rq *rq; /* CONFIG_FAIR_GROUP_SCHED */
};

struct sched_entity {
	struct cfs_rq *cfs_rq;	     /* CONFIG_FAIR_GROUP_SCHED; set for tasks of every class */
	unsigned char sched_delayed; /* since Linux 6.12 */
	__u64 sum_exec_runtime;
};

struct sched_info { /* CONFIG_SCHED_INFO */
	unsigned long pcount;
	unsigned long long run_delay;
	unsigned long long last_queued;
};

struct thread_info {
	__u32 cpu; /* CONFIG_SMP, since Linux 5.16 */
};

struct prev_cputime { /* not with CONFIG_VIRT_CPU_ACCOUNTING_NATIVE */
	__u64 utime;
	__u64 stime;
};

/* Of a process: the times are those of its threads that are gone. */
struct signal_struct {
	int nr_threads;
	__u64 utime;
	__u64 stime;
	__u64 cutime;
	__u64 cstime;
	unsigned long long sum_sched_runtime;
	struct prev_cputime prev_cputime;
};

struct sighand_struct;

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	int prio;
	unsigned int policy;
	__u32 pid;
	__u32 tgid;
	__u64 start_time;
	__u64 start_boottime;
	__u64 utime;
	__u64 stime;
	struct prev_cputime prev_cputime;
	int exit_state;
	char comm[16];
	struct task_struct *group_leader;
	struct signal_struct *signal;
	struct sighand_struct *sighand; /* NULL once the task was taken off all lists */
	struct sched_entity se;
	struct sched_info sched_info;
	unsigned int on_rq;  /* see task_on_rq() */
	unsigned long nvcsw; /* with nivcsw: how often it was switched out */
	unsigned long nivcsw;
};

/* before Linux 5.14 */
struct task_struct___state {
	volatile long state;
};

/* before Linux 5.16 */
struct task_struct___cpu {
	__u32 cpu; /* CONFIG_SMP */
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

#endif
