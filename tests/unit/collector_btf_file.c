// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_btf_file - BTF read in pieces: where it is in a file, its strings and types, and damage */
#include "fakes.h"

#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <unistd.h>

#include "btf_file.h"

#define TYPES 3000

static struct btf_file file;

/* A type of every kind in many pieces, a struct that is longer than one, and a string that is. */
static struct btf *make_kernel(void)
{
	static char name[3 * BTF_PIECE];
	struct btf *btf = btf__new_empty();

	for (int i = 0; i < TYPES; i++) {
		snprintf(name, sizeof(name), "number_%d", i);
		assert_true(btf__add_int(btf, name, 4, BTF_INT_SIGNED) > 0);
		snprintf(name, sizeof(name), "alias_%d", i);
		assert_true(btf__add_typedef(btf, name, btf__type_cnt(btf) - 1) > 0);
	}
	memset(name, 'x', sizeof(name) - 1);
	assert_true(btf__add_fwd(btf, name, BTF_FWD_STRUCT) > 0);
	assert_true(btf__add_struct(btf, "long", 4000) > 0);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "member_%d", i);
		assert_int_equal(btf__add_field(btf, name, 1, 32 * i, 0), 0);
	}
	assert_true(btf__add_array(btf, 1, 1, 7) > 0);
	assert_true(btf__add_enum(btf, "enum", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "ONE", 1), 0);
	assert_true(btf__add_enum64(btf, "enum64", 8, false) > 0);
	assert_int_equal(btf__add_enum64_value(btf, "MANY", 1ull << 40), 0);
	assert_true(btf__add_func_proto(btf, 1) > 0);
	assert_int_equal(btf__add_func_param(btf, "parameter", 1), 0);
	assert_true(btf__add_func(btf, "function", BTF_FUNC_STATIC, btf__type_cnt(btf) - 1) > 0);
	assert_true(btf__add_var(btf, "variable", BTF_VAR_STATIC, 1) > 0);
	assert_true(btf__add_datasec(btf, "section", 4) > 0);
	assert_int_equal(btf__add_datasec_var_info(btf, btf__type_cnt(btf) - 2, 0, 4), 0);
	assert_true(btf__add_float(btf, "float", 8) > 0);
	assert_true(btf__add_decl_tag(btf, "tag", 1, -1) > 0);
	assert_true(btf__add_type_tag(btf, "tag", 1) > 0);
	assert_true(btf__add_ptr(btf, 1) > 0);
	return btf;
}

static const char *file_of_btf(const struct btf *btf)
{
	__u32 size;
	const void *bytes = btf__raw_data(btf, &size);

	return file_of(bytes, size);
}

struct names {
	struct btf_string_visitor visitor;
	const struct btf *btf;
	unsigned int visited;
	unsigned int wrong;
	const char *wanted;
	__u32 offset;
};

static int see_string(struct btf_string_visitor *visitor, __u16 bucket, const char *text,
		      __u32 length, __u32 offset)
{
	struct names *names = (struct names *)visitor;
	const char *right = btf__str_by_offset(names->btf, offset);

	names->visited++;
	names->wrong += !right || strlen(right) != length || memcmp(right, text, length) ||
			bucket != btf_string_bucket(text, length) + 1;
	if (names->wanted && strlen(names->wanted) == length &&
	    !memcmp(names->wanted, text, length))
		names->offset = offset;
	return 0;
}

struct types {
	struct btf_type_visitor visitor;
	const struct btf *btf;
	__u32 next;
	unsigned int wrong;
	int stop_at;
};

static int see_type(struct btf_type_visitor *visitor, const struct btf_type *type, __u32 id)
{
	struct types *types = (struct types *)visitor;

	types->wrong += id != types->next++;
	types->wrong += memcmp(type, btf__type_by_id(types->btf, id), sizeof(*type)) != 0;
	return types->stop_at && (int)id == types->stop_at ? -ECANCELED : 0;
}

static struct types types_of(const struct btf *btf)
{
	struct types types = { .visitor.visit = see_type, .btf = btf, .next = 1 };

	memset(types.visitor.filter, 1, sizeof(types.visitor.filter));
	return types;
}

static struct names names_of(const struct btf *btf)
{
	struct names names = { .visitor.visit = see_string, .btf = btf };

	for (unsigned int i = 0; i < BTF_BUCKETS; i++)
		names.visitor.bucket[i] = (__u16)(i + 1);
	return names;
}

static void every_string_is_visited(void **state)
{
	struct btf *btf = make_kernel();
	struct names names = names_of(btf);

	(void)state;
	names.wanted = "member_999";
	assert_int_equal(btf_file_open(&file, file_of_btf(btf)), 0);
	assert_int_equal(btf_file_visit_strings(&file, &names.visitor), 0);
	assert_int_equal(names.wrong, 0);
	/* the empty one too, but not the one that is longer than a piece */
	assert_int_equal(names.visited, 1 + 2 * TYPES + 1000 + 11);
	assert_string_equal(btf__str_by_offset(btf, names.offset), "member_999");
	btf_file_close(&file);
	btf__free(btf);
}

static void strings_of_other_buckets_are_passed_by(void **state)
{
	struct btf *btf = make_kernel();
	struct names names = { .visitor.visit = see_string, .btf = btf, .wanted = "alias_77" };
	unsigned int bucket = btf_string_bucket("alias_77", 8);

	(void)state;
	names.visitor.bucket[bucket] = (__u16)(bucket + 1);
	assert_int_equal(btf_file_open(&file, file_of_btf(btf)), 0);
	assert_int_equal(btf_file_visit_strings(&file, &names.visitor), 0);
	assert_int_equal(names.wrong, 0);
	assert_in_range(names.visited, 1, 200);
	assert_true(names.offset > 0);
	btf_file_close(&file);
	btf__free(btf);
}

static void every_type_is_visited_and_found(void **state)
{
	struct btf *btf = make_kernel();
	struct types types = types_of(btf);
	struct btf_type type;
	__u32 rest;

	(void)state;
	assert_int_equal(btf_file_open(&file, file_of_btf(btf)), 0);
	assert_int_equal(btf_file_visit_types(&file, &types.visitor), 0);
	assert_int_equal(types.wrong, 0);
	assert_int_equal(types.next, btf__type_cnt(btf));
	assert_int_equal(file.next_id, btf__type_cnt(btf));
	for (__u32 id = 1; id < file.next_id; id = id * 8 / 7 + 1) {
		assert_int_equal(btf_file_type(&file, id, &type, &rest), 0);
		assert_memory_equal(&type, btf__type_by_id(btf, id), sizeof(type));
	}
	assert_int_equal(btf_file_type(&file, 0, &type, &rest), -EINVAL);
	assert_int_equal(btf_file_type(&file, file.next_id, &type, &rest), -EINVAL);
	assert_non_null(strstr(file.why, "a reference to no type"));
	btf_file_close(&file);
	btf__free(btf);
}

static void what_follows_a_type_can_be_read(void **state)
{
	struct btf *btf = make_kernel();
	struct types types = types_of(btf);
	__s32 id = btf__find_by_name_kind(btf, "long", BTF_KIND_STRUCT);
	struct btf_member member;
	struct btf_type type;
	char name[16];
	__u32 rest;

	(void)state;
	assert_int_equal(btf_file_open(&file, file_of_btf(btf)), 0);
	assert_int_equal(btf_file_visit_types(&file, &types.visitor), 0);
	assert_int_equal(btf_file_type(&file, (__u32)id, &type, &rest), 0);
	for (unsigned int i = 0; i < 1000; i += 333) {
		__u32 at = rest + i * (__u32)sizeof(member);

		assert_int_equal(btf_file_read(&file, at, &member, sizeof(member)), 0);
		assert_int_equal(member.offset, 32 * i);
	}
	assert_int_equal(btf_file_string(&file, member.name_off, name, sizeof(name)), 0);
	assert_string_equal(name, "member_999");
	assert_int_equal(btf_file_string(&file, member.name_off, name, 4), 0);
	assert_string_equal(name, "mem");
	assert_int_equal(btf_file_read(&file, ~0u, &member, sizeof(member)), -EINVAL);
	assert_int_equal(btf_file_string(&file, ~0u, name, sizeof(name)), -EINVAL);
	btf_file_close(&file);
	btf__free(btf);
}

static void a_visitor_ends_it(void **state)
{
	struct btf *btf = make_kernel();
	struct types types = types_of(btf);

	(void)state;
	types.stop_at = TYPES;
	assert_int_equal(btf_file_open(&file, file_of_btf(btf)), 0);
	assert_int_equal(btf_file_visit_types(&file, &types.visitor), -ECANCELED);
	assert_int_equal(types.next, TYPES + 1);
	btf_file_close(&file);
	btf__free(btf);
}

/* ---- A module's */

static void a_module_goes_on_where_its_base_ends(void **state)
{
	struct btf *base = make_kernel(), *split = btf__new_empty_split(base);
	struct types base_types = types_of(base), types = types_of(split);
	struct names names = names_of(split);
	struct btf_file base_file;

	(void)state;
	assert_true(btf__add_func(split, "function", BTF_FUNC_STATIC, 1) > 0);
	assert_true(btf__add_func(split, "module_function", BTF_FUNC_STATIC, 1) > 0);
	assert_int_equal(btf_file_open(&base_file, file_of_btf(base)), 0);
	assert_int_equal(btf_file_visit_types(&base_file, &base_types.visitor), 0);
	types.next = btf__type_cnt(base);
	assert_int_equal(btf_file_open_split(&file, file_of_btf(split), &base_file), 0);
	assert_int_equal(btf_file_visit_strings(&file, &names.visitor), 0);
	assert_int_equal(names.visited, 1);
	assert_int_equal(btf_file_visit_types(&file, &types.visitor), 0);
	assert_int_equal(names.wrong + types.wrong, 0);
	assert_int_equal(file.next_id, btf__type_cnt(split));
	btf_file_close(&file);
	btf_file_close(&base_file);
	btf__free(split);
	btf__free(base);
}

/* ---- Refusals */

#define SMALL_MAX 512

/* The smallest BTF; the tests change it. */
static __u32 make_small(unsigned char bytes[SMALL_MAX])
{
	struct btf *btf = btf__new_empty();
	const void *raw;
	__u32 size;

	assert_true(btf__add_int(btf, "int", 4, BTF_INT_SIGNED) > 0);
	raw = btf__raw_data(btf, &size);
	assert_true(size <= SMALL_MAX);
	memcpy(bytes, raw, size);
	btf__free(btf);
	return size;
}

static void refused(const char *path, int err, const char *why)
{
	char line[BTF_WHY];

	snprintf(line, sizeof(line), "%s %s", path, why);
	assert_int_equal(btf_file_open(&file, path), err);
	assert_string_equal(file.why, line);
	btf_file_close(&file); /* may be */
}

static void other_files_are_refused(void **state)
{
	int pipes[2];
	char path[32];

	(void)state;
	refused("/nowhere", -ENOENT, "cannot be opened: No such file or directory");
	refused("/", -EISDIR, "cannot be read: Is a directory");
	refused("/dev/null", -EINVAL, "is no BTF");
	refused("/dev/zero", -EINVAL, "is no BTF");
	refused(file_of("text, and more than a header has\n", 34), -EINVAL, "is no BTF");
	assert_int_equal(pipe(pipes), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[0]);
	refused(path, -ESPIPE, "cannot be read: Illegal seek");
	close(pipes[0]);
	close(pipes[1]);
}

static void wrong_headers_are_refused(void **state)
{
	unsigned char bytes[SMALL_MAX];
	struct btf_header *header = (struct btf_header *)bytes;
	__u32 size = make_small(bytes);

	(void)state;
	header->magic = 0x9feb;
	refused(file_of(bytes, size), -EINVAL, "is BTF of the other byte order");
	make_small(bytes);
	header->version = 2;
	refused(file_of(bytes, size), -EINVAL, "is BTF of the unknown version 2");
	make_small(bytes);
	header->hdr_len = 8;
	refused(file_of(bytes, size), -EINVAL, "is BTF with a header of 8 bytes");
	make_small(bytes);
	header->type_len = ~0u;
	refused(file_of(bytes, size), -EINVAL, "ends in the middle of its types");
	make_small(bytes);
	header->str_off = ~0u;
	refused(file_of(bytes, size), -EINVAL, "ends in the middle of its strings");
	make_small(bytes);
	refused(file_of(bytes, size - 1), -EINVAL, "ends in the middle of its strings");
	bytes[size - 1] = 'x';
	refused(file_of(bytes, size), -EINVAL, "is BTF with unfinished strings");
	make_small(bytes);
	bytes[size - header->str_len] = 'x';
	refused(file_of(bytes, size), -EINVAL, "is BTF of a module, not of a kernel");
}

static void types_refused(const void *bytes, size_t size, const char *why)
{
	struct types types = { .visitor.visit = see_type };

	assert_int_equal(btf_file_open(&file, file_of(bytes, size)), 0);
	assert_int_equal(btf_file_visit_types(&file, &types.visitor), -EINVAL);
	assert_non_null(strstr(file.why, why));
	btf_file_close(&file);
}

static void wrong_types_are_refused(void **state)
{
	unsigned char bytes[SMALL_MAX];
	struct btf_header *header = (struct btf_header *)bytes;
	struct btf_type *type = (struct btf_type *)(bytes + sizeof(*header));
	__u32 size = make_small(bytes);

	(void)state;
	type->info = 0;
	types_refused(bytes, size, "is BTF with a type of unknown kind: id 1");
	type->info = 31u << 24;
	types_refused(bytes, size, "is BTF with a type of unknown kind: id 1");
	type->info = BTF_KIND_INT << 24 | 1u << 29;
	types_refused(bytes, size, "is BTF with a type of unknown kind: id 1");
	type->info = BTF_KIND_STRUCT << 24 | 0xffff;
	types_refused(bytes, size, "ends in the middle of its types");
	type->info = BTF_KIND_PTR << 24; /* 4 bytes are left */
	types_refused(bytes, size, "ends in the middle of its types");
}

/* ---- ELF */

struct elf {
	Elf64_Ehdr header;
	Elf64_Shdr section[3];
	char names[24];
	unsigned char btf[SMALL_MAX];
};

static struct elf make_elf(void)
{
	struct elf elf = { .names = "\0.shstrtab\0.BTF\0.other" };

	memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
	elf.header.e_ident[EI_CLASS] = ELFCLASS64;
	elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.header.e_shoff = offsetof(struct elf, section);
	elf.header.e_shentsize = sizeof(Elf64_Shdr);
	elf.header.e_shnum = 3;
	elf.header.e_shstrndx = 1;
	elf.section[1] = (Elf64_Shdr) { .sh_type = SHT_STRTAB,
					.sh_name = 1,
					.sh_offset = offsetof(struct elf, names),
					.sh_size = sizeof(elf.names) };
	elf.section[2] = (Elf64_Shdr) { .sh_type = SHT_PROGBITS,
					.sh_name = 11,
					.sh_offset = offsetof(struct elf, btf),
					.sh_size = make_small(elf.btf) };
	return elf;
}

static void a_section_of_an_elf_file_is_read(void **state)
{
	struct elf elf = make_elf();
	struct btf *btf = btf__new_empty();
	struct types types = types_of(btf);

	(void)state;
	assert_true(btf__add_int(btf, "int", 4, BTF_INT_SIGNED) > 0);
	assert_int_equal(btf_file_open(&file, file_of(&elf, sizeof(elf))), 0);
	assert_int_equal(btf_file_visit_types(&file, &types.visitor), 0);
	assert_int_equal(types.next, 2);
	assert_int_equal(types.wrong, 0);
	btf_file_close(&file);
	btf__free(btf);
}

static void elf_files_without_it_are_refused(void **state)
{
	struct elf elf = make_elf();

	(void)state;
	elf.section[2].sh_name = 16;
	refused(file_of(&elf, sizeof(elf)), -ENODATA, "has no section .BTF");
	elf = make_elf();
	elf.section[2].sh_size--;
	refused(file_of(&elf, sizeof(elf)), -EINVAL, "ends in the middle of its strings");
	elf = make_elf();
	elf.section[2].sh_offset = ~0ull;
	refused(file_of(&elf, sizeof(elf)), -EINVAL, "ends before its section .BTF");
	elf = make_elf();
	elf.header.e_shoff = ~0ull;
	refused(file_of(&elf, sizeof(elf)), -EINVAL, "ends in the middle of its section headers");
	elf = make_elf();
	elf.header.e_ident[EI_DATA] = ELFDATA2MSB;
	refused(file_of(&elf, sizeof(elf)), -EINVAL, "is BTF of the other byte order");
	elf = make_elf();
	elf.header.e_ident[EI_CLASS] = ELFCLASS32;
	refused(file_of(&elf, sizeof(elf)), -EINVAL, "is no 64-bit ELF file");
}

/* Whatever single byte is changed, wherever the file is cut: an answer, and no report of a sanitizer. */
static void damaged_elf_files_get_an_answer(void **state)
{
	struct elf elf = make_elf();
	size_t size = offsetof(struct elf, btf) + elf.section[2].sh_size;
	unsigned char *bytes = (unsigned char *)&elf;

	(void)state;
	for (size_t cut = 0; cut < size; cut++)
		assert_true(btf_file_open(&file, file_of(&elf, cut)) < 0);
	for (size_t at = 0; at < size; at++) {
		for (unsigned int value = 0; value < 256;
		     value += value < 4 || value > 250 ? 1 : 41) {
			unsigned char was = bytes[at];

			bytes[at] = (unsigned char)value;
			if (!btf_file_open(&file, file_of(&elf, sizeof(elf))))
				btf_file_close(&file);
			bytes[at] = was;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_string_is_visited),
		cmocka_unit_test(strings_of_other_buckets_are_passed_by),
		cmocka_unit_test(every_type_is_visited_and_found),
		cmocka_unit_test(what_follows_a_type_can_be_read),
		cmocka_unit_test(a_visitor_ends_it),
		cmocka_unit_test(a_module_goes_on_where_its_base_ends),
		cmocka_unit_test(other_files_are_refused),
		cmocka_unit_test(wrong_headers_are_refused),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(a_section_of_an_elf_file_is_read),
		cmocka_unit_test(elf_files_without_it_are_refused),
		cmocka_unit_test(damaged_elf_files_get_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
