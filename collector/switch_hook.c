// SPDX-License-Identifier: GPL-2.0-or-later
/* switch_hook - owner of sched.bpf.c: the programs at the context switch, and their maps */
#include "switch_hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
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
#include "sandbox.h"
#include "switch_programs.h"
#include "texts.h"

#define READ_ATTEMPTS 16

struct sched_config switch_config;
__u32 switch_keys = 64;

/* Is any of this wanted? */
static bool wants(__u32 what)
{
	return switch_config.wants & what;
}

static int try_way(void *owner, unsigned int number, char why[LADDER_WHY]);

static struct ladder ladder = { .rungs = switch_rungs, .attempt = try_way };

static struct {
	__u32 ring_bytes;
	void (*event)(const struct record *records, unsigned int count);
	struct switch_programs programs;
	struct ring_buffer *ring;
	struct program_files files;
	int proc; /* where names are looked up that the programs cannot tell; -1: they can */
	__u32 maps_kib;
	__u64 missed;
} hook = { .ring_bytes = 256 * 1024, .proc = -1 };

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

/* Below which wait there is nothing to do but to count it. */
static __u64 brief_ns(void)
{
	if (wants(WANT_RUNQLAT) && switch_config.runqlat_filter.active)
		return 0;
	if (wants(WANT_RUNQSLOWER) && switch_config.runqslower_min_ns < H2_BRIEF)
		return switch_config.runqslower_min_ns;
	return H2_BRIEF;
}

static int on_sample(void *context, void *sample, size_t size)
{
	(void)context;
	hook.event(sample, (unsigned int)(size / RECORD_SIZE));
	return 0;
}

static int map_fd(const char *name)
{
	return bpf_object__find_map_fd_by_name(hook.programs.object, name);
}

static int open_keyed(void)
{
	if (!switch_wants_keys(&switch_config))
		return 0;
	if (hook.programs.by_event)
		hook.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return keyed_hists_open(map_fd("keyed_hists"), switch_keys, hook.programs.cpu_places,
				hook.proc);
}

static int open_readers(void)
{
	int err = open_keyed();

	if (err)
		return err;
	if (!wants(WANT_RUNQSLOWER))
		return 0;
	hook.ring = ring_buffer__new(map_fd("events"), on_sample, NULL, NULL);
	return hook.ring ? 0 : -errno;
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
	hook.programs.shared->counting = true;
	for (unsigned int i = 0; i < hook.programs.cpu_places; i++)
		hook.programs.cpus[i].brief_ns = brief_ns();
}

static int try_way(void *owner, unsigned int number, char why[LADDER_WHY])
{
	const struct switch_sizes sizes = { .keys = switch_keys, .ring_bytes = hook.ring_bytes };
	int err = switch_programs_open(&hook.programs, number, &switch_config, &sizes, why);

	(void)owner;
	if (err)
		return err;
	err = open_readers();
	if (err) {
		snprintf(why, LADDER_WHY, "cannot open its maps: %s", strerror(-err));
		switch_programs_close(&hook.programs);
		return err;
	}
	hook.maps_kib = programs_maps_kib(hook.programs.object);
	programs_open_files(&hook.files, hook.programs.object);
	tick(&switch_hook);
	return 0;
}

static int attach(struct hook *self)
{
	int err;

	(void)self;
	err = ladder_climb(&ladder);
	if (!err && hook.proc >= 0)
		sandbox_allow_directory(hook.proc, false);
	return err;
}

static const char *better(struct hook *self)
{
	(void)self;
	return ladder_better(&ladder);
}

static void describe(struct hook *self, enum probe_id probe, struct stream *stream)
{
	char also[SWITCH_ALSO];

	(void)self;
	ladder_describe(&ladder, probe, stream);
	if (*switch_programs_also(&hook.programs, also))
		text_write(stream, TEXT_attached, probe, also);
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
	into->user_dropped += from->user_dropped;
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
	if (!hook.programs.object)
		return &total;
	for (unsigned int i = 0; i < hook.programs.cpu_places; i++) {
		copy_cpu(&copy, &hook.programs.cpus[i]);
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
	return hook.ring ? map_fd("events") : -1;
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
	if (!hook.programs.object)
		return;
	hook.programs.shared->clock_drift = clock_drift_q32();
	hook.missed = programs_ask(&hook.files, &unused);
}

static struct ring_use ring_use(struct hook *self)
{
	struct ring *ring = hook.ring ? ring_buffer__ring(hook.ring, 0) : NULL;

	(void)self;
	if (!ring)
		return (struct ring_use) { 0, 0 };
	return (struct ring_use) { (__u32)ring__avail_data_size(ring), (__u32)ring__size(ring) };
}

static void cost(struct hook *self, struct bpf_cost *cost)
{
	if (!hook.programs.object)
		return;
	cost->maps_kib += hook.maps_kib;
	programs_ask(&hook.files, cost);
	cost->ring_bytes += ring_use(self).waiting;
	if (switch_wants_keys(&switch_config))
		hook_note_entries(cost, keyed_hists_used(), switch_keys);
}

static void take_in_bulk(struct hook *self, bool in_bulk)
{
	(void)self;
	if (hook.programs.object)
		hook.programs.shared->in_bulk = in_bulk;
}

static void shed(struct hook *self, __u32 mask)
{
	(void)self;
	if (hook.programs.object)
		hook.programs.shared->shed = mask;
}

static void detach(struct hook *self)
{
	(void)self;
	if (!hook.programs.object)
		return;
	switch_programs_detach(&hook.programs);
	hook.missed = programs_ask(&hook.files, &(struct bpf_cost) { 0 });
}

static void close_hook(struct hook *self)
{
	(void)self;
	ring_buffer__free(hook.ring);
	hook.ring = NULL;
	programs_close_files(&hook.files);
	if (hook.proc >= 0)
		close(hook.proc);
	hook.proc = -1;
	keyed_hists_close();
	switch_programs_close(&hook.programs);
}

struct hook switch_hook = {
	.attach = attach,
	.result = result,
	.better = better,
	.describe = describe,
	.cost = cost,
	.detach = detach,
	.close = close_hook,
	.ring_fd = ring_fd,
	.ring_use = ring_use,
	.drain = drain,
	.take_in_bulk = take_in_bulk,
	.shed = shed,
	.begin = begin,
	.tick = tick,
};
