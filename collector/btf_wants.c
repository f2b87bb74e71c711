// SPDX-License-Identifier: GPL-2.0-or-later
/* btf_wants - which of the kernel's types an object of ours refers to, by their names */
#include "btf_wants.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "btf_cut.h"

void btf_wants_begin(struct btf_wants *wants)
{
	/* the arrays stay untouched, and so take no memory, as far as they are not used */
	memset(wants, 0, offsetof(struct btf_wants, name));
}

/* The index of the name, added when it is new; -errno. */
static int want_name(struct btf_wants *wants, const char *text, size_t length)
{
	__u16 *bucket;

	if (!length || length >= NAME_SIZE)
		return -ENAMETOOLONG;
	bucket = &wants->strings.bucket[btf_string_bucket(text, (__u32)length)];
	for (__u16 i = *bucket; i; i = wants->name[i - 1].next)
		if (wants->name[i - 1].length == length &&
		    !memcmp(wants->name[i - 1].text, text, length))
			return i - 1;
	if (wants->name_count == NAMES_MAX)
		return -E2BIG;
	wants->name[wants->name_count] =
		(struct name) { .text = text, .length = (__u16)length, .next = *bucket };
	*bucket = (__u16)++wants->name_count;
	return (int)wants->name_count - 1;
}

/* As libbpf's bpf_core_essential_name_len(): x of x___y. */
static size_t essential_length(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = length; i >= 5; i--)
		if (name[i - 5] != '_' && !memcmp(name + i - 4, "___", 3) && name[i - 1] != '_')
			return i - 4;
	return length;
}

static int want_essential(struct btf_wants *wants, const char *name)
{
	return want_name(wants, name, essential_length(name));
}

static int new_want(struct btf_wants *wants, __u16 name, __u32 kind)
{
	if (wants->type_count == WANTS_MAX)
		return -E2BIG;
	wants->type[wants->type_count] = (struct want) { .name = name, .kind = (__u8)kind };
	return (int)wants->type_count++;
}

bool btf_is_modifier(__u32 kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
	       kind == BTF_KIND_RESTRICT || kind == BTF_KIND_TYPE_TAG;
}

bool btf_is_struct_or_union(__u32 kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

__u32 btf_plain_kind(const struct btf_type *type)
{
	__u32 kind = BTF_INFO_KIND(type->info);

	return kind == BTF_KIND_ENUM64 ? BTF_KIND_ENUM : kind;
}

/* The want of a type that has a name; its index or -errno. */
static int want_named(struct btf_wants *wants, const char *text, __u32 kind)
{
	int name = want_essential(wants, text);

	for (unsigned int i = 0; name >= 0 && i < wants->type_count; i++)
		if (wants->type[i].name == name && wants->type[i].kind == kind)
			return (int)i;
	return name < 0 ? name : new_want(wants, (__u16)name, kind);
}

static int want_members(struct btf_wants *wants, const struct btf *local,
			const struct btf_type *type, __u16 want);

static const struct btf_type *bare_local(const struct btf *local, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(local, id);

	while (type && (btf_is_modifier(BTF_INFO_KIND(type->info)) ||
			BTF_INFO_KIND(type->info) == BTF_KIND_ARRAY))
		type = btf__type_by_id(local, BTF_INFO_KIND(type->info) == BTF_KIND_ARRAY
						      ? btf_array(type)->type
						      : type->type);
	return type;
}

struct want_member *btf_wants_member(struct btf_wants *wants, __u16 want, int name)
{
	for (unsigned int i = 0; i < wants->member_count; i++)
		if (wants->member[i].want == want && wants->member[i].name == name)
			return &wants->member[i];
	return NULL;
}

/*
 * The want that is the type of a member, if it is a struct or union; else NONE.  @known: the member of
 * another flavour; structs without a name are then one.
 */
static int want_inner(struct btf_wants *wants, const struct btf *local, const struct btf_type *type,
		      const struct want_member *known)
{
	int want, err;

	if (!btf_is_struct_or_union(btf_plain_kind(type)))
		return NONE;
	if (type->name_off)
		return want_named(wants, btf__name_by_offset(local, type->name_off),
				  btf_plain_kind(type));
	if (known && known->inner != NONE && wants->type[known->inner].name == NONE)
		want = known->inner;
	else
		want = new_want(wants, NONE, btf_plain_kind(type));
	err = want < 0 ? want : want_members(wants, local, type, (__u16)want);
	return err ? err : want;
}

/* The same member of several flavours, or of several objects, is one. */
static int want_member(struct btf_wants *wants, __u16 want, int name, int inner)
{
	struct want_member *known = btf_wants_member(wants, want, name);

	if (name < 0 || inner < 0)
		return name < 0 ? name : inner;
	if (known && known->inner == NONE)
		known->inner = (__u16)inner;
	if (known)
		return 0;
	if (wants->member_count == MEMBERS_MAX)
		return -E2BIG;
	wants->member[wants->member_count++] =
		(struct want_member) { want, (__u16)name, (__u16)inner };
	return 0;
}

static int want_members(struct btf_wants *wants, const struct btf *local,
			const struct btf_type *type, __u16 want)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *text = btf__name_by_offset(local, member->name_off);
		const struct btf_type *bare = bare_local(local, member->type);
		int name;

		if (!text || !bare)
			return -EINVAL;
		if (*text) {
			name = want_name(wants, text, strlen(text));
			err = want_member(wants, want, name,
					  want_inner(wants, local, bare,
						     btf_wants_member(wants, want, name)));
		} else if (btf_is_struct_or_union(btf_plain_kind(bare))) {
			err = want_members(wants, local, bare, want);
		}
	}
	return err;
}

static int want_enumerators(struct btf_wants *wants, const struct btf *local,
			    const struct btf_type *type, __u16 want)
{
	bool is_64 = BTF_INFO_KIND(type->info) == BTF_KIND_ENUM64;
	int err = 0;

	for (unsigned int i = 0; !err && i < btf_vlen(type); i++) {
		__u32 offset = is_64 ? btf_enum64(type)[i].name_off : btf_enum(type)[i].name_off;
		const char *name = btf__name_by_offset(local, offset);

		err = name ? want_member(wants, want, want_essential(wants, name), NONE) : -EINVAL;
	}
	return err;
}

int btf_wants_types(struct btf_wants *wants, const struct btf *local)
{
	int err = 0;

	for (__u32 id = 1; !err && id < btf__type_cnt(local); id++) {
		const struct btf_type *type = btf__type_by_id(local, id);
		__u32 kind = btf_plain_kind(type);
		int want;

		if (!type->name_off || !(btf_is_struct_or_union(kind) || kind == BTF_KIND_ENUM))
			continue;
		want = want_named(wants, btf__name_by_offset(local, type->name_off), kind);
		if (want < 0)
			return want;
		err = kind == BTF_KIND_ENUM ? want_enumerators(wants, local, type, (__u16)want)
					    : want_members(wants, local, type, (__u16)want);
	}
	return err;
}

int btf_wants_id(struct btf_wants *wants, struct btf_id *wanted)
{
	int name = want_name(wants, wanted->name, strlen(wanted->name));

	if (name < 0)
		return name;
	if (wants->id_count == IDS_MAX)
		return -E2BIG;
	wanted->id = 0;
	wanted->count = 0;
	wants->id[wants->id_count++] = (struct want_id) { .id = wanted, .name = (__u16)name };
	return 0;
}
