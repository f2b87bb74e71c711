// SPDX-License-Identifier: GPL-2.0-or-later
/* btf_file - the kernel's type information (BTF), read from its file in small pieces */
#include "btf_file.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SHOWN 80

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define ELF_BYTE_ORDER ELFDATA2LSB
#else
#define ELF_BYTE_ORDER ELFDATA2MSB
#endif

int btf_file_refuse(struct btf_file *file, int err, const char *format, ...)
{
	int length = snprintf(file->why, BTF_WHY, "%.*s ", PATH_SHOWN, file->path);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(file->why + length, BTF_WHY - (size_t)length, format, arguments);
	va_end(arguments);
	return err;
}

/* ---- Bytes */

static unsigned char *bytes_here(struct btf_file *file)
{
	return (unsigned char *)&file->word[1];
}

/* Up to @size bytes, fewer only where the file ends; their number or -errno. */
static int read_some(struct btf_file *file, __u64 at, void *bytes, __u32 size)
{
	__u32 used = 0;
	ssize_t length = 1;

	while (used < size && length > 0) {
		length = pread(file->fd, (char *)bytes + used, size - used, (off_t)(at + used));
		if (length < 0)
			return btf_file_refuse(file, -errno, "cannot be read: %s", strerror(errno));
		used += (__u32)length;
	}
	return (int)used;
}

static int read_all(struct btf_file *file, __u64 at, void *bytes, __u32 size, const char *what)
{
	int length = at > (__u64)INT64_MAX - size ? 0 : read_some(file, at, bytes, size);

	if (length < 0)
		return length;
	return (__u32)length == size
		       ? 0
		       : btf_file_refuse(file, -EINVAL, "ends in the middle of %s", what);
}

static const char *section_name(const struct btf_file *file, const struct btf_section *section)
{
	return section == &file->types ? "its types" : "its strings";
}

/* Have the bytes of @section from @at on here: a whole piece, or up to the section's end. */
static int bring(struct btf_file *file, const struct btf_section *section, __u32 at)
{
	__u32 size = section->size - at < BTF_PIECE ? section->size - at : BTF_PIECE;
	int err;

	if (file->here == section->begin + at && file->here_size == size)
		return 0;
	file->here_size = 0;
	err = read_all(file, section->begin + at, bytes_here(file), size,
		       section_name(file, section));
	if (err)
		return err;
	memset(bytes_here(file) + size, 0xff, -size % 8);
	file->here = section->begin + at;
	file->here_size = size;
	return 0;
}

/* ---- Where the sections are */

static int not_btf(struct btf_file *file)
{
	return btf_file_refuse(file, -EINVAL, "is no BTF");
}

static int other_byte_order(struct btf_file *file)
{
	return btf_file_refuse(file, -EINVAL, "is BTF of the other byte order");
}

/* A section's last byte is read to see that the file has it. */
static int check_section(struct btf_file *file, const struct btf_section *section, __u64 end,
			 char *last)
{
	if (section->begin + section->size > end)
		return btf_file_refuse(file, -EINVAL, "ends in the middle of %s",
				       section_name(file, section));
	return section->size ? read_all(file, section->begin + section->size - 1, last, 1,
					section_name(file, section))
			     : 0;
}

static int check_strings(struct btf_file *file, char last)
{
	char first = '\0';
	int err = 0;

	if (last || (!file->strings.size && !file->first_string))
		return btf_file_refuse(file, -EINVAL, "is BTF with unfinished strings");
	if (!file->first_string)
		err = read_all(file, file->strings.begin, &first, 1, "its strings");
	if (!err && first)
		return btf_file_refuse(file, -EINVAL, "is BTF of a module, not of a kernel");
	return err;
}

/* The BTF from @begin to @end, which is unknown for a raw file: ~0. */
static int find_sections(struct btf_file *file, __u64 begin, __u64 end)
{
	struct btf_header header = { 0 };
	char last = '\0';
	int err = read_all(file, begin, &header, sizeof(header), "its header");

	if (err)
		return err;
	if (header.magic == __builtin_bswap16(BTF_MAGIC))
		return other_byte_order(file);
	if (header.magic != BTF_MAGIC)
		return not_btf(file);
	if (header.version != BTF_VERSION)
		return btf_file_refuse(file, -EINVAL, "is BTF of the unknown version %u",
				       header.version);
	if (header.hdr_len < sizeof(header))
		return btf_file_refuse(file, -EINVAL, "is BTF with a header of %u bytes",
				       header.hdr_len);
	file->types =
		(struct btf_section) { begin + header.hdr_len + header.type_off, header.type_len };
	file->strings =
		(struct btf_section) { begin + header.hdr_len + header.str_off, header.str_len };
	err = check_section(file, &file->types, end, &last);
	last = '\0';
	err = err ? err : check_section(file, &file->strings, end, &last);
	return err ? err : check_strings(file, last);
}

static int is_btf_section(struct btf_file *file, const Elf64_Shdr *names, const Elf64_Shdr *section,
			  bool *is_btf)
{
	char name[sizeof(".BTF")] = "";
	int length;

	*is_btf = false;
	if (section->sh_type != SHT_PROGBITS || section->sh_flags & SHF_COMPRESSED)
		return 0;
	if (names->sh_offset + section->sh_name > INT64_MAX - sizeof(name))
		return 0;
	length = read_some(file, names->sh_offset + section->sh_name, name, sizeof(name));
	*is_btf = length == sizeof(name) && !memcmp(name, ".BTF", sizeof(name));
	return length < 0 ? length : 0;
}

static int find_in_elf(struct btf_file *file, const Elf64_Ehdr *elf)
{
	Elf64_Shdr names = { 0 }, section = { 0 };
	bool is_btf;
	int err;

	err = read_all(file, elf->e_shoff + (__u64)elf->e_shstrndx * sizeof(names), &names,
		       sizeof(names), "its section headers");
	for (unsigned int i = 0; !err && i < elf->e_shnum; i++) {
		err = read_all(file, elf->e_shoff + (__u64)i * sizeof(section), &section,
			       sizeof(section), "its section headers");
		err = err ? err : is_btf_section(file, &names, &section, &is_btf);
		if (err || !is_btf)
			continue;
		if (section.sh_offset > INT64_MAX || section.sh_size > INT64_MAX)
			return btf_file_refuse(file, -EINVAL, "ends before its section .BTF");
		return find_sections(file, section.sh_offset, section.sh_offset + section.sh_size);
	}
	return err ? err : btf_file_refuse(file, -ENODATA, "has no section .BTF");
}

static int find_btf(struct btf_file *file)
{
	Elf64_Ehdr elf = { 0 };
	int length = read_some(file, 0, &elf, sizeof(elf));

	if (length < 0)
		return length;
	if (memcmp(elf.e_ident, ELFMAG, SELFMAG))
		return (__u32)length < sizeof(struct btf_header) ? not_btf(file)
								 : find_sections(file, 0, ~0ull);
	if (elf.e_ident[EI_CLASS] == ELFCLASS64 && elf.e_ident[EI_DATA] != ELF_BYTE_ORDER)
		return other_byte_order(file);
	if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_shentsize != sizeof(Elf64_Shdr))
		return btf_file_refuse(file, -EINVAL, "is no 64-bit ELF file");
	return find_in_elf(file, &elf);
}

/* ---- Open and close */

/* All of a piece but less than a type's begin is used before the next one is read. */
static int make_pieces(struct btf_file *file)
{
	size_t most = file->types.size / (BTF_PIECE - sizeof(struct btf_type)) + 1;

	file->piece = malloc(most * sizeof(*file->piece)); /* at start */
	return file->piece ? 0 : btf_file_refuse(file, -ENOMEM, "needs more memory");
}

static int open_at(struct btf_file *file, const char *path, __u32 first_id, __u32 first_string)
{
	int err;

	file->path = path;
	file->why[0] = '\0';
	file->first_id = file->next_id = first_id;
	file->first_string = first_string;
	file->piece = NULL;
	file->pieces = 0;
	file->here_size = 0;
	file->word[0] = 0;
	/* a pipe is refused when it is read, and not waited for */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0)
		return btf_file_refuse(file, -errno, "cannot be opened: %s", strerror(errno));
	err = find_btf(file);
	err = err ? err : make_pieces(file);
	if (err)
		btf_file_close(file);
	return err;
}

int btf_file_open(struct btf_file *file, const char *path)
{
	return open_at(file, path, 1, 0);
}

int btf_file_open_split(struct btf_file *file, const char *path, const struct btf_file *base)
{
	return open_at(file, path, base->next_id, base->first_string + base->strings.size);
}

void btf_file_close(struct btf_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->piece);
	file->fd = -1;
	file->piece = NULL;
	file->pieces = 0;
}

/* ---- Strings */

/*
 * The two last characters tell names apart better than the first ones do.  Before a string is the end
 * of another, so that there are always two.
 */
static inline unsigned int bucket_of(__u16 last_two, __u32 length)
{
	return (last_two + (length << 16)) * 0x9e3779b1u >> 21;
}

_Static_assert(BTF_BUCKETS == 1 << (32 - 21), "a bucket is what the shift leaves");

static inline __u16 two_bytes(const unsigned char *at)
{
	return (__u16)(at[0] | at[1] << 8);
}

unsigned int btf_string_bucket(const char *text, __u32 length)
{
	const unsigned char last_two[2] = {
		(unsigned char)(length > 1 ? text[length - 2] : 0),
		(unsigned char)(length ? text[length - 1] : 0),
	};

	return bucket_of(two_bytes(last_two), length);
}

/*
 * 0x80 in the place of the first byte that is 0, and of the others.  A byte of 1 after one of 0 is taken
 * for 0 as well: no name has it, and what follows it is the end of a string all the same.
 */
static inline __u64 zero_bytes(__u64 word)
{
	return (word - 0x0101010101010101ull) & ~word & 0x8080808080808080ull;
}

/*
 * The strings that end in the piece that is here, which begins with one.  A hundred thousand of them
 * pass by: words are looked at, not characters.  *@used: bytes up to the end of the last one.
 */
static int visit_strings_here(struct btf_file *file, struct btf_string_visitor *visitor,
			      __u32 offset, __u32 *used)
{
	const unsigned char *bytes = bytes_here(file), *begin = bytes;
	const __u64 *word = &file->word[1], *end = word + (file->here_size + 7) / 8;

	for (; word < end; word++) {
		for (__u64 zeros = zero_bytes(le64toh(*word)); zeros; zeros &= zeros - 1) {
			const unsigned char *stop =
				(const unsigned char *)word + __builtin_ctzll(zeros) / 8;
			__u32 length = (__u32)(stop - begin);
			__u16 bucket = visitor->bucket[bucket_of(two_bytes(stop - 2), length)];
			int err = bucket ? visitor->visit(visitor, bucket, (const char *)begin,
							  length, offset + (__u32)(begin - bytes))
					 : 0;

			if (err)
				return err;
			begin = stop + 1;
		}
	}
	*used = (__u32)(begin - bytes);
	return 0;
}

/* No wanted string is as long as a piece, so that one which does not end in its piece can be passed by. */
static int skip_long_string(struct btf_file *file, __u32 *at)
{
	const void *end = NULL;
	int err = 0;

	while (!err && !end && *at < file->strings.size) {
		err = bring(file, &file->strings, *at);
		if (err)
			break;
		end = memchr(bytes_here(file), '\0', file->here_size);
		*at += end ? (__u32)((const unsigned char *)end - bytes_here(file)) + 1
			   : file->here_size;
	}
	return err;
}

int btf_file_visit_strings(struct btf_file *file, struct btf_string_visitor *visitor)
{
	__u32 at = 0, used;
	int err = 0;

	while (!err && at < file->strings.size) {
		err = bring(file, &file->strings, at);
		err = err ? err : visit_strings_here(file, visitor, file->first_string + at, &used);
		if (err)
			break;
		at += used;
		if (!used)
			err = skip_long_string(file, &at);
	}
	return err;
}

int btf_file_string(struct btf_file *file, __u32 offset, char *text, __u32 size)
{
	int length;

	if (offset >= file->strings.size || !size)
		return btf_file_refuse(file, -EINVAL, "is BTF with a name beyond its strings");
	if (size > file->strings.size - offset)
		size = file->strings.size - offset;
	length = read_some(file, file->strings.begin + offset, text, size);
	if (length <= 0)
		return length ? length
			      : btf_file_refuse(file, -EINVAL, "ends in the middle of its strings");
	text[length - 1] = '\0';
	return 0;
}

/* ---- Types */

/* How many bytes a type of each kind has, at all and for each of vlen. */
#define SIZE(rest) (sizeof(struct btf_type) + (rest))

static const struct {
	__u8 once; /* 0: no such kind */
	__u8 each;
} size_of_kind[32] = {
	[BTF_KIND_INT] = { SIZE(sizeof(__u32)), 0 },
	[BTF_KIND_PTR] = { SIZE(0), 0 },
	[BTF_KIND_ARRAY] = { SIZE(sizeof(struct btf_array)), 0 },
	[BTF_KIND_STRUCT] = { SIZE(0), sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { SIZE(0), sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { SIZE(0), sizeof(struct btf_enum) },
	[BTF_KIND_FWD] = { SIZE(0), 0 },
	[BTF_KIND_TYPEDEF] = { SIZE(0), 0 },
	[BTF_KIND_VOLATILE] = { SIZE(0), 0 },
	[BTF_KIND_CONST] = { SIZE(0), 0 },
	[BTF_KIND_RESTRICT] = { SIZE(0), 0 },
	[BTF_KIND_FUNC] = { SIZE(0), 0 },
	[BTF_KIND_FUNC_PROTO] = { SIZE(0), sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { SIZE(sizeof(struct btf_var)), 0 },
	[BTF_KIND_DATASEC] = { SIZE(0), sizeof(struct btf_var_secinfo) },
	[BTF_KIND_FLOAT] = { SIZE(0), 0 },
	[BTF_KIND_DECL_TAG] = { SIZE(sizeof(struct btf_decl_tag)), 0 },
	[BTF_KIND_TYPE_TAG] = { SIZE(0), 0 },
	[BTF_KIND_ENUM64] = { SIZE(0), sizeof(struct btf_enum64) },
};

#define INFO_UNUSED 0x60ff0000u /* has to be 0 */

/* 0: unknown.  Inlined, since a hundred thousand types pass by. */
static inline __attribute__((always_inline)) __u32 type_size(const struct btf_type *type)
{
	__u32 info = type->info, kind = BTF_INFO_KIND(info);

	if (info & INFO_UNUSED)
		return 0;
	return size_of_kind[kind].once + BTF_INFO_VLEN(info) * size_of_kind[kind].each;
}

/*
 * The types that begin in the piece that is here, the first one at *@at of the section.  Only the last one
 * can be beyond the section.
 */
static int visit_types_here(struct btf_file *file, struct btf_type_visitor *visitor, __u32 *at)
{
	const unsigned char *bytes = bytes_here(file);
	const __u32 last = file->here_size - (__u32)sizeof(struct btf_type);
	__u32 id = file->next_id, next = 0;

	do {
		const struct btf_type *type = (void *)(bytes + next);
		__u32 size = type_size(type);
		int err;

		if (!size)
			return btf_file_refuse(file, -EINVAL,
					       "is BTF with a type of unknown kind: id %u", id);
		err = visitor->filter[type->name_off % BTF_FILTER]
			      ? visitor->visit(visitor, type, id)
			      : 0;
		if (err)
			return err;
		next += size;
		id++;
	} while (next <= last);
	if (next > file->types.size - *at)
		return btf_file_refuse(file, -EINVAL, "ends in the middle of its types");
	file->next_id = id;
	*at += next;
	return 0;
}

int btf_file_visit_types(struct btf_file *file, struct btf_type_visitor *visitor)
{
	__u32 at = 0;
	int err = 0;

	file->next_id = file->first_id;
	file->pieces = 0;
	while (!err && at < file->types.size) {
		if (file->types.size - at < sizeof(struct btf_type))
			return btf_file_refuse(file, -EINVAL, "ends in the middle of its types");
		err = bring(file, &file->types, at);
		if (err)
			break;
		file->piece[file->pieces++] = (struct btf_piece) { file->next_id, at };
		err = visit_types_here(file, visitor, &at);
	}
	return err;
}

/* The last piece whose first id is not above @id. */
static const struct btf_piece *piece_of(const struct btf_file *file, __u32 id)
{
	unsigned int low = 0, high = file->pieces;

	while (high - low > 1) {
		unsigned int middle = low + (high - low) / 2;

		if (file->piece[middle].id <= id)
			low = middle;
		else
			high = middle;
	}
	return &file->piece[low];
}

int btf_file_type(struct btf_file *file, __u32 id, struct btf_type *type, __u32 *rest)
{
	const struct btf_piece *piece = piece_of(file, id);
	const struct btf_type *found;
	__u32 at = 0;
	int err;

	if (id < file->first_id || id >= file->next_id)
		return btf_file_refuse(file, -EINVAL, "is BTF with a reference to no type: id %u",
				       id);
	err = bring(file, &file->types, piece->at);
	if (err)
		return err;
	found = (void *)bytes_here(file);
	for (__u32 i = piece->id; i < id; i++) {
		__u32 size = type_size(found);

		/* what was right when it was visited need not be so now */
		if (!size || size > file->here_size - at ||
		    file->here_size - at - size < sizeof(*found))
			return btf_file_refuse(file, -EINVAL, "was changed while it was read");
		at += size;
		found = (void *)(bytes_here(file) + at);
	}
	*type = *found;
	*rest = piece->at + at + (__u32)sizeof(*found);
	return 0;
}

int btf_file_read(struct btf_file *file, __u32 at, void *bytes, __u32 size)
{
	__u64 begin = file->types.begin + at;
	int err = 0;

	if (at > file->types.size || size > file->types.size - at)
		return btf_file_refuse(file, -EINVAL, "ends in the middle of its types");
	if (begin < file->here || begin + size > file->here + file->here_size)
		err = bring(file, &file->types, at);
	if (!err)
		memcpy(bytes, bytes_here(file) + (begin - file->here), size);
	return err;
}
