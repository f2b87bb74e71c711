/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_supply.h - what our BPF objects have to be told of this kernel before they are loaded
 *
 * libbpf would read all the type information that the kernel has, 5 MB, for the few offsets that an
 * object needs: at a peak of 7 to 14 MB of memory.  Instead each object gets just what it refers to:
 *
 * - fields of the kernel's structs, cut out of its type information (btf_cut.h);
 * - fields of tracepoints' records, as struct event__SYSTEM__NAME, from tracefs;
 * - the type ids of what its programs are attached to: tp_btf/, fentry, fexit, iter/.
 */
#ifndef TARSIER_BTF_SUPPLY_H
#define TARSIER_BTF_SUPPLY_H

#include <stdbool.h>

struct bpf_object;
struct bpf_object_open_opts;

#define BTF_SUPPLY_WHY 160

/*
 * Take the types from @file instead of /sys/kernel/btf/vmlinux; NULL: from there.  0, or -errno and the
 * user has been told why @file is refused.
 */
int btf_supply_open(const char *file);
/* After the last object is loaded. */
void btf_supply_close(void);

/* NULL, or why the layout of the kernel's structs is not known, as a line for the user. */
const char *btf_supply_lacks_types(void);
/* NULL, or why no program can be attached by a type id, as a line for the user. */
const char *btf_supply_lacks_ids(void);

/* With these options each object is opened. */
const struct bpf_object_open_opts *btf_supply_options(void);

/*
 * Before @object is loaded, when it is settled which of its programs will be: supply it.  @function is what its
 * fentry and fexit programs are attached to; NULL: it has none.  0, or -errno and the reason in @why.
 */
int btf_supply(struct bpf_object *object, const char *function, char why[BTF_SUPPLY_WHY]);

/* What it was supplied with: has the kernel's struct @type, which it refers to, the field @member? */
bool btf_supply_has_member(const char *type, const char *member);

#endif
