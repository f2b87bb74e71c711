// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare_known RECORDING KNOWN - whether a recording has the figures that `known` printed
 *
 * The second opinion where nothing can be traced: it is the scheduler's own, from /proc/PID/schedstat.
 * The recording holds an event for every wait (runqslower:min=0), histograms of cpudist and offcpu
 * for each thread, and picknext.  Prints NAME VALUE lines: how many tasks there are, and for each probe the
 * sums over all of them, recorded and known; NAME_apart is how many tasks differ by more than a
 * few in count.  The kernel takes the end of a wait from a clock that may be as old as the wake-up,
 * so that its waits are a little too short; that is left to the caller.  How long a task was off the CPU
 * is known within bounds only.
 */
#include <stdint.h>
#include <string.h>

#include "compare.h"
#include "funclat.h"
#include "probes.h"
#include "runqslower.h"

#define TASKS_MAX 64
#define FEW 3 /* runs: at the beginning and the end of a life */
#define TICK_NS 4000000

enum figure { WAITS, ON_CPU, OFF_CPU, PICKS, FIGURES };
static const char *const figure_names[FIGURES] = { "waits", "on_cpu", "off_cpu", "picks" };

struct sums {
	unsigned long long count, ns;
};

struct task {
	unsigned int tid;
	char kind[16];
	unsigned long long runs, waited_ns, ran_ns, life_ns, seen_ns;
	struct sums recorded[FIGURES];
};

static struct task tasks[TASKS_MAX];
static unsigned int task_count;

static void read_known(const char *path)
{
	FILE *file = open_file(path);
	char line[256];

	while (task_count < TASKS_MAX && fgets(line, sizeof(line), file)) {
		struct task *task = &tasks[task_count];

		task_count += sscanf(line, "task %u %15s %llu %llu %llu %llu %llu", &task->tid,
				     task->kind, &task->runs, &task->waited_ns, &task->ran_ns,
				     &task->life_ns, &task->seen_ns) == 7;
	}
	fclose(file);
}

static struct task *task_of(unsigned int tid)
{
	for (unsigned int i = 0; i < task_count; i++)
		if (tasks[i].tid == tid)
			return &tasks[i];
	return NULL;
}

static void take_summary(const struct rec_summary *summary)
{
	enum figure figure = summary->probe == PROBE_cpudist ? ON_CPU : OFF_CPU;
	struct task *task = task_of(summary->key);

	if ((summary->probe != PROBE_cpudist && summary->probe != PROBE_offcpu) || !task ||
	    HIST_SCOPE(summary->shape) != SCOPE_TID)
		return;
	task->recorded[figure] = (struct sums) { summary->count, summary->sum };
}

static void take_event(const struct rec_runqslower *event)
{
	struct task *task = task_of(event->tid);

	if (!task)
		return;
	task->recorded[WAITS].count++;
	task->recorded[WAITS].ns += event->wait_ns;
}

/* One snapshot is all there is: a row for each CPU. */
static void take_calls(const struct rec_calls *calls)
{
	struct task *task = task_of(calls->tid);

	if (!task || calls->probe != PROBE_picknext)
		return;
	task->recorded[PICKS].count += calls->count;
	task->recorded[PICKS].ns += calls->sum;
}

static void take(const struct record *record)
{
	if (record->type == REC_summary)
		take_summary((const struct rec_summary *)record);
	else if (record->type == REC_runqslower)
		take_event((const struct rec_runqslower *)record);
	else if (record->type == REC_calls)
		take_calls((const struct rec_calls *)record);
}

/* What the kernel and the process say of it. */
static struct sums known(const struct task *task, enum figure figure)
{
	unsigned long long off_ns = task->life_ns > task->ran_ns ? task->life_ns - task->ran_ns : 0;

	switch (figure) {
	case WAITS:
		return (struct sums) { task->runs, task->waited_ns };
	case ON_CPU:
		return (struct sums) { task->runs, task->ran_ns };
	case OFF_CPU:
		return (struct sums) { task->runs ? task->runs - 1 : 0, off_ns };
	default:
		return (struct sums) { task->runs, 0 };
	}
}

static void compare(enum figure figure)
{
	struct sums all = { 0, 0 }, all_known = { 0, 0 };
	unsigned long long most_ns = 0;
	unsigned int apart = 0;

	for (unsigned int i = 0; i < task_count; i++) {
		struct sums one = tasks[i].recorded[figure], other = known(&tasks[i], figure);
		unsigned long long few = FEW + other.count / 100;
		unsigned long long more = few;

		all.count += one.count;
		all.ns += one.ns;
		all_known.count += other.count;
		all_known.ns += other.ns;
		most_ns += tasks[i].seen_ns - tasks[i].ran_ns;
		if (figure == PICKS) /* at any tick the one that runs may be picked again */
			more += tasks[i].seen_ns / TICK_NS;
		if (one.count <= other.count + more && other.count <= one.count + few)
			continue;
		apart++;
		printf("# %s: %s %u: %llu recorded, %llu known\n", figure_names[figure],
		       tasks[i].kind, tasks[i].tid, one.count, other.count);
	}
	printf("known_%s %llu\nknown_%s_ns %llu\n", figure_names[figure], all_known.count,
	       figure_names[figure], all_known.ns);
	printf("recorded_%s %llu\nrecorded_%s_ns %llu\n", figure_names[figure], all.count,
	       figure_names[figure], all.ns);
	if (figure == OFF_CPU)
		printf("most_off_cpu_ns %llu\n", most_ns);
	printf("%s_apart %u\n", figure_names[figure], apart);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: compare_known RECORDING KNOWN\n", stderr);
		return 2;
	}
	read_known(argv[2]);
	read_records(argv[1], take);
	printf("known_tasks %u\n", task_count);
	for (int figure = 0; figure < FIGURES; figure++)
		compare((enum figure)figure);
	return 0;
}
