// SPDX-License-Identifier: GPL-2.0-or-later
/* attach - the probes that are wanted, attached as far as this kernel can */
#include "attach.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "btf_supply.h"
#include "foreign_types.h"
#include "hooks.h"
#include "kernel.h"
#include "say.h"
#include "switch_hook.h"
#include "tracefs.h"
#include "unpack.h"

static struct {
	__u32 wanted;
	__u32 active;
	__u32 unreached;     /* not tried, because of what is lacking */
	const char *lacking; /* why no BPF program can be loaded at all; NULL: they can */
	int lacking_status;
	enum exit_status refused; /* the types that the user gives; EXIT_DONE: they are not */
} state;

/* What libbpf says is for those who ask for details: the user is told in our own words. */
static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[400];

	if (level == LIBBPF_DEBUG || !say_details)
		return 0;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	say_detail("%s", line);
	return 0;
}

bool attach_is_out_of_reach(const struct probe_entry *entry)
{
	return state.lacking && !entry->probe->hook->needs_no_bpf;
}

/* Types that the user gives are tried before anything is made by them. */
static int open_types(const char *file)
{
	char why[FOREIGN_TYPES_WHY];
	int err = btf_supply_open(file);

	if (err || !file || state.lacking)
		return err;
	err = foreign_types_check(why);
	if (err)
		say("--btf %s: %s", file, why);
	return err;
}

/* What was only needed to load and attach. */
static void give_back(void)
{
	unpack_end();
	btf_supply_close();
	tracefs_close();
}

void attach_probes(const struct options *options, struct stream *stream)
{
	libbpf_set_print(print_libbpf);
	state.lacking = kernel_lacks_bpf(&state.lacking_status);
	if (open_types(options->btf)) {
		state.refused = options->btf ? EXIT_USAGE : EXIT_FAILED;
		return;
	}
	switch_hook_choose(options->way, options->ring_kib * 1024);
	for (unsigned int i = 0; i < options->probe_count; i++)
		options->probes[i]->probe->enable(stream);
	for (unsigned int i = 0; i < options->probe_count; i++) {
		const struct probe_entry *entry = options->probes[i];

		state.wanted |= 1u << entry->id;
		state.unreached |= attach_is_out_of_reach(entry) ? 1u << entry->id : 0;
		if (!attach_is_out_of_reach(entry) && !hooks_attach(entry->probe->hook))
			state.active |= 1u << entry->id;
	}
	give_back();
}

enum exit_status attach_refused(void)
{
	return state.refused;
}

__u32 attach_wanted(void)
{
	return state.wanted;
}

__u32 attach_active(void)
{
	return state.active;
}

bool attach_is_active(const struct probe_entry *entry)
{
	return state.active & 1u << entry->id;
}

const char *attach_how(const struct probe_entry *entry)
{
	struct hook *hook = entry->probe->hook;

	return attach_is_out_of_reach(entry) ? state.lacking : hook->result(hook);
}

/* Probes that share a hook are told once. */
static void say_shortfalls(const struct options *options)
{
	for (unsigned int i = 0; i < options->probe_count; i++) {
		struct hook *hook = options->probes[i]->probe->hook;
		const char *better =
			attach_is_active(options->probes[i]) ? hook->better(hook) : NULL;
		bool told = i && options->probes[i - 1]->probe->hook == hook;

		if (better && !told)
			say("%s: not in a better way: %s", options->probes[i]->name, better);
	}
}

void attach_say_missing(const struct options *options)
{
	if (state.refused)
		return;
	if (state.lacking)
		say("%s", state.lacking);
	for (unsigned int i = 0; i < options->probe_count; i++) {
		const struct probe_entry *entry = options->probes[i];

		if (attach_is_active(entry) || attach_is_out_of_reach(entry))
			continue;
		say("%s: %scannot attach: %s", entry->name,
		    options->required & 1u << entry->id ? "required, but " : "", attach_how(entry));
	}
	say_shortfalls(options);
}

enum exit_status attach_status(__u32 required)
{
	__u32 missing = (required ? required : state.wanted) & ~state.active;

	if (state.refused || !missing || (!required && state.active))
		return state.refused;
	return missing & state.unreached ? (enum exit_status)state.lacking_status : EXIT_KERNEL;
}
