/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* myself.h - what the fields of the task that runs myself.bpf.c say of it */
#ifndef TARSIER_MYSELF_H
#define TARSIER_MYSELF_H

#include <linux/types.h>

#include "wire.h"

struct myself {
	__u64 start_ns; /* CLOCK_BOOTTIME */
	__u64 switches;
	__u64 run_delay_ns;
	__u64 rq_clock_ns;
	__u8 comm[COMM_SIZE];
	__u32 tid;
	__u32 tgid;
	__u32 cpu;
	__u32 state;
	__u32 policy;
	__u32 on_rq;
};

#endif
