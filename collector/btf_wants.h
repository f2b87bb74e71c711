/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_wants.h - which of the kernel's types an object of ours refers to, by their names
 *
 * See btf_cut.h, of which this is the first half; the second one looks for them.
 */
#ifndef TARSIER_BTF_WANTS_H
#define TARSIER_BTF_WANTS_H

#include <stdbool.h>

#include "btf_file.h"

struct btf;
struct btf_id;

/* Several times what our objects have together; what does not fit is refused. */
#define NAMES_MAX 1024
#define WANTS_MAX 256
#define MEMBERS_MAX 1024
#define IDS_MAX 64

#define NAME_SIZE 512 /* KSYM_NAME_LEN */
#define NONE 0xffff

struct name {
	const char *text; /* not terminated */
	__u16 length;
	__u16 next; /* of the bucket, one more than the index; 0: none */
};

/* A struct, union or enum; name NONE: without a name, the type of a member. */
struct want {
	__u16 name;
	__u8 kind; /* BTF_KIND_ENUM: of either size */
};

/* A member or enumerator of a want; inner: the want that is its type, or that of its elements. */
struct want_member {
	__u16 want;
	__u16 name;
	__u16 inner;
};

struct want_id {
	struct btf_id *id;
	__u16 name;
	bool open; /* is being looked for */
};

struct btf_wants {
	struct btf_string_visitor strings; /* its buckets lead to the names */
	unsigned int name_count, type_count, member_count, id_count;
	struct name name[NAMES_MAX];
	struct want type[WANTS_MAX];
	struct want_member member[MEMBERS_MAX];
	struct want_id id[IDS_MAX];
};

/* Of a type. */
bool btf_is_modifier(__u32 kind);
bool btf_is_struct_or_union(__u32 kind);
/* Both kinds of enums are one to CO-RE. */
__u32 btf_plain_kind(const struct btf_type *type);

/* Nothing is wanted yet. */
void btf_wants_begin(struct btf_wants *wants);
/* As btf_cut_want_types() and btf_cut_want_id(). */
int btf_wants_types(struct btf_wants *wants, const struct btf *local);
int btf_wants_id(struct btf_wants *wants, struct btf_id *wanted);
/* The member called @name, which is an index; NULL: it is not wanted. */
struct want_member *btf_wants_member(struct btf_wants *wants, __u16 want, int name);

#endif
