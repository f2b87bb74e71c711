// SPDX-License-Identifier: GPL-2.0-or-later
/* btf_supply - what our BPF objects have to be told of this kernel before they are loaded */
#include "btf_supply.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "btf_cut.h"
#include "btf_module.h"
#include "event_types.h"
#include "say.h"
#include "sections.h"
#include "tracefs.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define IDS_MAX 4

/* The programs that are attached by a type, and what is found of each type. */
struct attached {
	unsigned int count;
	struct bpf_program *program[IDS_MAX];
	char name[IDS_MAX][SECTION_NAME_SIZE];
	struct btf_id id[IDS_MAX];
};

static struct {
	const char *path;
	bool foreign;
	char lacking[BTF_SUPPLY_WHY]; /* why there are no types; empty: there are */
	int cut_fd;		      /* libbpf reads the cut by a path */
	char cut_path[32];
	struct bpf_object_open_opts options;
} supply = { .path = KERNEL_BTF, .cut_fd = -1 };

/* Where there is none to be had, no program is loaded: see kernel_lacks_bpf(). */
static void open_cut_file(void)
{
	supply.cut_fd = memfd_create("btf", MFD_CLOEXEC);
	if (supply.cut_fd < 0)
		return;
	snprintf(supply.cut_path, sizeof(supply.cut_path), "/proc/self/fd/%d", supply.cut_fd);
	supply.options.btf_custom_path = supply.cut_path;
}

/* Any kernel's types have this one. */
static int refuse_no_kernel(const char *file, struct btf_file *types)
{
	struct btf_id task = { .name = "task_struct", .kind = BTF_KIND_STRUCT };
	struct btf_cut *cut;
	struct btf *made;
	int err = btf_cut_open(&cut);

	if (err)
		return err;
	err = btf_cut_want_id(cut, &task);
	err = err ? err : btf_cut_make(cut, types, &made);
	if (!err)
		btf__free(made);
	if (err)
		say("--btf: %s", types->why);
	else if (!task.id)
		say("--btf: %s has no struct task_struct: it is not a kernel's", file);
	btf_cut_close(cut);
	return err ? err : task.id ? 0 : -ENOENT;
}

static int take_file(const char *file)
{
	static struct btf_file types;
	int err = btf_file_open(&types, file);

	if (err) {
		say("--btf: %s", types.why);
		return err;
	}
	err = refuse_no_kernel(file, &types);
	btf_file_close(&types);
	supply.path = file;
	supply.foreign = true;
	return err;
}

int btf_supply_open(const char *file)
{
	int err = sections_register();

	supply.options.sz = sizeof(supply.options);
	open_cut_file();
	if (err) {
		say("cannot prepare to load BPF programs: %s", strerror(-err));
		return err;
	}
	if (file)
		return take_file(file);
	if (access(KERNEL_BTF, R_OK))
		snprintf(supply.lacking, sizeof(supply.lacking),
			 "no " KERNEL_BTF
			 " (CONFIG_DEBUG_INFO_BTF; --btf FILE gives it from outside)");
	return 0;
}

void btf_supply_close(void)
{
	sections_forget_ids();
	if (supply.cut_fd >= 0)
		close(supply.cut_fd);
	supply.cut_fd = -1;
}

const char *btf_supply_lacks_types(void)
{
	return *supply.lacking ? supply.lacking : NULL;
}

const char *btf_supply_lacks_ids(void)
{
	if (supply.foreign)
		return "needs the kernel's own types, and --btf FILE is given";
	return btf_supply_lacks_types();
}

const struct bpf_object_open_opts *btf_supply_options(void)
{
	return &supply.options;
}

/* The programs of @object that will be loaded and are attached by a type. */
static int list_attached(struct bpf_object *object, const char *function, struct attached *list)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, object) {
		unsigned int i = list->count;

		if (!bpf_program__autoload(program))
			continue;
		if (i == IDS_MAX)
			return -E2BIG;
		if (!sections_type(program, function, list->name[i], SECTION_NAME_SIZE,
				   &list->id[i].kind))
			continue;
		list->id[i].name = list->name[i];
		list->program[i] = program;
		list->count++;
	}
	return 0;
}

static int want(struct btf_cut *cut, const struct bpf_object *object, struct attached *list)
{
	int err = btf_cut_want_types(cut, bpf_object__btf(object));

	for (unsigned int i = 0; i < list->count && !err; i++)
		err = btf_cut_want_id(cut, &list->id[i]);
	return err;
}

/* What the kernel itself does not have may be a module's. */
static int set_id(struct btf_cut *cut, struct btf_file *types, struct bpf_program *program,
		  struct btf_id *id, bool in_kernel, char why[BTF_SUPPLY_WHY])
{
	int btf_fd = 0;

	if (!in_kernel) {
		id->id = 0;
		btf_fd = btf_module_find(cut, types, id);
	}
	if (btf_fd < 0)
		return btf_fd;
	if (id->id)
		return sections_set_id(program, id->id, btf_fd);
	snprintf(why, BTF_SUPPLY_WHY, "the kernel's types have no %s", id->name);
	return -ENOENT;
}

/* Tell libbpf the ids of the types that are attached to. */
static int set_ids(struct btf_cut *cut, struct btf_file *types, struct attached *list,
		   char why[BTF_SUPPLY_WHY])
{
	bool in_kernel[IDS_MAX] = { false };
	int err = 0;

	for (unsigned int i = 0; i < list->count; i++)
		in_kernel[i] = list->id[i].id;
	for (unsigned int i = 0; i < list->count && !err; i++)
		err = set_id(cut, types, list->program[i], &list->id[i], in_kernel[i], why);
	return err;
}

/* What the kernel's types tell, as the beginning of *@made. */
static int cut_kernel_types(struct bpf_object *object, const char *function, struct btf **made,
			    char why[BTF_SUPPLY_WHY])
{
	static struct btf_file types;
	struct attached list = { 0 };
	struct btf_cut *cut;
	int err = btf_file_open(&types, supply.path);

	if (err) {
		snprintf(why, BTF_SUPPLY_WHY, "%s", types.why);
		return err;
	}
	err = btf_cut_open(&cut);
	if (err)
		goto close_file;
	err = list_attached(object, function, &list);
	err = err ? err : want(cut, object, &list);
	if (!err) {
		err = btf_cut_make(cut, &types, made);
		if (err)
			snprintf(why, BTF_SUPPLY_WHY, "%s", types.why);
		else
			err = set_ids(cut, &types, &list, why);
	}
	btf_cut_close(cut);
close_file:
	btf_file_close(&types);
	return err;
}

static int add_event(struct bpf_object *object, struct btf *made, const char *event,
		     char why[BTF_SUPPLY_WHY])
{
	char format[TRACEFS_FORMAT_SIZE], reason[EVENT_TYPES_WHY];
	int err = tracefs_read(event, "format", format, sizeof(format));

	if (err) {
		snprintf(why, BTF_SUPPLY_WHY, "%s", tracefs_why(event, err));
		return err;
	}
	err = event_types_add(made, bpf_object__btf(object), event, format, reason);
	if (err)
		snprintf(why, BTF_SUPPLY_WHY, "tracepoint %s: %s", event, reason);
	return err;
}

/* The records that the programs are given that will be loaded. */
static int add_events(struct bpf_object *object, struct btf *made, char why[BTF_SUPPLY_WHY])
{
	char event[SECTION_NAME_SIZE];
	struct bpf_program *program;
	int err = 0;

	bpf_object__for_each_program (program, object)
		if (!err && bpf_program__autoload(program) &&
		    sections_event(program, event, sizeof(event)))
			err = add_event(object, made, event, why);
	return err;
}

/* libbpf takes a file without any type for no file of types. */
static int write_cut(struct btf *made)
{
	const void *bytes;
	__u32 size;

	if (btf__add_int(made, "int", 4, BTF_INT_SIGNED) < 0)
		return -ENOMEM;
	bytes = btf__raw_data(made, &size);
	if (!bytes)
		return -ENOMEM;
	if (ftruncate(supply.cut_fd, 0) || pwrite(supply.cut_fd, bytes, size, 0) != (ssize_t)size)
		return -EIO;
	return 0;
}

int btf_supply(struct bpf_object *object, const char *function, char why[BTF_SUPPLY_WHY])
{
	struct btf *made = NULL;
	int err = 0;

	sections_forget_ids();
	snprintf(why, BTF_SUPPLY_WHY, "no memory for the kernel's types");
	if (!btf_supply_lacks_types())
		err = cut_kernel_types(object, function, &made, why);
	else
		made = btf__new_empty();
	if (!err && !made)
		err = -ENOMEM;
	err = err ? err : add_events(object, made, why);
	if (!err) {
		err = write_cut(made);
		if (err)
			snprintf(why, BTF_SUPPLY_WHY, "cannot write the kernel's types to memory");
	}
	btf__free(made);
	return err;
}

bool btf_supply_has_member(const char *type, const char *member)
{
	struct btf *made = btf__parse_raw(supply.cut_path);
	const struct btf_type *found =
		made ? btf__type_by_id(made,
				       (__u32)btf__find_by_name_kind(made, type, BTF_KIND_STRUCT))
		     : NULL;
	bool has = false;

	for (unsigned int i = 0; found && i < btf_vlen(found) && !has; i++)
		has = !strcmp(btf__name_by_offset(made, btf_members(found)[i].name_off), member);
	btf__free(made);
	return has;
}
