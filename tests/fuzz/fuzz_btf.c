// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_btf - any bytes as the file of a kernel's types: a cut is made of them, or they are refused
 *
 * Then the same bytes are those of a module of that kernel.  What is wanted has the names that the
 * corpus has.
 */
#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "btf_cut.h"

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

static struct btf *make_local(void)
{
	static const char *const names[] = { "type", "sign", "large", "x", "pointer", "bits" };
	struct btf *local = btf__new_empty();
	int number = btf__add_int(local, "int", 4, BTF_INT_SIGNED), inner;

	btf__add_enum(local, "type", 4);
	btf__add_enum_value(local, "ONE", 1);
	btf__add_enum64(local, "large", 8, false);
	btf__add_enum64_value(local, "HUGE", 1);
	inner = btf__add_struct(local, "inner", 4);
	btf__add_field(local, "x", number, 0, 0);
	btf__add_array(local, number, inner, 2);
	for (unsigned int i = 0; i < 2; i++) {
		btf__add_struct(local, i ? "rq___flavour" : "task", 64);
		for (unsigned int j = 0; j < sizeof(names) / sizeof(names[0]); j++)
			btf__add_field(local, names[j], number, 32 * j, 0);
		btf__add_field(local, "array", inner + 1, 32 * 7, 0);
	}
	return local;
}

static void look(struct btf_cut *cut, const char *path)
{
	static struct btf_file kernel, module;
	struct btf *made = NULL;

	if (btf_file_open(&kernel, path))
		return;
	if (!btf_cut_make(cut, &kernel, &made) && !btf_file_open_split(&module, path, &kernel)) {
		btf_cut_find_ids(cut, &module);
		btf_file_close(&module);
	}
	btf__free(made);
	btf_file_close(&kernel);
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
	static struct btf *local;
	static char path[32];
	static int fd;
	struct btf_id id = { .name = "alias", .kind = BTF_KIND_TYPEDEF };
	struct btf_cut *cut;

	if (!local) {
		local = make_local();
		fd = memfd_create("input", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, input, size, 0) != (ssize_t)size)
		abort();
	if (btf_cut_open(&cut) || btf_cut_want_types(cut, local) || btf_cut_want_id(cut, &id))
		abort();
	look(cut, path);
	btf_cut_close(cut);
	return 0;
}
