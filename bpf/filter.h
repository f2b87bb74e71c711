/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* filter.h - which tasks a probe looks at, as the collector tells its programs */
#ifndef TARSIER_FILTER_H
#define TARSIER_FILTER_H

#include "wire.h"

/* A field that is 0 lets every task through. */
struct task_filter {
	__u32 active; /* any of the others is set */
	__u32 tgid;
	__u32 tid;
	__u32 comm_len;
	char comm[COMM_SIZE]; /* a prefix of comm_len bytes */
};

#endif
