// SPDX-License-Identifier: GPL-2.0-or-later
/* btf_cut - the few types that an object of ours refers to, cut out of the kernel's */
#include "btf_cut.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "btf_wants.h"

#define PARTS_MAX 1024
#define CHAIN_MAX 32 /* as many modifiers and typedefs as libbpf follows */
#define POINTER                                                                                    \
	0 /* in place of an id: all pointers are one type, since what they point to is not asked */

/* A name that the kernel has too, in the order of the offsets. */
struct found {
	__u32 offset;
	__u16 name;
};

/* A type of the cut: the kernel's, and the want by which its members are chosen.  Its id is that after its
 * index. */
struct part {
	__u32 id;
	__u16 want;
	bool named;
};

/* What a type is when modifiers and typedefs are taken off. */
struct bare {
	__u32 of;
	__u32 id;
	__u32 kind;
};

struct btf_cut {
	struct btf_type_visitor types;
	struct btf_file *file; /* the one that is being read */
	struct btf *made;
	bool takes_parts;
	unsigned int found, base_found, parts;
	struct found found_at[2 * NAMES_MAX];
	struct part part[PARTS_MAX];
	struct bare bare[64]; /* the last ones, by id */
	struct btf_wants wants;
};

int btf_cut_open(struct btf_cut **out)
{
	struct btf_cut *cut = malloc(sizeof(*cut)); /* at start */

	if (!cut)
		return -ENOMEM;
	/* the arrays stay untouched, and so take no memory, as far as they are not used */
	memset(cut, 0, offsetof(struct btf_cut, found_at));
	btf_wants_begin(&cut->wants);
	*out = cut;
	return 0;
}

void btf_cut_close(struct btf_cut *cut)
{
	free(cut);
}

int btf_cut_want_types(struct btf_cut *cut, const struct btf *local)
{
	return btf_wants_types(&cut->wants, local);
}

int btf_cut_want_id(struct btf_cut *cut, struct btf_id *wanted)
{
	return btf_wants_id(&cut->wants, wanted);
}

/* ---- Looking for it */

static struct btf_cut *cut_of_strings(struct btf_string_visitor *visitor)
{
	return (struct btf_cut *)((char *)visitor - offsetof(struct btf_cut, wants.strings));
}

static struct btf_cut *cut_of_types(struct btf_type_visitor *visitor)
{
	return (struct btf_cut *)((char *)visitor - offsetof(struct btf_cut, types));
}

static int find_name(struct btf_string_visitor *visitor, __u16 bucket, const char *text,
		     __u32 length, __u32 offset)
{
	struct btf_cut *cut = cut_of_strings(visitor);

	for (__u16 i = bucket; i; i = cut->wants.name[i - 1].next) {
		const struct name *name = &cut->wants.name[i - 1];

		if (name->length != length || memcmp(name->text, text, length))
			continue;
		/* tools write each string once, a module those again that it took from another base */
		if (cut->found == sizeof(cut->found_at) / sizeof(cut->found_at[0]))
			return btf_file_refuse(cut->file, -E2BIG,
					       "is BTF with the same strings many times");
		cut->found_at[cut->found++] = (struct found) { offset, i - 1 };
		cut->types.filter[offset % BTF_FILTER] = 1;
		break;
	}
	return 0;
}

/* The wanted name that is at @offset; NONE. */
static __u16 name_at(const struct btf_cut *cut, __u32 offset)
{
	unsigned int low = 0, high = cut->found;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (cut->found_at[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < cut->found && cut->found_at[low].offset == offset ? cut->found_at[low].name
								       : NONE;
}

/* The part's id in the cut; -errno. */
static int add_part(struct btf_cut *cut, __u32 id, __u16 want, bool named)
{
	if (cut->parts == PARTS_MAX)
		return btf_file_refuse(cut->file, -E2BIG,
				       "is BTF with too many types of the names that are read");
	cut->part[cut->parts++] = (struct part) { id, want, named };
	return (int)cut->parts;
}

static int find_type(struct btf_type_visitor *visitor, const struct btf_type *type, __u32 id)
{
	struct btf_cut *cut = cut_of_types(visitor);
	__u16 name = type->name_off ? name_at(cut, type->name_off) : NONE;
	int part = 0;

	if (name == NONE)
		return 0;
	for (unsigned int i = 0; i < cut->wants.id_count; i++) {
		struct want_id *want = &cut->wants.id[i];

		if (want->name != name || !want->open ||
		    want->id->kind != BTF_INFO_KIND(type->info))
			continue;
		if (!want->id->count++)
			want->id->id = id;
	}
	for (unsigned int i = 0; cut->takes_parts && part >= 0 && i < cut->wants.type_count; i++)
		if (cut->wants.type[i].name == name &&
		    cut->wants.type[i].kind == btf_plain_kind(type))
			part = add_part(cut, id, (__u16)i, true);
	return part < 0 ? part : 0;
}

static int look_into(struct btf_cut *cut, struct btf_file *file)
{
	int err;

	cut->file = file;
	cut->wants.strings.visit = find_name;
	cut->types.visit = find_type;
	for (unsigned int i = 0; i < cut->wants.id_count; i++) {
		cut->wants.id[i].open = !cut->wants.id[i].id->id;
		if (cut->wants.id[i].open)
			cut->wants.id[i].id->count = 0;
	}
	err = btf_file_visit_strings(file, &cut->wants.strings);
	return err ? err : btf_file_visit_types(file, &cut->types);
}

int btf_cut_find_ids(struct btf_cut *cut, struct btf_file *module)
{
	int err;

	cut->takes_parts = false;
	err = look_into(cut, module);
	cut->found = cut->base_found;
	return err;
}

/* ---- Cutting it out */

/* Of the kernel's type @id. */
static int find_bare(struct btf_cut *cut, __u32 id, struct bare *bare)
{
	struct bare *last = &cut->bare[id % (sizeof(cut->bare) / sizeof(cut->bare[0]))];
	struct btf_type type;
	__u32 rest, of = id;
	int err = 0;

	for (unsigned int i = 0; last->of != of && i < CHAIN_MAX; i++) {
		err = btf_file_type(cut->file, id, &type, &rest);
		if (err)
			return err;
		if (!btf_is_modifier(BTF_INFO_KIND(type.info)))
			*last = (struct bare) { of, id, BTF_INFO_KIND(type.info) };
		id = type.type;
	}
	if (last->of != of)
		return btf_file_refuse(cut->file, -EINVAL, "is BTF with an endless type: id %u",
				       of);
	*bare = *last;
	return 0;
}

/* The part of the cut for the kernel's type @id; NONE for @want: whatever it was made by. */
static int find_part(const struct btf_cut *cut, __u32 id, __u16 want)
{
	for (unsigned int i = 0; i < cut->parts; i++)
		if (cut->part[i].id == id && (cut->part[i].want == want || want == NONE))
			return (int)i + 1;
	return 0;
}

/*
 * The id in the cut of what is the kernel's type @of; -errno.  Of a struct or union (or an array of
 * these) the members are chosen by @want; NONE: none is asked, but its size is.
 */
static int part_of(struct btf_cut *cut, const struct bare *of, __u16 want)
{
	__u32 id = of->id;
	int part;

	switch (of->kind) {
	case BTF_KIND_PTR:
		id = POINTER;
		want = NONE;
		break;
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		want = NONE;
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ARRAY:
		break;
	default:
		return btf_file_refuse(cut->file, -EINVAL,
				       "is BTF with a member of no size: type %u", id);
	}
	part = find_part(cut, id, want);
	return part ? part : add_part(cut, id, want, false);
}

static const struct want_member *member_of(struct btf_cut *cut, __u16 want, __u32 name_offset)
{
	__u16 name = name_at(cut, name_offset);

	return name == NONE ? NULL : btf_wants_member(&cut->wants, want, name);
}

static const char *text_of(const struct btf_cut *cut, __u16 name, char text[NAME_SIZE])
{
	memcpy(text, cut->wants.name[name].text, cut->wants.name[name].length);
	text[cut->wants.name[name].length] = '\0';
	return text;
}

/* libbpf says what its writer refuses as -EINVAL, which is the file's fault. */
static int written(struct btf_cut *cut, int result)
{
	return result < 0 ? btf_file_refuse(cut->file, result,
					    "is BTF with a type that cannot be right: %s",
					    strerror(-result))
			  : 0;
}

/* One member of the kernel's, if it is wanted or may hold what is wanted. */
static int cut_member(struct btf_cut *cut, __u16 want, bool has_bits, struct btf_member member)
{
	__u32 offset = has_bits ? BTF_MEMBER_BIT_OFFSET(member.offset) : member.offset;
	__u32 bits = has_bits ? BTF_MEMBER_BITFIELD_SIZE(member.offset) : 0;
	const struct want_member *wanted = NULL;
	char text[NAME_SIZE] = "";
	struct bare bare;
	int id, err;

	if (member.name_off) {
		wanted = member_of(cut, want, member.name_off);
		if (!wanted)
			return 0;
		text_of(cut, wanted->name, text);
	}
	err = find_bare(cut, member.type, &bare);
	if (err || (!wanted && !btf_is_struct_or_union(bare.kind)))
		return err;
	id = part_of(cut, &bare, wanted ? wanted->inner : want);
	return id < 0 ? id : written(cut, btf__add_field(cut->made, text, id, offset, bits));
}

static int cut_members(struct btf_cut *cut, const struct part *part, const struct btf_type *type,
		       __u32 rest)
{
	struct btf_member member;
	int err = 0;

	for (unsigned int i = 0; !err && part->want != NONE && i < BTF_INFO_VLEN(type->info); i++) {
		err = btf_file_read(cut->file, rest + i * (__u32)sizeof(member), &member,
				    sizeof(member));
		err = err ? err : cut_member(cut, part->want, BTF_INFO_KFLAG(type->info), member);
	}
	return err;
}

/* The struct or union: only what bears a wanted name is a candidate for libbpf. */
static int cut_composite(struct btf_cut *cut, const struct part *part, const struct btf_type *type,
			 __u32 rest)
{
	char text[NAME_SIZE];
	const char *name =
		part->named ? text_of(cut, cut->wants.type[part->want].name, text) : NULL;
	int id = BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT
			 ? btf__add_struct(cut->made, name, type->size)
			 : btf__add_union(cut->made, name, type->size);

	return id < 0 ? written(cut, id) : cut_members(cut, part, type, rest);
}

static int cut_enumerator(struct btf_cut *cut, __u16 want, __u32 name_offset, __u64 value,
			  bool is_64)
{
	const struct want_member *wanted = member_of(cut, want, name_offset);
	char text[NAME_SIZE];

	if (!wanted)
		return 0;
	text_of(cut, wanted->name, text);
	return written(cut, is_64 ? btf__add_enum64_value(cut->made, text, value)
				  : btf__add_enum_value(cut->made, text, (__s64)value));
}

static int cut_enumerators(struct btf_cut *cut, __u16 want, const struct btf_type *type, __u32 rest)
{
	bool is_64 = BTF_INFO_KIND(type->info) == BTF_KIND_ENUM64,
	     is_signed = BTF_INFO_KFLAG(type->info);
	__u32 size = is_64 ? sizeof(struct btf_enum64) : sizeof(struct btf_enum);
	int err = 0;

	for (unsigned int i = 0; !err && want != NONE && i < BTF_INFO_VLEN(type->info); i++) {
		struct btf_enum64 row = { 0 };
		__u64 value;

		err = btf_file_read(cut->file, rest + i * size, &row, size);
		if (err)
			break;
		value = row.val_lo32 | (__u64)row.val_hi32 << 32;
		if (!is_64 && is_signed)
			value = (__u64)(__s64)(__s32)row.val_lo32;
		err = cut_enumerator(cut, want, row.name_off, value, is_64);
	}
	return err;
}

/* An enum of any name may be a member's, and is compatible only with one of the same name. */
static int cut_enum(struct btf_cut *cut, const struct part *part, const struct btf_type *type,
		    __u32 rest)
{
	char name[NAME_SIZE] = "";
	int id, err = 0;

	if (type->name_off)
		err = btf_file_string(cut->file, type->name_off, name, sizeof(name));
	if (err)
		return err;
	id = BTF_INFO_KIND(type->info) == BTF_KIND_ENUM64
		     ? btf__add_enum64(cut->made, name, type->size, BTF_INFO_KFLAG(type->info))
		     : btf__add_enum(cut->made, name, type->size);
	if (id < 0)
		return written(cut, id);
	/* the writer takes an enum for signed only when one of its values is negative */
	((struct btf_type *)btf__type_by_id(cut->made, (__u32)id))->info |= type->info & 1u << 31;
	return cut_enumerators(cut, part->want, type, rest);
}

static int cut_number(struct btf_cut *cut, const struct btf_type *type, __u32 rest)
{
	char name[NAME_SIZE];
	__u32 encoding = 0;
	int err = btf_file_string(cut->file, type->name_off, name, sizeof(name));

	if (!err && BTF_INFO_KIND(type->info) == BTF_KIND_INT)
		err = btf_file_read(cut->file, rest, &encoding, sizeof(encoding));
	if (err)
		return err;
	if (BTF_INFO_KIND(type->info) == BTF_KIND_FLOAT)
		return written(cut, btf__add_float(cut->made, name, type->size));
	return written(cut,
		       btf__add_int(cut->made, name, type->size, (int)BTF_INT_ENCODING(encoding)));
}

static int cut_array(struct btf_cut *cut, const struct part *part, __u32 rest)
{
	struct btf_array array;
	struct bare element, index;
	int element_id, index_id, err;

	err = btf_file_read(cut->file, rest, &array, sizeof(array));
	err = err ? err : find_bare(cut, array.type, &element);
	err = err ? err : find_bare(cut, array.index_type, &index);
	if (err)
		return err;
	element_id = part_of(cut, &element, part->want);
	index_id = element_id < 0 ? element_id : part_of(cut, &index, NONE);
	if (index_id < 0)
		return index_id;
	return written(cut, btf__add_array(cut->made, index_id, element_id, array.nelems));
}

/* May add parts, which then come after all that are there. */
static int cut_part(struct btf_cut *cut, const struct part *part)
{
	struct btf_type type;
	__u32 rest;
	int err;

	if (part->id == POINTER)
		return written(cut, btf__add_ptr(cut->made, 0));
	err = btf_file_type(cut->file, part->id, &type, &rest);
	if (err)
		return err;
	switch (BTF_INFO_KIND(type.info)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return cut_composite(cut, part, &type, rest);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return cut_enum(cut, part, &type, rest);
	case BTF_KIND_ARRAY:
		return cut_array(cut, part, rest);
	default:
		return cut_number(cut, &type, rest);
	}
}

static int cut_parts(struct btf_cut *cut, struct btf **made)
{
	int err = 0;

	cut->made = btf__new_empty();
	if (!cut->made)
		return btf_file_refuse(cut->file, -ENOMEM, "needs more memory");
	for (unsigned int i = 0; !err && i < cut->parts; i++)
		err = cut_part(cut, &cut->part[i]);
	if (err)
		btf__free(cut->made);
	else
		*made = cut->made;
	cut->made = NULL;
	return err;
}

int btf_cut_make(struct btf_cut *cut, struct btf_file *file, struct btf **made)
{
	int err;

	cut->takes_parts = true;
	cut->found = cut->parts = 0;
	memset(cut->types.filter, 0, sizeof(cut->types.filter));
	memset(cut->bare, 0, sizeof(cut->bare));
	err = look_into(cut, file);
	cut->base_found = cut->found;
	return err ? err : cut_parts(cut, made);
}
