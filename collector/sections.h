/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sections.h - how the programs of our BPF objects are loaded and attached, by the names of their sections
 *
 * libbpf's own ways for these want the whole of the kernel's type information, or a mounted tracefs:
 *
 * tp_btf/NAME, fentry, fexit, iter/NAME	attached by a type id, which btf_supply() finds
 * event/SYSTEM/NAME				attached to a tracepoint's record, found by tracefs.h
 */
#ifndef TARSIER_SECTIONS_H
#define TARSIER_SECTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct bpf_program;

#define SECTION_NAME_SIZE 160

/* Before the first object is opened; 0 or -errno. */
int sections_register(void);

/*
 * What @program is attached by: the name of a type of kind BTF_KIND_TYPEDEF or BTF_KIND_FUNC (*@kind).
 * @function is that of fentry and fexit.  False: by no type.
 */
bool sections_type(const struct bpf_program *program, const char *function, char *name, size_t size,
		   __u32 *kind);

/*
 * Before @program is loaded: the type's id; @btf_fd is that of the module it is in, or 0, and is closed by
 * sections_forget_ids().  0 or -errno.
 */
int sections_set_id(struct bpf_program *program, __u32 id, int btf_fd);
/* The programs with ids are loaded. */
void sections_forget_ids(void);

/* "SYSTEM:NAME" of the tracepoint whose record @program is given; false: it is given none. */
bool sections_event(const struct bpf_program *program, char *event, size_t size);

#endif
