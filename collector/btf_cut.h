/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_cut.h - the few types that an object of ours refers to, cut out of the kernel's
 *
 * libbpf needs the kernel's types to learn the true offsets of what a BPF object reads (CO-RE), and
 * takes 7 to 14 MB to parse them all.  It gives the same answers by a cut of some hundred bytes: the
 * structs, unions and enums that the object itself describes, of their true size, with only the
 * members that it describes, at their true offsets.
 *
 *	btf_cut_open(&cut);
 *	btf_cut_want_types(cut, bpf_object__btf(object));
 *	btf_cut_want_id(cut, &id);
 *	btf_file_open(&file, path);
 *	btf_cut_make(cut, &file, &made);		file.why says why not
 *	btf_cut_close(cut);
 *	btf_file_close(&file);
 */
#ifndef TARSIER_BTF_CUT_H
#define TARSIER_BTF_CUT_H

#include <linux/types.h>

#include "btf_file.h"

struct btf;
struct btf_cut;

/* A type whose id is wanted: the caller's, kept until the cut is closed. */
struct btf_id {
	const char *name;
	__u32 kind; /* BTF_KIND_TYPEDEF, BTF_KIND_FUNC ... */
	/* out */
	__u32 id;	    /* of the first one; 0: not there */
	unsigned int count; /* how many there are */
};

/* All return 0 or -errno. */
int btf_cut_open(struct btf_cut **out);
void btf_cut_close(struct btf_cut *cut);

/*
 * Every struct, union and enum that @local defines, with the members it gives them.  Flavours
 * (task_struct___state) count under the name before "___".  Several objects may be added.  The names
 * are @local's: it has to outlive the cut.
 */
int btf_cut_want_types(struct btf_cut *cut, const struct btf *local);
int btf_cut_want_id(struct btf_cut *cut, struct btf_id *wanted);

/*
 * Look for all that is wanted in @file.  The caller owns *@made (btf__free()) and may add to it.  On
 * failure file->why says why.
 */
int btf_cut_make(struct btf_cut *cut, struct btf_file *file, struct btf **made);

/*
 * Look in @module, opened by btf_file_open_split() on the file that the cut was made of, for those
 * wanted ids that are 0 so far.
 */
int btf_cut_find_ids(struct btf_cut *cut, struct btf_file *module);

#endif
