// SPDX-License-Identifier: GPL-2.0-or-later
/* switch_hook - owner of sched.bpf.c: the programs at the context switch, and their maps */
#include "switch_hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "hist_writer.h"
#include "kernel.h"
#include "keyed_hists.h"
#include "ladder.h"
#include "programs.h"
#include "sched.skel.h"

#define READ_ATTEMPTS 16

/* The map is cut to the CPUs at hand, which works for the last variable only. */
_Static_assert(sizeof(struct sched_bpf__bss) == offsetof(struct sched_bpf__bss, cpus) +
							SCHED_CPUS_MAX * sizeof(struct sched_cpu),
	       "cpus is the last variable of .bss");

/* One way to measure waits. */
struct way {
	/* NULL, or why this kernel cannot do it although the programs load. */
	const char *(*lacking)(void);
	void (*choose_programs)(struct sched_bpf *skel);
};

struct sched_config switch_config;
__u32 switch_keys = 64;

/* Is any of this wanted? */
static bool wants(__u32 what)
{
	return switch_config.wants & what;
}

/* There are programs that can nothing else. */
static bool wants_only_waits(void)
{
	return wants(WANT_RUNQLAT) && !wants(WANT_CPUDIST | WANT_OFFCPU);
}

static void choose_sched_info(struct sched_bpf *skel)
{
	bpf_program__set_autoload(skel->progs.switch_waits_by_sched_info, wants_only_waits());
	bpf_program__set_autoload(skel->progs.switch_by_sched_info, !wants_only_waits());
}

static void choose_wakeup(struct sched_bpf *skel)
{
	bool waits = wants(WANT_WAITS);

	bpf_program__set_autoload(skel->progs.switch_waits_by_wakeup, wants_only_waits());
	bpf_program__set_autoload(skel->progs.switch_by_wakeup, !wants_only_waits());
	bpf_program__set_autoload(skel->progs.stamp_wakeup, waits);
	bpf_program__set_autoload(skel->progs.stamp_wakeup_new, waits);
}

static const struct way ways[] = {
	{ kernel_lacks_sched_info, choose_sched_info },
	{ NULL, choose_wakeup },
};

static int try_way(unsigned int number, char why[LADDER_WHY]);

static struct ladder ladder = {
	.rungs = { { "sched_info", "tp_btf sched_switch" },
		   { "wakeup", "tp_btf sched_switch, sched_wakeup, sched_wakeup_new" } },
	.attempt = try_way,
};

static struct {
	__u32 ring_bytes;
	void (*event)(const struct record *records, unsigned int count);
	struct sched_bpf *skel;
	struct ring_buffer *ring;
	unsigned int cpus;
	__u32 maps_kib;
	__u64 missed;
} hook = { .ring_bytes = 256 * 1024 };

void switch_hook_choose(const char *name, __u32 ring_bytes)
{
	ladder.only = name;
	hook.ring_bytes = ring_bytes;
}

bool switch_hook_has_way(const char *name)
{
	return ladder_has(&ladder, name);
}

void switch_hook_on_event(void (*event)(const struct record *records, unsigned int count))
{
	hook.event = event;
}

static void fill_table(struct h2_table *table)
{
	for (__u32 value = 0; value < H2_TABLE_SIZE; value++)
		table->bucket[value] = (__u8)h2_bucket(value);
}

/* Below which wait there is nothing to do but to count it. */
static __u64 brief_ns(void)
{
	if (wants(WANT_RUNQLAT) && switch_config.runqlat_filter.active)
		return 0;
	if (wants(WANT_RUNQSLOWER) && switch_config.runqslower_min_ns < H2_BRIEF)
		return switch_config.runqslower_min_ns;
	return H2_BRIEF;
}

/* What must not be 0 at first, but for brief_ns: until begin() no wait is brief. */
static void prepare_cpus(struct sched_bpf__bss *bss)
{
	for (unsigned int i = 0; i < hook.cpus; i++) {
		fill_table(&bss->cpus[i].h2);
		bss->cpus[i].wait.min = ~0ull;
		bss->cpus[i].on_cpu.hist.min = ~0ull;
		bss->cpus[i].off_cpu.hist.min = ~0ull;
	}
}

static bool wants_keys(void)
{
	return switch_config.cpudist.scope != SCOPE_ALL || wants(WANT_IDLE) ||
	       switch_config.offcpu.scope != SCOPE_ALL;
}

/* What is not wanted takes as little memory as there can be. */
static int size_other_maps(struct sched_bpf *skel)
{
	int err;

	err = bpf_map__set_max_entries(skel->maps.keyed_hists, wants_keys() ? switch_keys : 1);
	if (!err && !wants(WANT_OFFCPU))
		err = bpf_map__set_max_entries(skel->maps.off_since, 1);
	if (!err && !wants(WANT_RUNQSLOWER))
		err = bpf_map__set_max_entries(skel->maps.moved_waiting, 1);
	if (err)
		return err;
	return bpf_map__set_max_entries(
		skel->maps.events, wants(WANT_RUNQSLOWER) ? hook.ring_bytes : (__u32)getpagesize());
}

static int size_maps(struct sched_bpf *skel)
{
	size_t bss_size;
	int places = programs_cpu_places(SCHED_CPUS_MAX), err;

	if (places < 0)
		return places;
	hook.cpus = (unsigned int)places;
	bss_size = offsetof(struct sched_bpf__bss, cpus) + hook.cpus * sizeof(struct sched_cpu);
	err = bpf_map__set_value_size(skel->maps.bss, (__u32)bss_size);
	if (err)
		return err;
	prepare_cpus((struct sched_bpf__bss *)bpf_map__initial_value(skel->maps.bss, &bss_size));
	return size_other_maps(skel);
}

static int on_sample(void *context, void *sample, size_t size)
{
	(void)context;
	hook.event(sample, (unsigned int)(size / RECORD_SIZE));
	return 0;
}

static int open_readers(void)
{
	if (wants_keys()) {
		int err = keyed_hists_open(bpf_map__fd(hook.skel->maps.keyed_hists), switch_keys,
					   (unsigned int)libbpf_num_possible_cpus());

		if (err)
			return err;
	}
	if (!wants(WANT_RUNQSLOWER))
		return 0;
	hook.ring = ring_buffer__new(bpf_map__fd(hook.skel->maps.events), on_sample, NULL, NULL);
	return hook.ring ? 0 : -errno;
}

static int load(const struct way *way, char why[LADDER_WHY])
{
	struct bpf_program *program;
	const char *step = "prepare";
	int err;

	hook.skel = sched_bpf__open();
	if (!hook.skel) {
		snprintf(why, LADDER_WHY, "cannot open its programs: %s", strerror(errno));
		return -errno;
	}
	bpf_object__for_each_program (program, hook.skel->obj)
		bpf_program__set_autoload(program, false);
	way->choose_programs(hook.skel);
	bpf_program__set_autoload(hook.skel->progs.note_moved, wants(WANT_RUNQSLOWER));
	err = size_maps(hook.skel);
	if (!err) {
		switch_config.cpu_mask = hook.cpus - 1;
		memcpy((void *)&hook.skel->rodata->config, &switch_config, sizeof(switch_config));
		step = "load";
		err = sched_bpf__load(hook.skel);
	}
	if (!err) {
		step = "attach";
		err = sched_bpf__attach(hook.skel);
	}
	if (!err) {
		step = "open the maps of";
		err = open_readers();
	}
	if (err)
		snprintf(why, LADDER_WHY, "cannot %s its programs: %s", step, strerror(-err));
	return err;
}

static void tick(struct hook *self);

/*
 * Until a CPU has once switched away from a task that went to sleep, the programs do not know how its
 * clocks stand to each other.  So go to sleep on each CPU that we may run on.
 */
static void visit_cpus(void)
{
	const struct timespec moment = { .tv_nsec = 100000 };
	cpu_set_t allowed, one;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (!sched_setaffinity(0, sizeof(one), &one))
			nanosleep(&moment, NULL);
	}
	sched_setaffinity(0, sizeof(allowed), &allowed);
}

static void begin(struct hook *self)
{
	(void)self;
	visit_cpus();
	hook.skel->bss->counting = true;
	for (unsigned int i = 0; i < hook.cpus; i++)
		hook.skel->bss->cpus[i].brief_ns = brief_ns();
}

static int try_way(unsigned int number, char why[LADDER_WHY])
{
	const struct way *way = &ways[number];
	const char *lacking = way->lacking ? way->lacking() : NULL;
	int err;

	if (lacking) {
		snprintf(why, LADDER_WHY, "%s", lacking);
		return -EOPNOTSUPP;
	}
	err = load(way, why);
	if (err) {
		sched_bpf__destroy(hook.skel);
		hook.skel = NULL;
		return err;
	}
	hook.maps_kib = programs_maps_kib(hook.skel->obj);
	tick(&switch_hook);
	return 0;
}

static int attach(struct hook *self)
{
	(void)self;
	return ladder_climb(&ladder);
}

static void describe(struct hook *self, enum probe_id probe, struct stream *stream)
{
	(void)self;
	ladder_describe(&ladder, probe, stream);
}

static const char *result(struct hook *self)
{
	(void)self;
	return ladder_result(&ladder);
}

static bool is_consistent(const struct sched_cpu *copy, const struct sched_cpu *live)
{
	const volatile struct wait_counts *now = &live->runqlat;

	return copy->runqlat.entered == now->entered &&
	       hist_count(&copy->wait) + copy->runqlat.unstamped == copy->runqlat.entered;
}

/*
 * The CPU that owns @live may be in the middle of an event: copy until nothing moved.  After a
 * bounded number of attempts the copy is at most one event apart from itself; once the hooks are
 * removed it is always exact.
 */
static void copy_cpu(struct sched_cpu *copy, const struct sched_cpu *live)
{
	for (unsigned int i = 0; i < READ_ATTEMPTS; i++) {
		memcpy(copy, live, sizeof(*copy));
		if (is_consistent(copy, live))
			return;
	}
}

static void add_counts(struct wait_counts *into, const struct wait_counts *from)
{
	into->entered += from->entered;
	into->unstamped += from->unstamped;
	into->ring_full += from->ring_full;
}

static void add_dist(struct dist *into, const struct dist *from)
{
	hist_merge(&into->hist, &from->hist);
	into->counts.entered += from->counts.entered;
	into->counts.unstamped += from->counts.unstamped;
	into->counts.map_full += from->counts.map_full;
	into->counts.keyed += from->counts.keyed;
}

const struct switch_counts *switch_hook_read(void)
{
	static struct switch_counts total;
	static struct sched_cpu copy;

	memset(&total, 0, sizeof(total));
	total.wait.min = total.on_cpu.hist.min = total.off_cpu.hist.min = ~0ull;
	total.missed = hook.missed;
	if (!hook.skel)
		return &total;
	for (unsigned int i = 0; i < hook.cpus; i++) {
		copy_cpu(&copy, &hook.skel->bss->cpus[i]);
		hist_merge(&total.wait, &copy.wait);
		add_counts(&total.runqlat, &copy.runqlat);
		add_counts(&total.runqslower, &copy.runqslower);
		add_dist(&total.on_cpu, &copy.on_cpu);
		add_dist(&total.off_cpu, &copy.off_cpu);
	}
	return &total;
}

static int ring_fd(struct hook *self)
{
	(void)self;
	return hook.ring ? bpf_map__fd(hook.skel->maps.events) : -1;
}

static int drain(struct hook *self, unsigned int most)
{
	(void)self;
	return hook.ring ? ring_buffer__consume_n(hook.ring, most) : 0;
}

/* Follow the drift of the clocks, ask the kernel for missed runs. */
static void tick(struct hook *self)
{
	struct bpf_cost unused = { 0 };

	(void)self;
	if (!hook.skel)
		return;
	hook.skel->bss->clock_drift = clock_drift_q32();
	hook.missed = programs_ask(hook.skel->obj, &unused);
}

static void cost(struct hook *self, struct bpf_cost *cost)
{
	(void)self;
	if (!hook.skel)
		return;
	cost->maps_kib += hook.maps_kib;
	programs_ask(hook.skel->obj, cost);
	if (hook.ring)
		cost->ring_bytes += (__u32)ring__avail_data_size(ring_buffer__ring(hook.ring, 0));
}

static void detach(struct hook *self)
{
	(void)self;
	if (!hook.skel)
		return;
	sched_bpf__detach(hook.skel);
	programs_settle();
	hook.missed = programs_ask(hook.skel->obj, &(struct bpf_cost) { 0 });
}

static void close_hook(struct hook *self)
{
	(void)self;
	ring_buffer__free(hook.ring);
	hook.ring = NULL;
	keyed_hists_close();
	sched_bpf__destroy(hook.skel);
	hook.skel = NULL;
}

struct hook switch_hook = {
	.attach = attach,
	.result = result,
	.describe = describe,
	.cost = cost,
	.detach = detach,
	.close = close_hook,
	.ring_fd = ring_fd,
	.drain = drain,
	.begin = begin,
	.tick = tick,
};
