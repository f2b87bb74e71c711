// SPDX-License-Identifier: GPL-2.0-or-later
/* funclat_hook - owner of funclat.bpf.c: the programs at a function's entry and return, and their maps */
#include "funclat_hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "funclat.skel.h"
#include "funclat_programs.h"
#include "kernel.h"
#include "programs.h"
#include "say.h"
#include "texts.h"

int funclat_choose(struct funclat *funclat, const char *name)
{
	for (unsigned int i = 0; i < FUNCLAT_WAYS; i++) {
		if (strcmp(funclat_ways[i].rung.name, name))
			continue;
		funclat->ladder.only = funclat_ways[i].rung.name;
		return 0;
	}
	return -EINVAL;
}

/*
 * The probe's own part of each duration
 */

#define NAMES_MAX 4
#define BIAS_BATCHES 20
#define BIAS_CALLS 50

/* What this very thread was counted for. */
static struct call_row own_calls(const struct funclat *self, const struct funclat_bpf *skel)
{
	__u64 key = (__u64)getpid() << 32 | (__u32)syscall(SYS_gettid);
	struct call_row sum = { 0 };

	for (unsigned int cpu = 0; cpu < self->writer.cpus; cpu++)
		for (unsigned int i = 0; i < CALL_ROWS; i++) {
			const struct call_row *row = &skel->bss->cpus[cpu].row[i];

			if ((row->key & ~ROW_STALE) != key)
				continue;
			sum.count += row->count;
			sum.sum += row->sum;
		}
	return sum;
}

/* The least mean of several: a mean, because the clock may be coarse; the least, because of interrupts. */
static __u64 least_mean_ns(const struct funclat *self, const struct funclat_bpf *skel)
{
	struct call_row before = own_calls(self, skel), now;
	__u64 least = ~0ull, mean;

	for (unsigned int batch = 0; batch < BIAS_BATCHES; batch++) {
		for (unsigned int i = 0; i < BIAS_CALLS; i++)
			syscall(SYS_getppid);
		now = own_calls(self, skel);
		if (now.count == before.count)
			continue;
		mean = (now.sum - before.sum) / (now.count - before.count);
		if (mean < least)
			least = mean;
		before = now;
	}
	return least;
}

/*
 * Measure the shortest function that can be called at will: what it seems to take is nearly all our own,
 * and therefore the most that we add to any other.  0, or why the way does not work.
 */
static int measure_bias(struct funclat *self, const struct funclat_way *way, char why[LADDER_WHY])
{
	struct funclat_config config = { .filter = { .active = 1 } };
	struct bpf_link *links[FUNCLAT_LINKS] = { NULL };
	struct funclat_bpf *skel = NULL;
	__u64 bias;
	int err = -ENOENT;

	config.filter.tid = (__u32)syscall(SYS_gettid);
	self->has_bias = false;
	for (unsigned int i = 0; kernel_getppid[i] && !skel; i++) {
		err = funclat_put_on(self, way, kernel_getppid[i], config, &skel, links, why);
		if (err && err != -ENOENT && err != -ESRCH)
			return err;
	}
	if (!skel) {
		say_detail("%s: no function to measure the own bias by", way->rung.name);
		return 0;
	}
	bias = least_mean_ns(self, skel);
	funclat_take_off(links);
	funclat_bpf__destroy(skel);
	if (bias == ~0ull) {
		snprintf(why, LADDER_WHY, "its programs can be attached, but do not run");
		return -ENOTCONN;
	}
	self->has_bias = true;
	self->bias_ns = bias;
	return 0;
}

/*
 * Which function, which way
 */

static __u64 runs_of(const struct funclat *self)
{
	struct bpf_cost cost = { 0 };

	programs_ask(&self->files, &cost);
	return cost.runs;
}

/* Whether the scheduler calls it: a function may be there, and be probed, for nothing. */
static bool is_called(const struct funclat *self)
{
	int stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	bool called = stats_fd < 0; /* cannot tell */

	for (unsigned int i = 0; i < 20 && !called; i++) {
		usleep(1000);
		called = runs_of(self) > 0;
	}
	if (stats_fd >= 0)
		close(stats_fd);
	return called;
}

/* The functions that both owners shall measure. */
static unsigned int list_names(const char *names[NAMES_MAX])
{
	const struct funclat *const owners[] = { &picknext_funclat, &funclat_funclat };
	unsigned int count = 0;

	for (unsigned int i = 0; i < 2; i++)
		for (unsigned int j = 0; owners[i]->functions && owners[i]->functions[j]; j++)
			if (count < NAMES_MAX)
				names[count++] = owners[i]->functions[j];
	return count;
}

/* The kernel takes its time to write down all its symbols: once for all names and ways. */
static int look_up(const char *name, struct symbols *symbols)
{
	static const char *names[NAMES_MAX];
	static struct symbols found[NAMES_MAX];
	static unsigned int count;
	static int err;

	if (!count) {
		count = list_names(names);
		err = symbols_find_all(SYMBOLS_PATH, names, count, found);
	}
	for (unsigned int i = 0; i < count; i++) {
		if (names[i] != name)
			continue;
		*symbols = found[i];
		return err;
	}
	return -ENOENT;
}

/* What can be probed of the name that the user or the probe gives; 0, or why there is nothing. */
static int resolve(struct funclat *self, const char *name, char why[LADDER_WHY])
{
	struct symbols symbols;

	snprintf(self->function, sizeof(self->function), "%s", name);
	if (look_up(name, &symbols) || symbols.exact == 1)
		return 0;
	if (symbols.exact > 1) {
		snprintf(why, LADDER_WHY, "%u functions are called %s", symbols.exact, name);
		return -EADDRNOTAVAIL;
	}
	if (!*symbols.variant) {
		self->unknown = true;
		snprintf(why, LADDER_WHY, "this kernel has no function %s", name);
		return -ENOENT;
	}
	snprintf(self->function, sizeof(self->function), "%s", symbols.variant);
	return 0;
}

/* Rungs: each way for the first function, then each for the second. */
static int try_way(void *owner, unsigned int rung, char why[LADDER_WHY])
{
	struct funclat *self = owner;
	const struct funclat_way *way = &funclat_ways[rung % FUNCLAT_WAYS];
	const char *lacking;
	int err = resolve(self, self->functions[rung / FUNCLAT_WAYS], why);

	if (err)
		return err;
	lacking = way->lacking();
	if (!lacking && way->id == FUNCTION_BY_FEXIT && strchr(self->function, '.'))
		lacking = "a variant of a function has no type information";
	if (lacking) {
		snprintf(why, LADDER_WHY, "%s", lacking);
		return -EOPNOTSUPP;
	}
	err = measure_bias(self, way, why);
	err = err ? err
		  : funclat_put_on(self, way, self->function, self->config, &self->skel,
				   self->links, why);
	if (err)
		return err;
	programs_open_files(&self->files, self->skel->obj);
	if (self->functions[1] && !is_called(self)) {
		snprintf(why, LADDER_WHY, "%s is never called", self->function);
		programs_close_files(&self->files);
		funclat_take_off(self->links);
		funclat_bpf__destroy(self->skel);
		self->skel = NULL;
		return -ENOENT;
	}
	*why = '\0';
	self->way = way;
	self->skel->bss->recording = 1;
	return 0;
}

/* Names that the user may have meant, behind what is in @text. */
static void append_near(char *text, size_t size, const char *name)
{
	char near[SYMBOLS_NEAR][SYMBOL_SIZE];
	size_t used = strlen(text);

	if (symbols_near(SYMBOLS_PATH, name, near))
		return;
	for (unsigned int i = 0; i < SYMBOLS_NEAR && *near[i] && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 i ? ", " : "; names like it: ", near[i]);
}

static void explain_failure(struct funclat *self)
{
	snprintf(self->failure, sizeof(self->failure), "%s", ladder_result(&self->ladder));
	if (self->unknown && !self->functions[1])
		append_near(self->failure, sizeof(self->failure), self->functions[0]);
}

/* What the collector itself keeps; it is never given back. */
static int make_room(struct funclat *self)
{
	int places = programs_cpu_places(FUNCLAT_CPUS_MAX);
	void *room;

	if (places < 0)
		return places;
	self->writer.probe = self->probe;
	self->writer.cpus = (unsigned int)places;
	room = mmap(NULL, self->writer.cpus * sizeof(*self->writer.sent), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return -errno;
	self->writer.sent = room;
	return 0;
}

/* The program at the entry, in whichever way it is there. */
static int open_entry_file(const struct funclat *self)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, self->skel->obj) {
		const char *name = bpf_program__name(program);

		if (bpf_program__fd(program) >= 0 &&
		    (!strncmp(name, "fentry_", 7) || !strncmp(name, "kprobe_", 7)))
			return programs_open_file(program);
	}
	return -ENOENT;
}

static void tick(struct hook *hook);

static void build_ladder(struct funclat *self)
{
	unsigned int rungs = 0;

	for (unsigned int i = 0; self->functions[i]; i++)
		for (unsigned int way = 0; way < FUNCLAT_WAYS; way++)
			self->rungs[rungs++] = funclat_ways[way].rung;
	self->ladder.rungs = self->rungs;
	self->ladder.attempt = try_way;
	self->ladder.owner = self;
}

static int attach(struct hook *hook)
{
	struct funclat *self = (struct funclat *)hook;
	int err = make_room(self);

	if (err) {
		snprintf(self->failure, sizeof(self->failure), "no memory: %s", strerror(-err));
		return err;
	}
	build_ladder(self);
	err = ladder_climb(&self->ladder);
	if (err) {
		explain_failure(self);
		return err;
	}
	self->maps_kib = programs_maps_kib(self->skel->obj);
	self->entry_file = open_entry_file(self);
	tick(hook);
	return 0;
}

static const char *better(struct hook *hook)
{
	return ladder_better(&((struct funclat *)hook)->ladder);
}

static void describe(struct hook *hook, enum probe_id probe, struct stream *stream)
{
	struct funclat *self = (struct funclat *)hook;

	if (self->way)
		text_write(stream, TEXT_function, probe, self->function);
	if (self->ladder.rungs)
		ladder_describe(&self->ladder, probe, stream);
}

static const char *result(struct hook *hook)
{
	struct funclat *self = (struct funclat *)hook;

	if (!self->way)
		return self->failure;
	snprintf(self->attached, sizeof(self->attached), "%s of %s", self->way->rung.name,
		 self->function);
	return self->attached;
}

/*
 * Counts
 */

static __u64 entry_runs_skipped(const struct funclat *self)
{
	return programs_ask_file(self->entry_file, &(struct bpf_cost) { 0 });
}

/* Calls that had not returned when the programs were removed: what is still remembered. */
static __u64 count_in_flight(const struct funclat *self)
{
	__u64 in_flight = 0;

	for (unsigned int i = 0; i < self->writer.cpus; i++) {
		const struct funclat_cpu *cpu = &self->skel->bss->cpus[i];

		in_flight += self->on_cpu ? cpu->since != 0
					  : cpu->remembered - hist_count(&cpu->calls) -
						    cpu->left_at_return - cpu->left_at_end;
	}
	return in_flight;
}

void funclat_ledger(struct funclat *self, __u64 columns[LEDGER_COLUMNS])
{
	__u64 entered = 0, delivered = 0, missed = 0, too_many = 0, unstamped = 0;

	for (unsigned int i = 0; self->skel && i < self->writer.cpus; i++) {
		const struct funclat_cpu *cpu = &self->skel->bss->cpus[i];

		entered += cpu->entered;
		delivered += hist_count(&cpu->calls);
		missed += cpu->left_at_entry + cpu->left_at_return + cpu->left_at_end;
		too_many += cpu->too_many;
		unstamped += cpu->unstamped;
	}
	/* A call whose entry was skipped shows at its return as unstamped, unless that was skipped too. */
	if (self->skipped > unstamped && self->skipped - unstamped > self->unseen)
		self->unseen = self->skipped - unstamped;
	missed += self->unseen;
	columns[LEDGER_delivered] = delivered;
	columns[LEDGER_map_full] = too_many;
	columns[LEDGER_unstamped] = unstamped;
	columns[LEDGER_missed] = missed;
	columns[LEDGER_in_flight] = self->in_flight;
	/* What goes on now is nobody's loss: before the end it is not told from what went wrong. */
	columns[LEDGER_entered] = self->ended ? entered + unstamped + self->unseen
					      : delivered + missed + too_many + unstamped;
}

void funclat_write(struct funclat *self, __u64 time_ns, bool final, struct stream *stream)
{
	struct rec_function record = {
		.type = REC_function,
		.time_ns = time_ns,
		.flags = self->has_bias ? FUNCTION_HAS_BIAS : 0,
		.probe = (__u8)self->probe,
		.bias_ns = self->bias_ns,
	};

	if (!self->skel)
		return;
	calls_write(&self->writer, self->skel->bss->cpus, time_ns, final, stream);
	record.way = (__u8)self->way->id;
	record.rows = self->writer.rows;
	record.deferred = self->writer.deferred;
	stream_add(stream, &record);
}

static void tick(struct hook *hook)
{
	struct funclat *self = (struct funclat *)hook;

	if (self->skel)
		self->skipped = entry_runs_skipped(self);
}

static void cost(struct hook *hook, struct bpf_cost *cost)
{
	struct funclat *self = (struct funclat *)hook;

	if (!self->skel)
		return;
	cost->maps_kib += self->maps_kib;
	programs_ask(&self->files, cost);
	if (!self->on_cpu)
		hook_note_entries(cost, (__u32)self->skel->bss->stacks_used, self->tasks);
}

/* The entry first, so that what returns has been seen to enter. */
static void detach(struct hook *hook)
{
	struct funclat *self = (struct funclat *)hook;

	if (!self->skel)
		return;
	self->skel->bss->recording = 0;
	funclat_take_off(self->links);
	programs_settle();
	tick(hook);
	self->in_flight = count_in_flight(self);
	self->ended = true;
}

static void close_hook(struct hook *hook)
{
	struct funclat *self = (struct funclat *)hook;

	if (self->skel)
		close(self->entry_file);
	programs_close_files(&self->files);
	funclat_bpf__destroy(self->skel);
	self->skel = NULL;
}

#define FUNCLAT_HOOK                                                                               \
	{                                                                                          \
		.attach = attach, .result = result, .better = better, .describe = describe,        \
		.cost = cost, .detach = detach, .close = close_hook, .tick = tick,                 \
	}

struct funclat picknext_funclat = {
	.hook = FUNCLAT_HOOK,
	.probe = PROBE_picknext,
	.tasks = FUNCLAT_TASKS,
};
struct funclat funclat_funclat = {
	.hook = FUNCLAT_HOOK,
	.probe = PROBE_funclat,
	.tasks = FUNCLAT_TASKS,
};
