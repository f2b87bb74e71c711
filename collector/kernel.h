/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.h - what this kernel offers, asked by trying and by reading /proc */
#ifndef TARSIER_KERNEL_H
#define TARSIER_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* NULL, or why task->sched_info does not tell when a task was queued. */
const char *kernel_lacks_sched_info(void);

/*
 * Why no BPF program could be loaded at all, as a line for the user, with the exit status in
 * *@status; NULL when nothing stands in the way.
 */
const char *kernel_lacks_bpf(int *status);

/* Whether programs at kprobes may call the helper number @helper (linux/bpf.h); asked by loading one. */
bool kernel_has_helper(int helper);

/* What the kernel tells of the object behind @fd, to be read as often as wanted: a descriptor or -errno. */
int kernel_open_fdinfo(int fd);
/* The number that stands behind @name in @text; 0: there is none. */
__u64 kernel_number_behind(const char *name, const char *text);

/* Kernel memory of the map behind @fd in bytes, as /proc/self/fdinfo has it; 0 when unknown. */
__u64 kernel_map_bytes(int fd);

/* What the system call getppid() may be called inside the kernel, best first; ends with NULL. */
extern const char *const kernel_getppid[];

/* NULL, or why no kprobe would run; asked by trying. */
const char *kernel_lacks_kprobes(void);

/*
 * Put a kprobe on @function and remove it at once.  0, -ENOENT: there is no such function, -EOPNOTSUPP:
 * there are no kprobes, or another error.
 */
int kernel_try_kprobe(const char *function);

/* Read the start of a small file; the text is cut at the first newline.  0 or -errno. */
int kernel_read_line(const char *path, char *line, size_t size);

#endif
