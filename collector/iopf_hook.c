// SPDX-License-Identifier: GPL-2.0-or-later
/* iopf_hook - owner of iopf.bpf.c: IO page faults by tracepoints or functions, and their maps */
#include "iopf_hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "btf_supply.h"
#include "clocks.h"
#include "iopf.skel.h"
#include "iopf_source.h"
#include "kernel.h"
#include "ladder.h"
#include "programs.h"
#include "texts.h"

#define READ_ATTEMPTS 16
#define LINKS_MAX 4

/* One way to see faults. */
struct way {
	const char *name;
	const char *end; /* the function that answers a fault; NULL: tracepoints tell it */
	/* The program of that function. */
	struct bpf_program *(*end_program)(struct iopf_bpf *skel);
};

static struct bpf_program *page_response(struct iopf_bpf *skel)
{
	return skel->progs.page_response;
}

static struct bpf_program *group_response(struct iopf_bpf *skel)
{
	return skel->progs.group_response;
}

static struct bpf_program *driver_response(struct iopf_bpf *skel)
{
	return skel->progs.driver_response;
}

#define PAGE_RESPONSE "iommu_page_response"
#define GROUP_RESPONSE "iopf_group_response"
#define DRIVER_RESPONSE "arm_smmu_page_response"

static const struct way ways[] = {
	{ "tracepoints", NULL, NULL },
	{ PAGE_RESPONSE, PAGE_RESPONSE, page_response },
	{ GROUP_RESPONSE, GROUP_RESPONSE, group_response },
	{ DRIVER_RESPONSE, DRIVER_RESPONSE, driver_response },
};

static const struct rung rungs[] = {
	{ IOPF_WAY_TRACEPOINT, "tracepoints smmu:io_fault_entry, smmu:io_fault_exit" },
	{ IOPF_WAY_FUNCTION, "kprobes " IOPF_BEGIN_FUNCTION ", " PAGE_RESPONSE },
	{ IOPF_WAY_FUNCTION, "kprobes " IOPF_BEGIN_FUNCTION ", " GROUP_RESPONSE },
	{ IOPF_WAY_FUNCTION, "kprobes " IOPF_BEGIN_FUNCTION ", " DRIVER_RESPONSE },
	{ NULL, NULL },
};

static int try_way(void *owner, unsigned int number, char why[LADDER_WHY]);

static struct ladder ladder = { .rungs = rungs, .attempt = try_way };

struct iopf_config iopf_config = {
	.timeout_ns = 10000000000ull,
	.keys = 64,
	.pasid = IOPF_NO_PASID,
};

static struct {
	const struct way *way;
	char unrecoverable[LADDER_WHY]; /* why these faults are not seen; empty: they are */
	bool driver_too;		/* what the driver answers on its own account is seen */
	struct iopf_bpf *skel;
	struct bpf_link *links[LINKS_MAX];
	unsigned int link_count;
	struct iopf_slot *slots;
	struct iopf_extremes *extremes;
	struct iopf_pending *places;
	struct program_files files;
	int queues[IOPF_KEYS_MAX];
	__u64 expired[IOPF_KEYS_MAX]; /* faults that were left, and are too old to be answered */
	__u64 in_flight[IOPF_KEYS_MAX];
	bool final;
	__u32 maps_kib;
	__u64 missed;
} hook;

void iopf_hook_choose(const char *kind)
{
	ladder.only = kind;
}

/*
 * Attaching
 */

static int size_maps(struct iopf_bpf *skel)
{
	int cpus = libbpf_num_possible_cpus(), err;
	__u32 keys = iopf_config.keys;

	if (cpus < 0)
		return cpus;
	iopf_config.cpus = (__u32)cpus;
	err = bpf_map__set_max_entries(skel->maps.slot_of_key, keys);
	err = err ? err : bpf_map__set_max_entries(skel->maps.claims, keys);
	err = err ? err : bpf_map__set_max_entries(skel->maps.slots, keys);
	err = err ? err : bpf_map__set_max_entries(skel->maps.queues, keys);
	err = err ? err : bpf_map__set_max_entries(skel->maps.extremes, keys * iopf_config.cpus);
	if (err || !hook.way->end)
		return err;
	err = bpf_map__set_max_entries(skel->maps.requests, IOPF_PLACES);
	err = err ? err : bpf_map__set_max_entries(skel->maps.places, IOPF_PLACES);
	return err ? err : bpf_map__set_max_entries(skel->maps.free_places, IOPF_PLACES);
}

/* Keep @link, which is NULL when attaching failed. */
static int keep_link(struct bpf_link *link)
{
	if (!link)
		return -errno;
	hook.links[hook.link_count++] = link;
	return 0;
}

static void choose_programs(struct iopf_bpf *skel)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, skel->obj)
		bpf_program__set_autoload(program, false);
	bpf_program__set_autoload(skel->progs.unrecoverable, !*hook.unrecoverable);
	if (!hook.way->end) {
		bpf_program__set_autoload(skel->progs.fault_entry, true);
		bpf_program__set_autoload(skel->progs.fault_exit, true);
		return;
	}
	bpf_program__set_autoload(skel->progs.report_fault, true);
	bpf_program__set_autoload(hook.way->end_program(skel), true);
	if (hook.driver_too)
		bpf_program__set_autoload(skel->progs.driver_response, true);
}

/* The end before the beginning: else a fault may end unseen in between. */
static int attach_tracepoints(struct iopf_bpf *skel)
{
	int err = keep_link(bpf_program__attach(skel->progs.fault_exit));

	return err ? err : keep_link(bpf_program__attach(skel->progs.fault_entry));
}

static int attach_functions(struct iopf_bpf *skel)
{
	int err = keep_link(
		bpf_program__attach_kprobe(hook.way->end_program(skel), false, hook.way->end));

	if (!err && hook.driver_too)
		err = keep_link(bpf_program__attach_kprobe(skel->progs.driver_response, false,
							   DRIVER_RESPONSE));
	return err ? err
		   : keep_link(bpf_program__attach_kprobe(skel->progs.report_fault, false,
							  IOPF_BEGIN_FUNCTION));
}

/* A queue for each slot; the programs' maps hold them. */
static int make_queues(struct iopf_bpf *skel)
{
	for (__u32 i = 0; i < iopf_config.keys; i++) {
		int fd = bpf_map_create(BPF_MAP_TYPE_QUEUE, "stamps", 0, sizeof(__u64),
					IOPF_QUEUE_LENGTH, NULL);

		if (fd < 0)
			return -errno;
		hook.queues[i] = fd;
		if (bpf_map_update_elem(bpf_map__fd(skel->maps.queues), &i, &fd, BPF_ANY))
			return -errno;
	}
	return 0;
}

/* The numbers of the places for requests. */
static int fill_places(struct iopf_bpf *skel)
{
	for (__u32 number = 0; number < IOPF_PLACES; number++)
		if (bpf_map_update_elem(bpf_map__fd(skel->maps.free_places), NULL, &number,
					BPF_ANY))
			return -errno;
	return 0;
}

static void *map_memory(const struct bpf_map *map, size_t value_size, int protection)
{
	void *memory = mmap(NULL, bpf_map__max_entries(map) * value_size, protection, MAP_SHARED,
			    bpf_map__fd(map), 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static int open_memory(struct iopf_bpf *skel)
{
	hook.slots = map_memory(skel->maps.slots, sizeof(struct iopf_slot), PROT_READ);
	hook.extremes = map_memory(skel->maps.extremes, sizeof(struct iopf_extremes), PROT_READ);
	hook.places = map_memory(skel->maps.places, sizeof(struct iopf_pending), PROT_READ);
	return hook.slots && hook.extremes && hook.places ? 0 : -errno;
}

static void close_memory(struct iopf_bpf *skel)
{
	if (hook.slots)
		munmap(hook.slots, bpf_map__max_entries(skel->maps.slots) * sizeof(*hook.slots));
	if (hook.extremes)
		munmap(hook.extremes,
		       bpf_map__max_entries(skel->maps.extremes) * sizeof(*hook.extremes));
	if (hook.places)
		munmap(hook.places, bpf_map__max_entries(skel->maps.places) * sizeof(*hook.places));
	hook.slots = NULL;
	hook.extremes = NULL;
	hook.places = NULL;
}

/* What was attached last goes first. */
static void remove_links(void)
{
	while (hook.link_count)
		bpf_link__destroy(hook.links[--hook.link_count]);
}

/* Faults that nobody can answer come by a tracepoint that all kernels have. */
static void attach_unrecoverable(struct iopf_bpf *skel)
{
	if (*hook.unrecoverable)
		return;
	if (keep_link(bpf_program__attach(skel->progs.unrecoverable)))
		snprintf(hook.unrecoverable, LADDER_WHY, "cannot attach to iommu:io_page_fault: %s",
			 strerror(errno));
}

static int load(char why[LADDER_WHY])
{
	struct iopf_bpf *skel = iopf_bpf__open_opts(btf_supply_options());
	const char *step = "prepare";
	int err;

	if (!skel) {
		snprintf(why, LADDER_WHY, "cannot open its programs: %s", strerror(errno));
		return -errno;
	}
	hook.skel = skel;
	choose_programs(skel);
	err = size_maps(skel);
	if (!err) {
		iopf_config.nested = hook.driver_too;
		memcpy((void *)&skel->rodata->config, &iopf_config, sizeof(iopf_config));
		err = btf_supply(skel->obj, NULL, why);
		if (err)
			return err;
		step = "load";
		err = iopf_bpf__load(skel);
	}
	if (!err) {
		step = "make the maps of";
		err = hook.way->end ? fill_places(skel) : make_queues(skel);
		err = err ? err : open_memory(skel);
	}
	if (!err) {
		step = "attach";
		err = hook.way->end ? attach_functions(skel) : attach_tracepoints(skel);
	}
	if (!err)
		attach_unrecoverable(skel);
	else
		snprintf(why, LADDER_WHY, "cannot %s its programs: %s", step, strerror(-err));
	return err;
}

static void unload(void)
{
	remove_links();
	for (unsigned int i = 0; i < IOPF_KEYS_MAX; i++) {
		if (hook.queues[i])
			close(hook.queues[i]);
		hook.queues[i] = 0;
	}
	programs_close_files(&hook.files);
	if (hook.skel)
		close_memory(hook.skel);
	iopf_bpf__destroy(hook.skel);
	hook.skel = NULL;
}

static const char *lacks(const struct way *way)
{
	const char *lacking;

	if (!way->end)
		return iopf_lacks_tracepoints(&iopf_config);
	lacking = iopf_lacks_function(way->end);
	return lacking ? lacking : btf_supply_lacks_types();
}

static int try_way(void *owner, unsigned int number, char why[LADDER_WHY])
{
	const struct way *way = &ways[number];
	const char *lacking = lacks(way);
	int err;

	(void)owner;
	if (lacking) {
		snprintf(why, LADDER_WHY, "%s", lacking);
		return -EOPNOTSUPP;
	}
	hook.way = way;
	hook.driver_too = way->end && strcmp(way->end, DRIVER_RESPONSE) != 0 &&
			  !kernel_try_kprobe(DRIVER_RESPONSE);
	err = load(why);
	if (!err)
		return 0;
	unload();
	hook.way = NULL;
	return err;
}

static __u32 count_maps_kib(void)
{
	__u64 queues = 0;

	for (unsigned int i = 0; i < IOPF_KEYS_MAX; i++)
		queues += hook.queues[i] ? kernel_map_bytes(hook.queues[i]) : 0;
	return programs_maps_kib(hook.skel->obj) + (__u32)(queues / 1024);
}

static int attach(struct hook *self)
{
	const char *lacking = iopf_lacks_unrecoverable(&iopf_config);
	int err;

	(void)self;
	snprintf(hook.unrecoverable, LADDER_WHY, "%s", lacking ? lacking : "");
	err = ladder_climb(&ladder);
	if (err)
		return err;
	hook.maps_kib = count_maps_kib();
	programs_open_files(&hook.files, hook.skel->obj);
	return 0;
}

static const char *better(struct hook *self)
{
	(void)self;
	return ladder_better(&ladder);
}

static void describe(struct hook *self, enum probe_id probe, struct stream *stream)
{
	char text[LADDER_WHY + 32];

	(void)self;
	ladder_describe(&ladder, probe, stream);
	if (!hook.way)
		return;
	if (hook.driver_too)
		text_write(stream, TEXT_attached, probe, "also: kprobe " DRIVER_RESPONSE);
	if (!*hook.unrecoverable) {
		text_write(stream, TEXT_attached, probe, "also: iommu:io_page_fault");
		return;
	}
	snprintf(text, sizeof(text), "unrecoverable faults: %s", hook.unrecoverable);
	text_write(stream, TEXT_unavailable, probe, text);
}

static const char *result(struct hook *self)
{
	(void)self;
	return hook.way ? hook.way->name : ladder_result(&ladder);
}

/*
 * Counts
 */

/* Until none of the CPUs was about to add a latency while it was copied. */
static void copy_slot(struct iopf_slot *copy, const volatile struct iopf_slot *live)
{
	for (unsigned int i = 0; i < READ_ATTEMPTS; i++) {
		__u64 changed = live->changed;

		__sync_synchronize();
		memcpy(copy, (const void *)live, sizeof(*copy));
		__sync_synchronize();
		if (changed == live->changing)
			return;
	}
}

/* The four parts of the sum of squares are worth 2^0, 2^32, 2^64 and 2^96. */
static void add_squares(struct hist *hist, const __u64 square[4])
{
	__u64 middle = square[1] << 32;

	hist->squares_low = square[0] + middle;
	hist->squares_high =
		(square[1] >> 32) + (hist->squares_low < middle) + square[2] + (square[3] << 32);
}

static void read_extremes(struct hist *hist, __u32 number)
{
	hist->min = ~0ull;
	hist->max = 0;
	for (__u32 cpu = 0; cpu < iopf_config.cpus; cpu++) {
		const volatile struct iopf_extremes *extremes =
			&hook.extremes[number * iopf_config.cpus + cpu];
		__u64 max = extremes->max, min = ~extremes->below;

		hist->max = max > hist->max ? max : hist->max;
		hist->min = min < hist->min ? min : hist->min;
	}
}

bool iopf_hook_read(__u32 number, struct iopf_counts *counts)
{
	static struct iopf_slot copy;

	if (!hook.skel || number >= iopf_config.keys ||
	    !((const volatile struct iopf_slot *)&hook.slots[number])->used)
		return false;
	copy_slot(&copy, &hook.slots[number]);
	counts->key = copy.key;
	counts->begun = copy.begun;
	counts->without_entry = copy.without_entry;
	counts->without_exit = copy.without_exit + hook.expired[number];
	counts->failed = copy.failed;
	counts->partial = copy.partial;
	counts->unrecoverable = copy.unrecoverable;
	counts->full = copy.full;
	counts->in_flight = hook.in_flight[number];
	memcpy(counts->latency.bucket, copy.bucket, sizeof(counts->latency.bucket));
	counts->latency.sum = copy.sum;
	add_squares(&counts->latency, copy.square);
	read_extremes(&counts->latency, number);
	return true;
}

__u64 iopf_hook_without_slot(void)
{
	return hook.skel ? *(const volatile __u64 *)&hook.skel->bss->faults_without_slot : 0;
}

__u64 iopf_hook_missed(void)
{
	return hook.missed;
}

bool iopf_hook_is_final(void)
{
	return hook.final;
}

/* A fault that began at @since is not answered: will it be? */
static void count_unanswered(__u32 number, __u64 since, __u64 now)
{
	if (since < now && now - since >= iopf_config.timeout_ns)
		hook.expired[number]++;
	else
		hook.in_flight[number]++;
}

/* In the way by functions. */
static void count_places(__u64 now)
{
	for (__u32 i = 0; i < IOPF_PLACES; i++) {
		const struct iopf_pending *place = &hook.places[i];

		if (place->since && place->request.slot < iopf_config.keys)
			count_unanswered(place->request.slot, place->since, now);
	}
}

/* In the way by tracepoints: as many as are left in the queue, which are the latest. */
static void count_latest(__u32 number, __u64 now)
{
	const struct iopf_slot *slot = &hook.slots[number];
	__u64 queued = slot->begun - slot->full, left = queued - slot->without_exit;

	for (unsigned int i = 0; i < H2_BUCKETS; i++)
		left -= slot->bucket[i];
	for (; left && left <= IOPF_QUEUE_LENGTH; left--)
		count_unanswered(number, slot->since[(queued - left) & (IOPF_QUEUE_LENGTH - 1)],
				 now);
}

/* The programs are gone: what of the faults is left? */
static void count_in_flight(void)
{
	__u64 now = clock_ns(CLOCK_MONOTONIC);

	if (hook.way->end)
		count_places(now);
	for (__u32 i = 0; i < iopf_config.keys && !hook.way->end; i++)
		count_latest(i, now);
}

/* Ask the kernel for missed runs. */
static void tick(struct hook *self)
{
	(void)self;
	if (hook.skel && !hook.final)
		hook.missed = programs_ask(&hook.files, &(struct bpf_cost) { 0 });
}

static void cost(struct hook *self, struct bpf_cost *cost)
{
	(void)self;
	if (!hook.skel)
		return;
	cost->maps_kib += hook.maps_kib;
	programs_ask(&hook.files, cost);
	hook_note_entries(cost, hook.skel->bss->slots_used, iopf_config.keys);
}

static void detach(struct hook *self)
{
	(void)self;
	if (!hook.skel)
		return;
	remove_links();
	programs_settle();
	hook.missed = programs_ask(&hook.files, &(struct bpf_cost) { 0 });
	count_in_flight();
	hook.final = true;
}

static void close_hook(struct hook *self)
{
	(void)self;
	unload();
}

struct hook iopf_hook = {
	.attach = attach,
	.result = result,
	.better = better,
	.describe = describe,
	.cost = cost,
	.detach = detach,
	.close = close_hook,
	.tick = tick,
};
