/* SPDX-License-Identifier: GPL-2.0-or-later */
/* programs.h - what every owner of a loaded BPF object asks of it */
#ifndef TARSIER_PROGRAMS_H
#define TARSIER_PROGRAMS_H

#include "hook.h"

struct bpf_object;
struct bpf_program;

/*
 * Places for all CPUs that there may be, a power of two, so that a program finds one by a mask; -errno,
 * -E2BIG for more than @most.
 */
int programs_cpu_places(unsigned int most);

/* Kernel memory of the object's maps. */
__u32 programs_maps_kib(struct bpf_object *object);

/*
 * What the kernel counts of a program stands in /proc/self/fdinfo; opened once, it can be read without
 * bpf(), which the collector may not call once it records.
 */
#define PROGRAM_FILES_MAX 8

struct program_files {
	int fd[PROGRAM_FILES_MAX];
	unsigned int count;
};

/* Those of all programs of @object that are loaded; what cannot be opened is left out. */
void programs_open_files(struct program_files *files, struct bpf_object *object);
void programs_close_files(struct program_files *files);
/* Add run time and runs to @cost; returns the runs that the kernel skipped. */
__u64 programs_ask(const struct program_files *files, struct bpf_cost *cost);

/* The same for one program: a descriptor or -errno. */
int programs_open_file(const struct bpf_program *program);
__u64 programs_ask_file(int fd, struct bpf_cost *cost);

/* After the links are gone: wait until no program runs on any CPU. */
void programs_settle(void);

#endif
