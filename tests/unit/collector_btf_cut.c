// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_btf_cut - cuts of made-up kernels: what is in them, whose ids are found, and damage */
#include "fakes.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "btf_cut.h"

static struct btf *kernel, *local, *made;
static struct btf_cut *cut;
static struct btf_file file;

static int open_both(void **state)
{
	(void)state;
	kernel = btf__new_empty();
	local = btf__new_empty();
	return !kernel || !local || btf_cut_open(&cut);
}

static int close_both(void **state)
{
	(void)state;
	btf_cut_close(cut);
	btf__free(made);
	btf__free(local);
	btf__free(kernel);
	made = NULL;
	return 0;
}

static const char *file_of_btf(const struct btf *btf)
{
	__u32 size;
	const void *bytes = btf__raw_data(btf, &size);

	return file_of(bytes, size);
}

static void make(void)
{
	int err;

	assert_int_equal(btf_cut_want_types(cut, local), 0);
	assert_int_equal(btf_file_open(&file, file_of_btf(kernel)), 0);
	err = btf_cut_make(cut, &file, &made);
	if (err)
		fail_msg("%d: %s", err, file.why);
	btf_file_close(&file);
}

/* ---- Types of a made-up kernel and a made-up object, by their ids */

static int is(int id)
{
	assert_true(id > 0);
	return id;
}

static int int_of(struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "int", BTF_KIND_INT);

	return id > 0 ? id : is(btf__add_int(btf, "int", 4, BTF_INT_SIGNED));
}

static void field(struct btf *btf, const char *name, int type, __u32 bit)
{
	assert_int_equal(btf__add_field(btf, name, type, bit, 0), 0);
}

/* A struct of the object with int members of these names. */
static int want(const char *name, const char *const *members, unsigned int count)
{
	int number = int_of(local), id = is(btf__add_struct(local, name, 4 * count));

	for (unsigned int i = 0; i < count; i++)
		field(local, members[i], number, 32 * i);
	return id;
}

#define WANT(name, ...)                                                                            \
	want(name, (const char *const[]) { __VA_ARGS__ },                                          \
	     COUNT_OF(((const char *const[]) { __VA_ARGS__ })))

/* ---- The cut as text */

static char text[2048];

__attribute__((format(printf, 1, 2))) static void show(const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, sizeof(text) - length, format, arguments);
	va_end(arguments);
}

static void show_type(__u32 id);

static void show_members(const struct btf_type *type)
{
	show("%s %u {", btf_is_union(type) ? "union" : "struct", type->size);
	for (__u16 i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		__u32 bits = btf_member_bitfield_size(type, i);

		show(" %s@%u", btf__name_by_offset(made, member->name_off),
		     btf_member_bit_offset(type, i));
		if (bits)
			show(":%u", bits);
		show("=");
		show_type(member->type);
	}
	show(" }");
}

static void show_enum(const struct btf_type *type)
{
	show("%senum %s%u {", btf_kflag(type) ? "signed " : "", btf_is_enum(type) ? "" : "64 ",
	     type->size);
	for (__u16 i = 0; i < btf_vlen(type); i++) {
		const struct btf_enum *row = &btf_enum(type)[i];
		const struct btf_enum64 *row64 = &btf_enum64(type)[i];

		if (btf_is_enum(type))
			show(" %s=%d", btf__name_by_offset(made, row->name_off), row->val);
		else
			show(" %s=%llu", btf__name_by_offset(made, row64->name_off),
			     (unsigned long long)btf_enum64_value(row64));
	}
	show(" }");
}

/* What has a name and is not asked for is not shown again. */
static void show_type(__u32 id)
{
	const struct btf_type *type = btf__type_by_id(made, id);
	const char *name = btf__name_by_offset(made, type->name_off);

	if (btf_is_composite(type) && !*name)
		show_members(type);
	else if (btf_is_any_enum(type) && !*name)
		show_enum(type);
	else if (btf_is_composite(type) || btf_is_any_enum(type))
		show("%s", name);
	else if (btf_is_array(type)) {
		show("[%u]", btf_array(type)->nelems);
		show_type(btf_array(type)->type);
	} else if (btf_is_ptr(type))
		show(type->type ? "wrong" : "*");
	else
		show("%s%u%s", name, type->size,
		     btf_is_int(type) && btf_int_encoding(type) & BTF_INT_SIGNED ? "s" : "");
}

/* All types of that name. */
static const char *cut_of(const char *name)
{
	text[0] = '\0';
	for (__u32 id = 1; id < btf__type_cnt(made); id++) {
		const struct btf_type *type = btf__type_by_id(made, id);

		if (strcmp(btf__name_by_offset(made, type->name_off), name))
			continue;
		if (text[0])
			show("; ");
		if (btf_is_composite(type))
			show_members(type);
		else if (btf_is_any_enum(type))
			show_enum(type);
		else
			show("other");
	}
	return text;
}

/* ---- Tests */

static void only_wanted_members_are_kept(void **state)
{
	int number = int_of(kernel), longer = is(btf__add_int(kernel, "long", 8, 0));
	int real = is(btf__add_float(kernel, "double", 8));

	(void)state;
	is(btf__add_struct(kernel, "task", 100));
	field(kernel, "a", number, 64);
	field(kernel, "other", number, 96);
	field(kernel, "b", longer, 128);
	field(kernel, "f", real, 192);
	is(btf__add_struct(kernel, "not_wanted", 4));
	field(kernel, "a", number, 0);
	WANT("task", "b", "a", "f", "not_there");
	WANT("own", "a");
	make();
	assert_string_equal(cut_of("task"), "struct 100 { a@64=int4s b@128=long8 f@192=double8 }");
	assert_string_equal(cut_of("not_wanted"), "");
	assert_string_equal(cut_of("own"), "");
	assert_int_equal(btf__type_cnt(made), 5);
}

static void modifiers_are_taken_off(void **state)
{
	int number = int_of(kernel), type;

	(void)state;
	type = is(btf__add_const(kernel, number));
	type = is(btf__add_typedef(kernel, "u32", type));
	type = is(btf__add_volatile(kernel, type));
	type = is(btf__add_type_tag(kernel, "rcu", type));
	is(btf__add_struct(kernel, "task", 8));
	field(kernel, "a", type, 0);
	field(kernel, "b", number, 32);
	WANT("task", "a", "b");
	make();
	assert_string_equal(cut_of("task"), "struct 8 { a@0=int4s b@32=int4s }");
	assert_int_equal(btf__type_cnt(made), 3);
}

static void pointers_and_arrays(void **state)
{
	int number = int_of(kernel), array, pointer, other;

	(void)state;
	array = is(btf__add_array(kernel, number, number, 4));
	array = is(btf__add_array(kernel, number, array, 2));
	pointer = is(btf__add_ptr(kernel, number));
	other = is(btf__add_ptr(kernel, btf__add_fwd(kernel, "nothing", BTF_FWD_STRUCT)));
	is(btf__add_struct(kernel, "task", 64));
	field(kernel, "array", array, 0);
	field(kernel, "pointer", pointer, 256);
	field(kernel, "other", other, 320);
	WANT("task", "array", "pointer", "other");
	make();
	assert_string_equal(cut_of("task"),
			    "struct 64 { array@0=[2][4]int4s pointer@256=* other@320=* }");
	assert_int_equal(btf__type_cnt(made), 6);
}

static void bit_fields_keep_their_sizes(void **state)
{
	int number = int_of(kernel);

	(void)state;
	is(btf__add_struct(kernel, "task", 8));
	assert_int_equal(btf__add_field(kernel, "a", number, 0, 3), 0);
	assert_int_equal(btf__add_field(kernel, "b", number, 3, 7), 0);
	assert_int_equal(btf__add_field(kernel, "c", number, 32, 0), 0);
	WANT("task", "b", "c");
	make();
	assert_string_equal(cut_of("task"), "struct 8 { b@3:7=int4s c@32=int4s }");
}

static void nameless_members_are_kept_around_wanted_ones(void **state)
{
	int number = int_of(kernel), inner, outer;

	(void)state;
	inner = is(btf__add_struct(kernel, NULL, 12));
	field(kernel, "x", number, 0);
	field(kernel, "deep", number, 64);
	outer = is(btf__add_union(kernel, NULL, 16));
	field(kernel, "y", number, 0);
	field(kernel, NULL, inner, 0);
	outer = is(btf__add_const(kernel, outer));
	is(btf__add_struct(kernel, "task", 32));
	field(kernel, "a", number, 0);
	field(kernel, NULL, outer, 64);
	WANT("task", "a", "deep");
	make();
	assert_string_equal(cut_of("task"), "struct 32 { a@0=int4s "
					    "@64=union 16 { @0=struct 12 { deep@64=int4s } } }");
}

/* In the object a member may be nameless that is not so in the kernel, and the other way round. */
static void nameless_members_of_the_object_count_as_its_own(void **state)
{
	int number = int_of(kernel), inner;

	(void)state;
	is(btf__add_struct(kernel, "task", 32));
	field(kernel, "a", number, 0);
	field(kernel, "deep", number, 96);
	number = int_of(local);
	inner = is(btf__add_union(local, NULL, 4));
	field(local, "deep", number, 0);
	is(btf__add_struct(local, "task", 8));
	field(local, NULL, inner, 0);
	make();
	assert_string_equal(cut_of("task"), "struct 32 { deep@96=int4s }");
}

static void flavours_are_one_type(void **state)
{
	int number = int_of(kernel);

	(void)state;
	is(btf__add_struct(kernel, "task", 32));
	field(kernel, "state", number, 0);
	field(kernel, "pid", number, 96);
	is(btf__add_struct(kernel, "rq", 4));
	field(kernel, "clock", number, 0);
	WANT("task", "pid");
	WANT("task___old", "state");
	WANT("rq___only", "clock");
	make();
	assert_string_equal(cut_of("task"), "struct 32 { state@0=int4s pid@96=int4s }");
	assert_string_equal(cut_of("rq"), "struct 4 { clock@0=int4s }");
}

static void types_of_one_name_are_all_cut(void **state)
{
	int number = int_of(kernel), first, second;

	(void)state;
	first = is(btf__add_struct(kernel, "twice", 4));
	field(kernel, "a", number, 0);
	second = is(btf__add_struct(kernel, "twice", 8));
	field(kernel, "a", number, 32);
	is(btf__add_union(kernel, "twice", 4));
	field(kernel, "a", number, 0);
	is(btf__add_typedef(kernel, "twice", number));
	is(btf__add_struct(kernel, "task", 64));
	field(kernel, "second", second, 0);
	field(kernel, "first", first, 64);
	WANT("task", "second", "first");
	WANT("twice", "a");
	make();
	assert_string_equal(cut_of("twice"), "struct 4 { a@0=int4s }; struct 8 { a@32=int4s }");
}

static void embedded_structs(void **state)
{
	int number = int_of(kernel), info, other, wanted;

	(void)state;
	info = is(btf__add_struct(kernel, "info", 8));
	field(kernel, "cpu", number, 32);
	field(kernel, "flags", number, 0);
	other = is(btf__add_struct(kernel, "other", 12));
	field(kernel, "cpu", number, 0);
	is(btf__add_struct(kernel, "task", 64));
	field(kernel, "info", info, 0);
	field(kernel, "size_only", other, 64);
	wanted = WANT("info", "cpu");
	is(btf__add_struct(local, "task", 64));
	field(local, "info", wanted, 0);
	field(local, "size_only", int_of(local), 64);
	make();
	assert_string_equal(cut_of("task"), "struct 64 { info@0=info size_only@64=struct 12 { } }");
	assert_string_equal(cut_of("info"), "struct 8 { cpu@32=int4s }");
	assert_string_equal(cut_of("other"), "");
}

/* libbpf does not ask for the name of an embedded struct, so that a renamed one is found as well. */
static void an_embedded_struct_of_another_name(void **state)
{
	int number = int_of(kernel), info, nameless, wanted;

	(void)state;
	info = is(btf__add_struct(kernel, "renamed", 8));
	field(kernel, "flags", number, 0);
	field(kernel, "cpu", number, 32);
	nameless = is(btf__add_struct(kernel, NULL, 8));
	field(kernel, "cpu", number, 0);
	is(btf__add_array(kernel, number, nameless, 2));
	is(btf__add_struct(kernel, "task", 24));
	field(kernel, "info", info, 0);
	field(kernel, "array", nameless + 1, 64);
	wanted = WANT("info", "cpu");
	is(btf__add_struct(local, "task", 64));
	field(local, "info", wanted, 0);
	field(local, "array", wanted, 64);
	make();
	assert_string_equal(cut_of("task"), "struct 24 { info@0=struct 8 { cpu@32=int4s } "
					    "array@64=[2]struct 8 { cpu@0=int4s } }");
}

/* Two flavours each ask for another member of a nameless struct that has a name as a member. */
static void an_embedded_struct_without_a_name(void **state)
{
	int number = int_of(kernel), inner = is(btf__add_struct(kernel, NULL, 16));

	(void)state;
	field(kernel, "x", number, 0);
	field(kernel, "y", number, 32);
	field(kernel, "z", number, 64);
	is(btf__add_struct(kernel, "task", 24));
	field(kernel, "inner", inner, 64);
	for (int i = 0; i < 2; i++) {
		number = int_of(local);
		inner = is(btf__add_struct(local, NULL, 4));
		field(local, i ? "x" : "z", number, 0);
		is(btf__add_struct(local, i ? "task" : "task___z", 4));
		field(local, "inner", inner, 0);
	}
	make();
	assert_string_equal(cut_of("task"),
			    "struct 24 { inner@64=struct 16 { x@0=int4s z@64=int4s } }");
}

static void add_enums(void)
{
	int small, large, is_signed;

	small = is(btf__add_enum(kernel, "type", 4));
	assert_int_equal(btf__add_enum_value(kernel, "ONE", 1), 0);
	assert_int_equal(btf__add_enum_value(kernel, "BIG", 0xffffffff), 0);
	assert_int_equal(btf__add_enum_value(kernel, "OTHER", 3), 0);
	is_signed = is(btf__add_enum(kernel, "sign", 1));
	assert_int_equal(btf__add_enum_value(kernel, "PLUS", 1), 0);
	assert_int_equal(btf__add_enum_value(kernel, "MINUS", -1), 0);
	large = is(btf__add_enum64(kernel, "large", 8, false));
	assert_int_equal(btf__add_enum64_value(kernel, "HUGE", 1ull << 40), 0);
	is(btf__add_struct(kernel, "task", 32));
	field(kernel, "type", small, 0);
	field(kernel, "sign", is_signed, 32);
	field(kernel, "large", large, 64);
}

static void enums_and_enumerators(void **state)
{
	(void)state;
	add_enums();
	is(btf__add_enum(local, "type", 4));
	assert_int_equal(btf__add_enum_value(local, "ONE", 7), 0);
	assert_int_equal(btf__add_enum_value(local, "BIG___now", 7), 0);
	is(btf__add_enum(local, "large", 4)); /* of either kind */
	assert_int_equal(btf__add_enum_value(local, "HUGE", 7), 0);
	WANT("task", "type", "sign", "large");
	make();
	assert_string_equal(cut_of("type"), "enum 4 { ONE=1 BIG=-1 }");
	assert_string_equal(cut_of("large"), "enum 64 8 { HUGE=1099511627776 }");
	assert_string_equal(cut_of("sign"), "signed enum 1 { }");
	assert_string_equal(cut_of("task"),
			    "struct 32 { type@0=type sign@32=sign large@64=large }");
}

static void several_objects_share_a_cut(void **state)
{
	int number = int_of(kernel);
	struct btf *first = local;

	(void)state;
	is(btf__add_struct(kernel, "task", 32));
	field(kernel, "a", number, 0);
	field(kernel, "b", number, 32);
	field(kernel, "c", number, 64);
	WANT("task", "a", "b");
	assert_int_equal(btf_cut_want_types(cut, local), 0);
	local = btf__new_empty();
	WANT("task", "b", "c");
	make();
	assert_string_equal(cut_of("task"), "struct 32 { a@0=int4s b@32=int4s c@64=int4s }");
	btf__free(first);
}

static void add_functions(struct btf *btf)
{
	int proto = is(btf__add_func_proto(btf, 0));

	is(btf__add_func(btf, "once", BTF_FUNC_STATIC, proto));
	is(btf__add_func(btf, "twice", BTF_FUNC_STATIC, proto));
	is(btf__add_func(btf, "twice", BTF_FUNC_STATIC, proto));
	is(btf__add_typedef(btf, "btf_trace_once", proto));
	is(btf__add_typedef(btf, "once", proto));
}

static void ids_are_found(void **state)
{
	struct btf_id once = { .name = "once", .kind = BTF_KIND_FUNC };
	struct btf_id twice = { .name = "twice", .kind = BTF_KIND_FUNC };
	struct btf_id alias = { .name = "once", .kind = BTF_KIND_TYPEDEF };
	struct btf_id nowhere = { .name = "nowhere", .kind = BTF_KIND_FUNC, .id = 7 };

	(void)state;
	add_functions(kernel);
	assert_int_equal(btf_cut_want_id(cut, &once), 0);
	assert_int_equal(btf_cut_want_id(cut, &twice), 0);
	assert_int_equal(btf_cut_want_id(cut, &alias), 0);
	assert_int_equal(btf_cut_want_id(cut, &nowhere), 0);
	make();
	assert_int_equal(once.id, 2);
	assert_int_equal(once.count, 1);
	assert_int_equal(twice.id, 3);
	assert_int_equal(twice.count, 2);
	assert_int_equal(alias.id, 6);
	assert_int_equal(nowhere.id, 0);
	assert_int_equal(nowhere.count, 0);
	assert_int_equal(btf__type_cnt(made), 1);
}

static void ids_of_a_module_are_found(void **state)
{
	struct btf_id once = { .name = "once", .kind = BTF_KIND_FUNC };
	struct btf_id own = { .name = "module_function", .kind = BTF_KIND_FUNC };
	struct btf_id base_name = { .name = "btf_trace_once", .kind = BTF_KIND_FUNC };
	struct btf_file module;
	struct btf *split;

	(void)state;
	add_functions(kernel);
	split = btf__new_empty_split(kernel);
	is(btf__add_func(split, "once", BTF_FUNC_STATIC, 1));
	is(btf__add_func(split, "module_function", BTF_FUNC_STATIC, 1));
	is(btf__add_func(split, "btf_trace_once", BTF_FUNC_STATIC, 1));
	assert_int_equal(btf_cut_want_id(cut, &once), 0);
	assert_int_equal(btf_cut_want_id(cut, &own), 0);
	assert_int_equal(btf_cut_want_id(cut, &base_name), 0);
	make();
	assert_int_equal(own.id, 0);
	for (unsigned int i = 0; i < 2; i++) {
		own.id = base_name.id = 0;
		assert_int_equal(btf_file_open_split(&module, file_of_btf(split), &file), 0);
		assert_int_equal(btf_cut_find_ids(cut, &module), 0);
		btf_file_close(&module);
		assert_int_equal(once.id, 2);
		assert_int_equal(own.id, 8);
		assert_int_equal(own.count, 1);
		assert_int_equal(base_name.id, 9);
	}
	btf__free(split);
}

/* The cut is one that libbpf takes, and that can be cut again. */
static void a_cut_of_a_cut_is_the_same(void **state)
{
	struct btf *first;

	(void)state;
	add_enums();
	WANT("task", "type", "large");
	make();
	cut_of("task");
	first = made;
	assert_int_equal(btf_file_open(&file, file_of_btf(first)), 0);
	assert_int_equal(btf_cut_make(cut, &file, &made), 0);
	btf_file_close(&file);
	assert_string_equal(cut_of("task"), "struct 32 { type@0=type large@64=large }");
	btf__free(first);
}

/* ---- Refusals */

static void refused(const char *why)
{
	assert_int_equal(btf_cut_want_types(cut, local), 0);
	assert_int_equal(btf_file_open(&file, file_of_btf(kernel)), 0);
	assert_true(btf_cut_make(cut, &file, &made) < 0);
	if (!strstr(file.why, why))
		fail_msg("%s", file.why);
	assert_null(made);
	btf_file_close(&file);
}

static void endless_types_are_refused(void **state)
{
	(void)state;
	is(btf__add_typedef(kernel, "a", 2));
	is(btf__add_typedef(kernel, "b", 1));
	is(btf__add_struct(kernel, "task", 4));
	field(kernel, "a", 1, 0);
	WANT("task", "a");
	refused("is BTF with an endless type: id 1");
}

static void references_to_nothing_are_refused(void **state)
{
	(void)state;
	is(btf__add_struct(kernel, "task", 4));
	field(kernel, "a", 99, 0);
	WANT("task", "a");
	refused("is BTF with a reference to no type: id 99");
}

static void members_without_a_size_are_refused(void **state)
{
	(void)state;
	is(btf__add_fwd(kernel, "a", BTF_FWD_STRUCT));
	is(btf__add_struct(kernel, "task", 4));
	field(kernel, "a", 1, 0);
	WANT("task", "a");
	refused("is BTF with a member of no size: type 1");
}

static void a_struct_in_itself_ends(void **state)
{
	(void)state;
	is(btf__add_struct(kernel, "task", 4));
	field(kernel, NULL, 1, 0);
	field(kernel, NULL, 2, 0);
	is(btf__add_array(kernel, 2, 2, 1));
	WANT("task", "a");
	make();
	assert_true(btf__type_cnt(made) < 5);
}

static void too_many_types_are_refused(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++)
		is(btf__add_struct(kernel, "task", 4));
	WANT("task", "a");
	refused("is BTF with too many types of the names that are read");
}

static void too_many_wants_are_refused(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "own_%d", i);
		is(btf__add_struct(local, name, 4));
	}
	assert_int_equal(btf_cut_want_types(cut, local), -E2BIG);
}

/* Something of all that a cut follows. */
static void add_all(void)
{
	int number = int_of(kernel), inner, array;

	add_enums();
	inner = is(btf__add_struct(kernel, NULL, 12));
	field(kernel, "x", number, 0);
	array = is(btf__add_array(kernel, number, inner, 2));
	is(btf__add_ptr(kernel, number));
	is(btf__add_typedef(kernel, "alias", number));
	is(btf__add_float(kernel, "real", 8));
	is(btf__add_struct(kernel, "rq", 64));
	field(kernel, "array", array, 0);
	field(kernel, NULL, inner, 192);
	field(kernel, "pointer", array + 1, 256);
	field(kernel, "alias", array + 2, 320);
	assert_int_equal(btf__add_field(kernel, "bits", number, 352, 3), 0);
	field(kernel, "real", array + 3, 384);
	is(btf__add_enum(local, "type", 4));
	assert_int_equal(btf__add_enum_value(local, "ONE", 1), 0);
	WANT("task", "type", "sign", "large");
	WANT("rq", "x", "pointer", "alias", "bits", "real");
	is(btf__add_array(local, int_of(local), WANT("own", "x"), 2));
	is(btf__add_struct(local, "rq___array", 8));
	field(local, "array", (int)btf__type_cnt(local) - 2, 0);
}

static unsigned int try(const unsigned char *bytes, size_t size)
{
	struct btf *btf;
	unsigned int good = 0;

	if (btf_file_open(&file, file_of(bytes, size)))
		return 0;
	if (!btf_cut_make(cut, &file, &btf)) {
		good = 1;
		btf__free(btf);
	}
	btf_file_close(&file);
	return good;
}

/* Whatever single byte is changed, wherever the file is cut: an answer, and no report of a sanitizer. */
static void damaged_files_get_an_answer(void **state)
{
	unsigned int good = 0;
	const void *raw;
	unsigned char bytes[4096];
	__u32 size;

	(void)state;
	add_all();
	assert_int_equal(btf_cut_want_types(cut, local), 0);
	raw = btf__raw_data(kernel, &size);
	assert_true(size <= sizeof(bytes));
	memcpy(bytes, raw, size);
	assert_int_equal(try(bytes, size), 1);
	for (__u32 length = 0; length < size; length++)
		assert_int_equal(try(bytes, length), 0);
	for (__u32 at = 0; at < size; at++) {
		unsigned char was = bytes[at];

		for (unsigned int change = 1; change < 256; change++) {
			bytes[at] = (unsigned char)(was + change);
			good += try(bytes, size);
		}
		bytes[at] = was;
	}
	assert_in_range(good, 1, size * 255 - 1);
}

#define test(function) cmocka_unit_test_setup_teardown(function, open_both, close_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(only_wanted_members_are_kept),
		test(modifiers_are_taken_off),
		test(pointers_and_arrays),
		test(bit_fields_keep_their_sizes),
		test(nameless_members_are_kept_around_wanted_ones),
		test(nameless_members_of_the_object_count_as_its_own),
		test(flavours_are_one_type),
		test(types_of_one_name_are_all_cut),
		test(embedded_structs),
		test(an_embedded_struct_of_another_name),
		test(an_embedded_struct_without_a_name),
		test(enums_and_enumerators),
		test(several_objects_share_a_cut),
		test(ids_are_found),
		test(ids_of_a_module_are_found),
		test(a_cut_of_a_cut_is_the_same),
		test(endless_types_are_refused),
		test(references_to_nothing_are_refused),
		test(members_without_a_size_are_refused),
		test(a_struct_in_itself_ends),
		test(too_many_types_are_refused),
		test(too_many_wants_are_refused),
		test(damaged_files_get_an_answer),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
