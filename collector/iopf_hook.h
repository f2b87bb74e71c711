/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iopf_hook.h - owner of iopf.bpf.c: IO page faults by tracepoints or functions, and their maps */
#ifndef TARSIER_IOPF_HOOK_H
#define TARSIER_IOPF_HOOK_H

#include <stdbool.h>

#include "hook.h"
#include "iopf_state.h"

extern struct hook iopf_hook;

/* What the ways have in common in their names, for the option that allows only some. */
#define IOPF_WAY_TRACEPOINT "tracepoint"
#define IOPF_WAY_FUNCTION "function"

/* Settings, to be filled in before the first attach; those of tracepoints and CPUs are the hook's. */
extern struct iopf_config iopf_config;
/* Before the first attach: allow only ways of this kind; NULL: the first that works. */
void iopf_hook_choose(const char *kind);

/* What is known of one device and PASID. */
struct iopf_counts {
	struct iopf_key key;
	__u64 begun;
	__u64 without_entry;
	__u64 without_exit;
	__u64 failed;
	__u64 partial;
	__u64 unrecoverable;
	__u64 full;
	__u64 in_flight; /* 0 until the hooks are removed */
	struct hist latency;
};

/* Those of slot @number as of now; false: it is not in use. */
bool iopf_hook_read(__u32 number, struct iopf_counts *counts);
/* Faults for whose device and PASID there was no slot. */
__u64 iopf_hook_without_slot(void);
/* Runs of the programs that the kernel skipped, as of the last tick. */
__u64 iopf_hook_missed(void);
/* The programs are gone: the counts do not change any more. */
bool iopf_hook_is_final(void);

#endif
