/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_file.h - the kernel's type information (BTF), read from its file in small pieces
 *
 * The file is raw BTF (/sys/kernel/btf/vmlinux, /sys/kernel/btf/MODULE, what bpftool gen min_core_btf
 * writes) or ELF with a section .BTF (vmlinux).  It has millions of bytes, of which a few hundred
 * matter here: only one piece is kept, and where in the file each piece of the types begins.
 *
 * Nothing in the file is trusted.  What returns int returns 0 or -errno; then btf_file.why says in one
 * line, which begins with the file's path, why.
 */
#ifndef TARSIER_BTF_FILE_H
#define TARSIER_BTF_FILE_H

#include <linux/btf.h>
#include <linux/types.h>

#define BTF_WHY 160
#define BTF_PIECE 4096u /* as much as sysfs gives at a time */

struct btf_section {
	__u64 begin; /* in the file */
	__u32 size;
};

/* The types that begin in one piece: the first one's id, and its place in the section. */
struct btf_piece {
	__u32 id;
	__u32 at;
};

struct btf_file {
	char why[BTF_WHY];
	__u32 first_id; /* 1; of a module: the one after its base's last */
	__u32 next_id;	/* the one after the last; known when all types were visited */
	/* private */
	const char *path;
	int fd;
	struct btf_section types;
	struct btf_section strings;
	__u32 first_string; /* offset: 0; of a module: the size of its base's strings */
	struct btf_piece *piece;
	unsigned int pieces;
	/* the bytes that are here, one word after the array's begin */
	__u64 here;
	__u32 here_size;
	__u64 word[1 + BTF_PIECE / 8];
};

/* @path has to outlive @file.  A file that could not be opened need not be closed, but may be. */
int btf_file_open(struct btf_file *file, const char *path);
/*
 * A module's, whose ids and strings go on where those of @base end.  @base's types were visited; it may be
 * closed since.
 */
int btf_file_open_split(struct btf_file *file, const char *path, const struct btf_file *base);
void btf_file_close(struct btf_file *file);

/*
 * All strings, to find the wanted ones among them.  A string is of the bucket btf_string_bucket();
 * those of a bucket that is 0 are passed by.
 */
#define BTF_BUCKETS 2048

struct btf_string_visitor {
	__u16 bucket[BTF_BUCKETS];
	/* @offset is what types call it by; @text is valid until visit() returns */
	int (*visit)(struct btf_string_visitor *visitor, __u16 bucket, const char *text,
		     __u32 length, __u32 offset);
};

unsigned int btf_string_bucket(const char *text, __u32 length);
int btf_file_visit_strings(struct btf_file *file, struct btf_string_visitor *visitor);

/* All types by their ids; those are passed by whose filter[name_off % BTF_FILTER] is 0. */
#define BTF_FILTER 8192

struct btf_type_visitor {
	__u8 filter[BTF_FILTER];
	/* must not read from the file */
	int (*visit)(struct btf_type_visitor *visitor, const struct btf_type *type, __u32 id);
};

int btf_file_visit_types(struct btf_file *file, struct btf_type_visitor *visitor);

/* One type, and the place in the section of what follows its struct btf_type; all were visited. */
int btf_file_type(struct btf_file *file, __u32 id, struct btf_type *type, __u32 *rest);
/* @size bytes of the types, at most BTF_PIECE of them. */
int btf_file_read(struct btf_file *file, __u32 at, void *bytes, __u32 size);
/* A string, its end left out when it has @size characters or more.  Not of a module. */
int btf_file_string(struct btf_file *file, __u32 offset, char *text, __u32 size);

/* Says why, and returns @err. */
__attribute__((format(printf, 3, 4))) int btf_file_refuse(struct btf_file *file, int err,
							  const char *format, ...);

#endif
