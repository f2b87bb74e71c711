/* SPDX-License-Identifier: GPL-2.0-only */
/* get.bpf.h - fields of the kernel's structs, in the way that this kind of program may read them */
#ifndef TARSIER_GET_BPF_H
#define TARSIER_GET_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "wire.h"

/* GET(pointer, a, b): pointer->a->b. */
#ifdef TASK_BY_READING
#define GET(pointer, ...) BPF_CORE_READ(pointer, __VA_ARGS__)
#else
#define GET(pointer, ...) ___arrow((pointer), __VA_ARGS__)
#endif

/* What comes after the end of a name is that of an earlier one: @word is 8 bytes of it, low end first. */
static __always_inline __u64 cut_at_end(__u64 word)
{
	__u64 ends = (word - 0x0101010101010101) & ~word & 0x8080808080808080;

	return ends ? word & ((ends & -ends) - 1) >> 7 : word;
}

/* Copy the name that begins at @from, COMM_SIZE bytes in the kernel, to @to, which is aligned. */
static __always_inline void get_comm(__u8 *to, const char *from)
{
#if defined(TASK_BY_READING) || defined(TASK_BY_EVENT)
	bpf_probe_read_kernel_str(to, COMM_SIZE, from);
#else
	/* Not by a helper: lockdown=confidentiality takes it away. */
	__u64 *words = (__u64 *)to;

	words[0] = cut_at_end(((const __u64 *)from)[0]);
	words[1] = words[0] >> 56 ? cut_at_end(((const __u64 *)from)[1]) : 0;
#endif
}

#endif
