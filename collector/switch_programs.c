// SPDX-License-Identifier: GPL-2.0-or-later
/* switch_programs - the programs at a context switch, loaded and attached in one way or another */
#include "switch_programs.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "btf_supply.h"
#include "kernel.h"
#include "proc_tasks.h"
#include "programs.h"
#include "sched.packed.h"
#include "sched_event.packed.h"
#include "sched_raw.packed.h"
#include "unpack.h"

/* One way to measure: which object, which of its programs. */
struct way {
	const unsigned char *packed;
	size_t packed_size;
	/* NULL, or why this kernel cannot do it. */
	const char *(*lacking)(void);
	/* The programs at the switch: one that can all, and a cheaper one for waits and nothing else. */
	const char *full, *waits_only;
	bool by_event;
};

static const char *lacks_typed_sched_info(void)
{
	const char *why = btf_supply_lacks_ids();

	return why ? why : kernel_lacks_sched_info();
}

static const char *lacks_raw_sched_info(void)
{
	const char *why = btf_supply_lacks_types();

	return why ? why : kernel_lacks_sched_info();
}

#define RING_MARK_MAX_BYTES 65536u
#define PACKED(object) object##_packed, sizeof(object##_packed)
#define SCHED_INFO "switch_by_sched_info", "switch_waits_by_sched_info"
#define WAKEUP "switch_by_wakeup", "switch_waits_by_wakeup"

static const struct way ways[SWITCH_WAYS] = {
	{ PACKED(sched), lacks_typed_sched_info, SCHED_INFO, false },
	{ PACKED(sched), btf_supply_lacks_ids, WAKEUP, false },
	{ PACKED(sched_raw), lacks_raw_sched_info, SCHED_INFO, false },
	{ PACKED(sched_raw), btf_supply_lacks_types, WAKEUP, false },
	{ PACKED(sched_event), NULL, WAKEUP, true },
};

const struct rung switch_rungs[SWITCH_WAYS + 1] = {
	{ "sched_info", "tp_btf sched_switch" },
	{ "wakeup", "tp_btf sched_switch, sched_wakeup, sched_wakeup_new" },
	{ "raw_sched_info", "raw_tp sched_switch" },
	{ "raw_wakeup", "raw_tp sched_switch, sched_wakeup, sched_wakeup_new" },
	{ "event", "tracepoints sched:sched_switch, sched_wakeup, sched_wakeup_new" },
	{ NULL, NULL },
};

/* There are programs that can nothing else. */
static bool wants_only_waits(const struct sched_config *config)
{
	return config->wants & WANT_RUNQLAT && !(config->wants & (WANT_CPUDIST | WANT_OFFCPU));
}

bool switch_wants_keys(const struct sched_config *config)
{
	return config->cpudist.scope != SCOPE_ALL || config->wants & WANT_IDLE ||
	       config->offcpu.scope != SCOPE_ALL;
}

/* Does anybody ask which process a thread is of? */
static bool wants_tgids(const struct sched_config *config)
{
	return config->wants & WANT_RUNQSLOWER || config->cpudist.scope != SCOPE_ALL ||
	       config->offcpu.scope != SCOPE_ALL || config->runqlat_filter.tgid ||
	       config->cpudist.filter.tgid || config->offcpu.filter.tgid;
}

static bool needs_program(const struct way *way, const struct sched_config *config,
			  const char *name)
{
	if (!strcmp(name, "note_moved"))
		return config->wants & (WANT_RUNQSLOWER | WANT_QUEUED);
	if (!strcmp(name, "note_wakeup"))
		return config->wants & WANT_QUEUED;
	if (!strcmp(name, "note_new"))
		return config->wants & (WANT_OFFCPU | WANT_TGIDS);
	if (!strncmp(name, "stamp_", 6))
		return config->wants & WANT_WAITS && !strcmp(way->full, "switch_by_wakeup");
	/* The short one of the events' way would not note which process is switched away from. */
	return !strcmp(name, wants_only_waits(config) && !(config->wants & WANT_TGIDS)
				     ? way->waits_only
				     : way->full);
}

static void choose_programs(const struct way *way, const struct sched_config *config,
			    struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, object)
		bpf_program__set_autoload(program,
					  needs_program(way, config, bpf_program__name(program)));
}

/* What is not wanted takes as little memory as there can be. */
static int size_maps(const struct sched_config *config, const struct switch_sizes *sizes,
		     __u32 cpu_places, struct bpf_object *object)
{
	bool keyed = switch_wants_keys(config);
	__u32 keys = keyed ? sizes->keys : 1;
	const struct {
		const char *name;
		__u32 entries; /* 0: as many as the object says */
	} maps[] = {
		{ "keyed_numbers", keys },
		{ "free_numbers", keys },
		{ "keyed_hists", keyed ? keys * cpu_places : 1 },
		{ "off_since", config->wants & WANT_OFFCPU ? 0 : 1 },
		{ "moved_waiting", config->wants & WANT_RUNQSLOWER ? 0 : 1 },
		{ "tgids", config->wants & WANT_TGIDS ? 0 : 1 },
		{ "events",
		  config->wants & WANT_RUNQSLOWER ? sizes->ring_bytes : (__u32)getpagesize() },
	};
	int err = 0;

	for (unsigned int i = 0; i < sizeof(maps) / sizeof(maps[0]) && !err; i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, maps[i].name);

		if (map && maps[i].entries)
			err = bpf_map__set_max_entries(map, maps[i].entries);
	}
	return err;
}

/* Where @section has the variable @name; ~0: nowhere. */
static __u32 offset_of(const struct bpf_object *object, const char *section, const char *name)
{
	const struct btf *btf = bpf_object__btf(object);
	const struct btf_type *type =
		btf__type_by_id(btf, (__u32)btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC));
	const struct btf_var_secinfo *variables = btf_var_secinfos(type);

	for (unsigned int i = 0; i < btf_vlen(type); i++) {
		const struct btf_type *variable = btf__type_by_id(btf, variables[i].type);

		if (!strcmp(btf__name_by_offset(btf, variable->name_off), name))
			return variables[i].offset;
	}
	return ~0u;
}

/* What a section's map holds: it stays in its place when the object is loaded. */
static char *memory_of(const struct bpf_object *object, const char *section)
{
	size_t size;

	return bpf_map__initial_value(bpf_object__find_map_by_name(object, section), &size);
}

/*
 * The words are the programs' alone.  libbpf copies what they are at first, nothing but zeros, out of
 * shared memory, of which reading takes pages; of private memory it takes none.
 */
static int size_words(const struct bpf_object *object)
{
	struct bpf_map *words = bpf_object__find_map_by_name(object, ".data.words");
	size_t size = PLACE_COUNT * sizeof(__u64);
	int err = bpf_map__set_value_size(words, (__u32)size);

	err = err ? err
		  : bpf_map__set_map_flags(words, bpf_map__map_flags(words) & ~BPF_F_MMAPABLE);
	if (err)
		return err;
	return mmap(memory_of(object, ".data.words"), size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED
		       ? -errno
		       : 0;
}

static int prepare_memory(struct switch_programs *programs, const struct sched_config *config)
{
	struct bpf_object *object = programs->object;
	struct bpf_map *bss = bpf_object__find_map_by_name(object, ".bss");
	__u32 cpus = offset_of(object, ".bss", "cpus");
	int err;

	if (cpus != bpf_map__value_size(bss) - sizeof(struct sched_cpu))
		return -EINVAL; /* only the last variable can be made longer */
	err = size_words(object);
	if (err)
		return err;
	err = bpf_map__set_value_size(bss, cpus + programs->cpu_places *
							   (__u32)sizeof(struct sched_cpu));
	if (err)
		return err;
	programs->cpus = (struct sched_cpu *)(memory_of(object, ".bss") + cpus);
	programs->shared = (struct sched_shared *)(memory_of(object, ".bss") +
						   offset_of(object, ".bss", "shared"));
	memcpy(memory_of(object, ".rodata") + offset_of(object, ".rodata", "config"), config,
	       sizeof(*config));
	return 0;
}

/* What must not be 0 at first, but for brief_ns: until counting begins no wait is brief. */
static void prepare_cpus(struct switch_programs *programs)
{
	for (unsigned int i = 0; i < programs->cpu_places; i++) {
		struct sched_cpu *cpu = &programs->cpus[i];

		cpu->number = i;
		for (__u32 value = 0; value < H2_TABLE_SIZE; value++)
			cpu->h2.bucket[value] = (__u8)h2_bucket(value);
		cpu->wait.min = ~0ull;
		cpu->on_cpu.hist.min = ~0ull;
		cpu->off_cpu.hist.min = ~0ull;
	}
}

/* What @way asks for beside what the probes do. */
static __u32 wants_of_way(const struct way *way, const struct sched_config *config)
{
	if (way->by_event)
		return wants_tgids(config) ? WANT_TGIDS : 0;
	return config->wants & WANT_WAITS && !strcmp(way->full, "switch_by_sched_info")
		       ? WANT_QUEUED
		       : 0;
}

static void drop(struct bpf_object *object, const char *name)
{
	bpf_program__set_autoload(bpf_object__find_program_by_name(object, name), false);
}

/* Where no task is ever moved asleep, nobody has to see who is, and when it is woken. */
static void drop_needless(const struct switch_programs *programs, const struct sched_config *config)
{
	if (!(config->wants & WANT_QUEUED) ||
	    (programs->cpu_places > 1 && btf_supply_has_member("sched_entity", "sched_delayed")))
		return;
	drop(programs->object, "note_wakeup");
	if (!(config->wants & WANT_RUNQSLOWER))
		drop(programs->object, "note_moved");
}

/* So many bytes wake the collector in bulk: most of the ring is left for what comes until it runs. */
static __u32 ring_mark_bytes(__u32 ring_bytes)
{
	return ring_bytes / 8 < RING_MARK_MAX_BYTES ? ring_bytes / 8 : RING_MARK_MAX_BYTES;
}

static int load(struct switch_programs *programs, const struct way *way, struct sched_config config,
		const struct switch_sizes *sizes, char why[LADDER_WHY])
{
	size_t size;
	void *bytes = unpack(way->packed, way->packed_size, &size);
	const char *step = "open";
	int err;

	programs->object = bytes ? bpf_object__open_mem(bytes, size, btf_supply_options()) : NULL;
	if (!programs->object) {
		snprintf(why, LADDER_WHY, "cannot open its programs: %s", strerror(errno));
		return -errno;
	}
	config.cpu_mask = programs->cpu_places - 1;
	config.wants |= wants_of_way(way, &config);
	config.ring_mark_bytes = ring_mark_bytes(sizes->ring_bytes);
	choose_programs(way, &config, programs->object);
	step = "prepare";
	err = size_maps(&config, sizes, programs->cpu_places, programs->object);
	err = err ? err : prepare_memory(programs, &config);
	if (!err) {
		err = btf_supply(programs->object, NULL, why);
		if (err)
			return err;
		drop_needless(programs, &config);
		step = "load";
		err = bpf_object__load(programs->object);
	}
	if (err)
		snprintf(why, LADDER_WHY, "cannot %s its programs: %s", step, strerror(-err));
	return err;
}

/* Numbers that the programs give to who needs a histogram of its own. */
static int fill_numbers(const struct switch_programs *programs)
{
	int numbers = bpf_object__find_map_fd_by_name(programs->object, "free_numbers");
	__u32 places =
		bpf_map__max_entries(bpf_object__find_map_by_name(programs->object, "keyed_hists"));

	for (__u32 number = 0; number < places; number += programs->cpu_places)
		if (bpf_map_update_elem(numbers, NULL, &number, BPF_ANY))
			return -errno;
	return 0;
}

static int attach(struct switch_programs *programs)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, programs->object) {
		struct bpf_link *link;

		if (!bpf_program__autoload(program))
			continue;
		link = bpf_program__attach(program);
		if (!link)
			return -errno;
		programs->links[programs->link_count++] = link;
	}
	return 0;
}

static int tgids_fd = -1;

static void seed_tgid(const struct task_reading *reading)
{
	__u32 key = reading->tid & (PLACE_COUNT - 1);
	__u64 word = (__u64)reading->tid << 32 | reading->tgid;

	bpf_map_update_elem(tgids_fd, &key, &word, BPF_ANY);
}

/* Which process each of the threads there are is of; of later ones the programs take note. */
static int seed_tgids(const struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, "tgids");
	int proc, err;

	if (!map || bpf_map__max_entries(map) == 1)
		return 0;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return -errno;
	tgids_fd = bpf_map__fd(map);
	err = proc_tasks_walk(proc, true, seed_tgid);
	close(proc);
	return err;
}

static int load_and_attach(struct switch_programs *programs, unsigned int rung,
			   const struct sched_config *config, const struct switch_sizes *sizes,
			   char why[LADDER_WHY])
{
	const struct way *way = &ways[rung];
	const char *step = "attach";
	int err = load(programs, way, *config, sizes, why);

	if (err)
		return err;
	programs->by_event = way->by_event;
	prepare_cpus(programs);
	err = fill_numbers(programs);
	err = err ? err : attach(programs);
	if (!err && way->by_event) {
		step = "tell the threads that there are to";
		err = seed_tgids(programs->object);
	}
	if (err)
		snprintf(why, LADDER_WHY, "cannot %s its programs: %s", step, strerror(-err));
	return err;
}

int switch_programs_open(struct switch_programs *programs, unsigned int rung,
			 const struct sched_config *config, const struct switch_sizes *sizes,
			 char why[LADDER_WHY])
{
	const char *lacking = ways[rung].lacking ? ways[rung].lacking() : NULL;
	int places = programs_cpu_places(SCHED_CPUS_MAX), err;

	*programs =
		(struct switch_programs) { .cpu_places = places < 0 ? 0 : (unsigned int)places };
	if (lacking || places < 0) {
		snprintf(why, LADDER_WHY, "%s",
			 lacking ? lacking : "more CPUs than there is room for");
		return -EOPNOTSUPP;
	}
	err = load_and_attach(programs, rung, config, sizes, why);
	if (err)
		switch_programs_close(programs);
	return err;
}

/* They are those whose programs only take notes. */
const char *switch_programs_also(const struct switch_programs *programs, char to[SWITCH_ALSO])
{
	struct bpf_program *program;
	size_t used = 0;

	*to = '\0';
	if (!programs->object)
		return to;
	bpf_object__for_each_program (program, programs->object) {
		const char *hook = strrchr(bpf_program__section_name(program), '/');

		if (bpf_program__autoload(program) &&
		    !strncmp(bpf_program__name(program), "note_", 5))
			used += (size_t)snprintf(to + used, SWITCH_ALSO - used, "%s%s",
						 used ? ", " : "also: ", hook + 1);
	}
	return to;
}

void switch_programs_detach(struct switch_programs *programs)
{
	while (programs->link_count)
		bpf_link__destroy(programs->links[--programs->link_count]);
	programs_settle();
}

void switch_programs_close(struct switch_programs *programs)
{
	if (!programs->object)
		return;
	switch_programs_detach(programs);
	bpf_object__close(programs->object);
	programs->object = NULL;
}
