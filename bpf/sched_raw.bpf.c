// SPDX-License-Identifier: GPL-2.0-only
/* sched_raw.bpf.c - sched.bpf.c for raw tracepoints: every field of a task is copied out by a helper */
#define TASK_BY_READING

#include "sched.bpf.c"
