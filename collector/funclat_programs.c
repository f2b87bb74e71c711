// SPDX-License-Identifier: GPL-2.0-or-later
/* funclat_programs - the programs of funclat.bpf.c, loaded and put on a function in one way or another */
#include "funclat_programs.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "btf_supply.h"
#include "funclat.skel.h"
#include "kernel.h"

#define ENOTSUPP                                                                                   \
	524 /* the kernel's own: no trampolines on this architecture, before Linux 6.x on arm64 */

/* The map is made as long as there are CPUs, which works for the last variable only. */
_Static_assert(sizeof(struct funclat_bpf__bss) ==
		       offsetof(struct funclat_bpf__bss, cpus) + sizeof(struct funclat_cpu),
	       "cpus is the last variable of .bss");

static void choose_fexit(const struct funclat *self, struct funclat_bpf *skel,
			 struct programs *programs)
{
	programs->entry = self->on_cpu ? skel->progs.fentry_on_cpu : skel->progs.fentry_of_task;
	programs->exit = self->on_cpu ? skel->progs.fexit_on_cpu : skel->progs.fexit_of_task;
	programs->gone = self->on_cpu ? NULL : skel->progs.task_is_gone;
}

static void choose_kprobe(const struct funclat *self, struct funclat_bpf *skel,
			  struct programs *programs)
{
	programs->entry = self->on_cpu ? skel->progs.kprobe_on_cpu : skel->progs.kprobe_of_task;
	programs->exit =
		self->on_cpu ? skel->progs.kretprobe_on_cpu : skel->progs.kretprobe_of_task;
	if (!self->on_cpu)
		programs->gone =
			btf_supply_lacks_ids() ? skel->progs.task_ends : skel->progs.task_is_gone;
}

static struct bpf_link *attach_fexit(struct bpf_program *program, bool returns,
				     const char *function)
{
	(void)returns;
	(void)function;
	return bpf_program__attach_trace(program);
}

static struct bpf_link *attach_kprobe(struct bpf_program *program, bool returns,
				      const char *function)
{
	return bpf_program__attach_kprobe(program, returns, function);
}

static const char *lacks_fexit(void)
{
	const char *why = btf_supply_lacks_ids();

	if (!why && !kernel_has_helper(BPF_FUNC_get_current_task_btf))
		why = "this kernel's programs have no bpf_get_current_task_btf(), since Linux 5.11";
	return why;
}

const struct funclat_way funclat_ways[] = {
	{ { "fexit", "fentry and fexit programs" },
	  FUNCTION_BY_FEXIT,
	  lacks_fexit,
	  choose_fexit,
	  attach_fexit },
	{ { "kprobe", "kprobe and kretprobe" },
	  FUNCTION_BY_KPROBE,
	  kernel_lacks_kprobes,
	  choose_kprobe,
	  attach_kprobe },
};

_Static_assert(sizeof(funclat_ways) / sizeof(funclat_ways[0]) == FUNCLAT_WAYS,
	       "as many as there are reasons");

/* What must not be 0 at first. */
static void prepare_cpu(struct funclat_cpu *cpu)
{
	for (__u32 value = 0; value < H2_TABLE_SIZE; value++)
		cpu->h2.bucket[value] = (__u8)h2_bucket(value);
	cpu->others.min = ~0ull;
	for (unsigned int i = 0; i < CALL_ROWS; i++) {
		cpu->row[i].key = ROW_EMPTY;
		cpu->row[i].min = ~0ull;
	}
}

static int size_maps(const struct funclat *self, struct funclat_bpf *skel)
{
	size_t size;
	struct funclat_bpf__bss *bss;
	int err;

	size = offsetof(struct funclat_bpf__bss, cpus) +
	       self->writer.cpus * sizeof(struct funclat_cpu);
	err = bpf_map__set_value_size(skel->maps.bss, (__u32)size);
	if (err)
		return err;
	bss = bpf_map__initial_value(skel->maps.bss, &size);
	for (unsigned int i = 0; i < self->writer.cpus; i++)
		prepare_cpu(&bss->cpus[i]);
	return bpf_map__set_max_entries(skel->maps.stacks, self->on_cpu ? 1 : self->tasks);
}

void funclat_take_off(struct bpf_link *links[FUNCLAT_LINKS])
{
	for (unsigned int i = 0; i < FUNCLAT_LINKS; i++) {
		bpf_link__destroy(links[i]);
		links[i] = NULL;
	}
}

/*
 * What has to be there when a call begins comes first: the end of a thread, the return.  They are removed
 * in the other order.
 */
static int attach_links(const struct funclat_way *way, const struct programs *programs,
			const char *function, struct bpf_link *links[FUNCLAT_LINKS])
{
	int err = 0;

	if (programs->gone) {
		links[2] = bpf_program__attach(programs->gone);
		err = links[2] ? 0 : -errno;
	}
	if (!err) {
		links[1] = way->attach(programs->exit, true, function);
		err = links[1] ? 0 : -errno;
	}
	if (!err) {
		links[0] = way->attach(programs->entry, false, function);
		err = links[0] ? 0 : -errno;
	}
	if (err)
		funclat_take_off(links);
	return err;
}

static int load(const struct funclat *self, const struct funclat_way *way, const char *function,
		struct funclat_config config, struct programs *programs, struct funclat_bpf *skel,
		char why[LADDER_WHY])
{
	struct bpf_program *program;
	int err;

	bpf_object__for_each_program (program, skel->obj)
		bpf_program__set_autoload(program, false);
	*programs = (struct programs) { NULL, NULL, NULL };
	way->choose(self, skel, programs);
	bpf_program__set_autoload(programs->entry, true);
	bpf_program__set_autoload(programs->exit, true);
	if (programs->gone)
		bpf_program__set_autoload(programs->gone, true);
	config.cpu_mask = self->writer.cpus - 1;
	config.stacks_kept = self->tasks / 2;
	config.by_type = way->id == FUNCTION_BY_FEXIT;
	memcpy((void *)&skel->rodata->config, &config, sizeof(config));
	err = size_maps(self, skel);
	if (!err) {
		err = btf_supply(skel->obj, function, why);
		if (err)
			return err;
		err = funclat_bpf__load(skel);
	}
	if (err)
		snprintf(why, LADDER_WHY, "cannot load its programs for %s: %s", function,
			 strerror(-err));
	return err;
}

static void explain_attach(char why[LADDER_WHY], const char *function, int err)
{
	if (err == -ENOTSUPP)
		snprintf(why, LADDER_WHY, "this kernel attaches no such programs");
	else if (err == -ENOENT || err == -EADDRNOTAVAIL)
		snprintf(why, LADDER_WHY, "this kernel lets no probe on %s", function);
	else
		snprintf(why, LADDER_WHY, "cannot attach its programs to %s: %s", function,
			 strerror(-err));
}

int funclat_put_on(const struct funclat *self, const struct funclat_way *way, const char *function,
		   struct funclat_config config, struct funclat_bpf **skel,
		   struct bpf_link *links[FUNCLAT_LINKS], char why[LADDER_WHY])
{
	struct programs programs;
	int err;

	*skel = funclat_bpf__open_opts(btf_supply_options());
	if (!*skel) {
		snprintf(why, LADDER_WHY, "cannot open its programs: %s", strerror(errno));
		return -errno;
	}
	err = load(self, way, function, config, &programs, *skel, why);
	if (!err) {
		err = attach_links(way, &programs, function, links);
		if (err)
			explain_attach(why, function, err);
	}
	if (err) {
		funclat_bpf__destroy(*skel);
		*skel = NULL;
	}
	return err;
}
