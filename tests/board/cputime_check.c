// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cputime_check FILE - is what a recording says of CPU time possible at all?
 *
 * A task cannot have used more than its CPU, or its process the CPUs, had since it began, and never
 * less than before.  (From one record to the next it may: while it runs its figures are as old as
 * its last tick, which an emulator's CPU that stands still gets seconds late.)  Prints how many
 * records say so, how many tasks there are, how many of them with an id that another had before, and
 * how many tasks the fullest snapshot holds, the last one apart.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cputime.h"

#define NS_PER_TICK 10000000ull
#define TASKS_MAX 65536
#define TICKS_UNSURE 2 /* a start time is rounded, and so are the times from /proc */

static struct rec_cputime tasks[TASKS_MAX];
static unsigned int count, reused, backwards, impossible, snapshots, most;
static __u32 cpus = 1;

static struct rec_cputime *task_of(const struct rec_cputime *record)
{
	bool seen = false;

	for (unsigned int i = 0; i < count; i++) {
		if (tasks[i].tid != record->tid ||
		    (tasks[i].flags ^ record->flags) & CPUTIME_PROCESS)
			continue;
		if (tasks[i].start_ns == record->start_ns)
			return &tasks[i];
		seen = true;
	}
	if (count == TASKS_MAX) {
		fprintf(stderr, "cputime_check: too many tasks\n");
		exit(1);
	}
	reused += seen;
	return &tasks[count++];
}

/* Tasks are read between the snapshot's time, which is before, and that of the block's trailer. */
static void check_figures(const struct rec_cputime *before, const struct rec_cputime *record,
			  __u64 read_ns)
{
	__u64 age_ns = read_ns - record->start_ns + TICKS_UNSURE * NS_PER_TICK;

	if (record->runtime_ns < before->runtime_ns || record->utime_ns < before->utime_ns ||
	    record->stime_ns < before->stime_ns)
		backwards++;
	else if (record->runtime_ns > age_ns * (record->flags & CPUTIME_PROCESS ? cpus : 1))
		impossible++;
	else
		return;
	printf("# tid %u: %llu ns after %llu ns, %llu ns since it began\n", record->tid,
	       record->runtime_ns, before->runtime_ns, age_ns);
}

static void take(const struct record *record, __u64 read_ns)
{
	static unsigned int in_snapshot;
	const struct rec_cputime_system *system = (const struct rec_cputime_system *)record;
	const struct rec_cputime *figures = (const struct rec_cputime *)record;
	struct rec_cputime *task;

	if (record->type == REC_session)
		cpus = ((const struct rec_session *)record)->cpus_online;
	if (record->type == REC_cputime) {
		task = task_of(figures);
		check_figures(task, figures,
			      record->flags & CPUTIME_BASELINE ? record->time_ns : read_ns);
		*task = *figures;
		in_snapshot += !(record->flags & CPUTIME_BASELINE);
	}
	if (record->type != REC_cputime_system || record->flags & CPUTIME_BASELINE)
		return;
	/* without a cap, or in the last one, nothing is left out */
	if (system->left_out && in_snapshot > most)
		most = in_snapshot;
	snapshots++;
	in_snapshot = 0;
}

/* Block by block. */
static void read_all(FILE *file)
{
	struct record block[BLOCK_RECORDS_MAX];
	unsigned int records = 0;

	while (fread(&block[records], RECORD_SIZE, 1, file) == 1) {
		if (block[records].type == REC_pad)
			continue;
		if (block[records].type == REC_trailer) {
			for (unsigned int i = 0; i < records; i++)
				take(&block[i], block[records].time_ns);
			records = 0;
		} else if (++records == BLOCK_RECORDS_MAX) {
			fprintf(stderr, "cputime_check: a block without an end\n");
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;

	if (!file) {
		fprintf(stderr, "usage: cputime_check FILE\n");
		return 2;
	}
	read_all(file);
	printf("snapshots %u\ntasks %u\nreused %u\nbackwards %u\nimpossible %u\nmost %u\n",
	       snapshots, count, reused, backwards, impossible, most);
	return 0;
}
