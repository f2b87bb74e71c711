// SPDX-License-Identifier: GPL-2.0-or-later
/* btf_module - types that are not the kernel's own but a module's */
#include "btf_module.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MODULE_BTF "/sys/kernel/btf/%s"
#define NAME_SIZE 64

/* In its file, which has its name: the kernel hands out a module's types by descriptor, but only whole. */
static bool has_type(struct btf_cut *cut, const struct btf_file *kernel, const char *module,
		     const struct btf_id *wanted)
{
	static struct btf_file types;
	char path[sizeof(MODULE_BTF) + NAME_SIZE];

	snprintf(path, sizeof(path), MODULE_BTF, module);
	if (btf_file_open_split(&types, path, kernel))
		return false;
	if (btf_cut_find_ids(cut, &types))
		wanted = NULL;
	btf_file_close(&types);
	return wanted && wanted->id;
}

/* What the BTF behind @fd is of; false: of a program, or of the kernel itself. */
static bool is_module(int fd, char name[NAME_SIZE])
{
	struct bpf_btf_info info = { .name = (__u64)(unsigned long)name, .name_len = NAME_SIZE };
	__u32 size = sizeof(info);

	return !bpf_btf_get_info_by_fd(fd, &info, &size) && info.kernel_btf &&
	       strcmp(name, "vmlinux") != 0;
}

int btf_module_find(struct btf_cut *cut, const struct btf_file *kernel, struct btf_id *wanted)
{
	char name[NAME_SIZE];

	for (__u32 id = 0; !bpf_btf_get_next_id(id, &id);) {
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (is_module(fd, name) && has_type(cut, kernel, name, wanted))
			return fd;
		close(fd);
	}
	return 0;
}
