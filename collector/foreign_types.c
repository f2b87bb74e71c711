// SPDX-License-Identifier: GPL-2.0-or-later
/* foreign_types - whether type information from a file is that of the kernel that runs */
#include "foreign_types.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "btf_supply.h"
#include "clocks.h"
#include "kernel.h"
#include "myself.h"
#include "myself.skel.h"

#define NS_PER_TICK (NS_PER_SEC / 100) /* USER_HZ */
#define START_FIELD 22		       /* of /proc/PID/stat, counted from 1 */
#define CLOCK_SLACK_NS (10 * NS_PER_SEC)

/* What the kernel tells of this process. */
struct known {
	__u64 start_ticks;
	__u64 run_delay_ns;
	__u64 switches;
	__u64 now_ns; /* CLOCK_MONOTONIC */
	char comm[COMM_SIZE];
};

static __u64 read_start(void)
{
	char line[512], *at;

	if (kernel_read_line("/proc/self/stat", line, sizeof(line)))
		return 0;
	at = strrchr(line, ')'); /* the end of field 2 */
	for (unsigned int field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

static void read_known(struct known *known)
{
	char line[128] = "";
	struct rusage usage;

	memset(known, 0, sizeof(*known));
	kernel_read_line("/proc/self/schedstat", line, sizeof(line));
	sscanf(line, "%*u %llu", &known->run_delay_ns);
	getrusage(RUSAGE_SELF, &usage);
	known->switches = (__u64)usage.ru_nvcsw + (__u64)usage.ru_nivcsw;
	known->start_ticks = read_start();
	known->now_ns = clock_ns(CLOCK_MONOTONIC);
	prctl(PR_GET_NAME, known->comm);
}

/* What grows was read before and after. */
static bool lies_between(__u64 before, __u64 value, __u64 after)
{
	return before <= value && value <= after;
}

/* The run queue's clock began with the kernel, as CLOCK_MONOTONIC did, and runs within 1 % as fast. */
static bool is_plausible(__u64 rq_clock_ns, __u64 now_ns)
{
	__u64 slack = now_ns / 100 + CLOCK_SLACK_NS;

	return rq_clock_ns && rq_clock_ns < now_ns + slack && rq_clock_ns + slack > now_ns;
}

/* The name of a field that is not what it should be; NULL: all are. */
static const char *find_wrong(const struct myself *fields, const struct known *before,
			      const struct known *after)
{
	if (fields->tid != (__u32)syscall(SYS_gettid))
		return "task_struct.pid";
	if (fields->tgid != (__u32)getpid())
		return "task_struct.tgid";
	if (strncmp((const char *)fields->comm, before->comm, COMM_SIZE))
		return "task_struct.comm";
	if (fields->start_ns / NS_PER_TICK != before->start_ticks)
		return "task_struct.start_boottime";
	if (!lies_between(before->switches, fields->switches, after->switches))
		return "task_struct.nvcsw";
	if (!lies_between(before->run_delay_ns, fields->run_delay_ns, after->run_delay_ns))
		return "sched_info.run_delay";
	if (fields->state)
		return "task_struct.__state";
	if (fields->policy != (__u32)syscall(SYS_sched_getscheduler, 0))
		return "task_struct.policy";
	if (!fields->on_rq)
		return "task_struct.on_rq";
	if (fields->cpu >= (__u32)libbpf_num_possible_cpus())
		return "task_struct.thread_info.cpu";
	if (!is_plausible(fields->rq_clock_ns, before->now_ns))
		return "rq.clock";
	return NULL;
}

/* Run the program once, in this process. */
static int read_myself(struct myself *fields)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	struct myself_bpf *skel = myself_bpf__open_opts(btf_supply_options());
	char why[BTF_SUPPLY_WHY];
	int err = skel ? 0 : -errno;

	err = err ? err : btf_supply(skel->obj, NULL, why);
	err = err ? err : myself_bpf__load(skel);
	if (!err && bpf_prog_test_run_opts(bpf_program__fd(skel->progs.read_myself), &options))
		err = -errno;
	if (!err)
		*fields = skel->bss->myself;
	myself_bpf__destroy(skel);
	return err;
}

int foreign_types_check(char why[FOREIGN_TYPES_WHY])
{
	struct known before, after;
	struct myself fields;
	const char *wrong;
	int err;

	read_known(&before);
	err = read_myself(&fields);
	read_known(&after);
	if (err) {
		snprintf(why, FOREIGN_TYPES_WHY,
			 "no program can be loaded by it: it is another kernel's (%s)",
			 strerror(-err));
		return err;
	}
	wrong = find_wrong(&fields, &before, &after);
	if (!wrong)
		return 0;
	snprintf(why, FOREIGN_TYPES_WHY, "it is another kernel's: %s is not where it says", wrong);
	return -EINVAL;
}
