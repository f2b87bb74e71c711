// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare_cputime ITER PROC|- PID... - are the CPU times of two recordings those that /proc shows now?
 *
 * The processes stand still since before the recordings' last snapshots, one of which was read by
 * the task iterator, the other from /proc.  Of each process and each of its threads the times in
 * either are held against its stat file: they may be one tick apart; and the raw ones of processes
 * against each other, which are read from the same counters.  With - there is one recording, read in
 * whichever way.  Prints what was compared and what differs.
 */
#include <dirent.h>
#include <stdbool.h>
#include <string.h>

#include "compare.h"
#include "cputime.h"

__extension__ typedef unsigned __int128 u128;

#define NS_PER_TICK 10000000ull
#define STOPPING_NS 1000000 /* a stopped task is told of just before it leaves its CPU */

struct recording {
	const char *name;
	struct record *records;
	size_t count;
};

static unsigned int compared, apart, unknown, raw_compared, raw_apart;

/* Of a recording, what is about CPU time. */
static struct recording recording_read(const char *name, const char *path)
{
	struct recording recording = { .name = name };
	FILE *file = open_file(path);
	size_t room = 0;
	struct record record;

	while (fread(&record, sizeof(record), 1, file) == 1) {
		if (record.type != REC_cputime && record.type != REC_cputime_children)
			continue;
		if (recording.count == room) {
			room = room ? 2 * room : 1024;
			recording.records = realloc(recording.records, room * sizeof(record));
		}
		if (!recording.records)
			fail("memory");
		recording.records[recording.count++] = record;
	}
	fclose(file);
	return recording;
}

/* The last record of a task; NULL: there is none. */
static const struct rec_cputime *last_of(const struct recording *recording, __u32 tid,
					 __u64 start_ticks, bool process)
{
	const struct rec_cputime *last = NULL;

	for (size_t i = 0; i < recording->count; i++) {
		const struct rec_cputime *record =
			(const struct rec_cputime *)&recording->records[i];

		if (record->type == REC_cputime && record->tid == tid &&
		    record->start_ns / NS_PER_TICK == start_ticks &&
		    !(record->flags & CPUTIME_PROCESS) == !process)
			last = record;
	}
	return last;
}

static const struct rec_cputime_children *children_of(const struct recording *recording, __u32 tgid,
						      __u64 start_ticks)
{
	const struct rec_cputime_children *last = NULL;

	for (size_t i = 0; i < recording->count; i++) {
		const struct rec_cputime_children *record =
			(const struct rec_cputime_children *)&recording->records[i];

		if (record->type == REC_cputime_children && record->tgid == tgid &&
		    record->start_ns / NS_PER_TICK == start_ticks)
			last = record;
	}
	return last;
}

/* Fields 14 to 17, and 22, of a stat file. */
struct stat_times {
	unsigned long long utime, stime, cutime, cstime, start;
};

static bool read_stat(const char *path, struct stat_times *times)
{
	char line[1024] = "", *fields;
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	fields = strrchr(line, ')');
	return fields && sscanf(fields,
				") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu "
				"%*d %*d %*d %*d %llu",
				&times->utime, &times->stime, &times->cutime, &times->cstime,
				&times->start) == 5;
}

static void compare(const char *path, const char *recording, const char *field, __u64 got_ns,
		    unsigned long long wanted)
{
	unsigned long long got = got_ns / NS_PER_TICK;

	compared++;
	if (got + 1 >= wanted && wanted + 1 >= got)
		return;
	apart++;
	printf("# %s: %s: %s is %llu ticks, not %llu\n", path, recording, field, got, wanted);
}

static __u64 system_ns(const struct rec_cputime *record)
{
	if (record->flags & CPUTIME_AS_IN_PROC)
		return record->stime_ns;
	return (__u64)((u128)record->runtime_ns * record->system_share >> 32);
}

static __u64 user_ns(const struct rec_cputime *record)
{
	if (record->flags & CPUTIME_AS_IN_PROC)
		return record->utime_ns;
	return record->runtime_ns - system_ns(record);
}

static const struct rec_cputime *compare_task(const struct recording *recording, const char *path,
					      __u32 tid, bool process)
{
	const struct rec_cputime_children *children;
	const struct rec_cputime *record;
	struct stat_times times;

	if (!read_stat(path, &times)) {
		printf("# %s: cannot be read\n", path);
		unknown++;
		return NULL;
	}
	record = last_of(recording, tid, times.start, process);
	if (!record) {
		/* what used less than a tick since it began may be missing */
		unknown += times.utime + times.stime > 0;
		printf("# %s: %s: no record\n", path, recording->name);
		return NULL;
	}
	compare(path, recording->name, "utime", user_ns(record), times.utime);
	compare(path, recording->name, "stime", system_ns(record), times.stime);
	if (!process)
		return record;
	children = children_of(recording, tid, times.start);
	compare(path, recording->name, "cutime", children ? children->utime_ns : 0, times.cutime);
	compare(path, recording->name, "cstime", children ? children->stime_ns : 0, times.cstime);
	return record;
}

/* One is the iterator's, the other the process's CPU clocks. */
static void compare_raw(__u32 tgid, const struct rec_cputime *one, const struct rec_cputime *other)
{
	if (!one || !other)
		return;
	raw_compared++;
	if (one->utime_ns == other->utime_ns && one->stime_ns == other->stime_ns &&
	    llabs((long long)(one->runtime_ns - other->runtime_ns)) < STOPPING_NS)
		return;
	raw_apart++;
	printf("# %u: raw: %llu %llu %llu, and %llu %llu %llu\n", tgid, one->utime_ns,
	       one->stime_ns, one->runtime_ns, other->utime_ns, other->stime_ns, other->runtime_ns);
}

static void compare_threads(const struct recording *recording, __u32 tgid)
{
	char path[64];
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		__u32 tid = (__u32)strtoul(entry->d_name, NULL, 10);

		if (!tid)
			continue;
		snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", tgid, tid);
		compare_task(recording, path, tid, false);
	}
	if (tasks)
		closedir(tasks);
}

int main(int argc, char **argv)
{
	struct recording iter, proc = { .count = 0 };
	bool both;

	if (argc < 4) {
		fprintf(stderr, "usage: compare_cputime ITER PROC|- PID...\n");
		return 2;
	}
	both = strcmp(argv[2], "-") != 0;
	iter = recording_read(both ? "iter" : "recording", argv[1]);
	if (both)
		proc = recording_read("proc", argv[2]);
	for (int i = 3; i < argc; i++) {
		__u32 tgid = (__u32)strtoul(argv[i], NULL, 10);
		char path[64];

		snprintf(path, sizeof(path), "/proc/%u/stat", tgid);
		compare_raw(tgid, compare_task(&iter, path, tgid, true),
			    both ? compare_task(&proc, path, tgid, true) : NULL);
		compare_threads(&iter, tgid);
		if (both)
			compare_threads(&proc, tgid);
	}
	printf("compared %u\napart %u\nunknown %u\nraw_compared %u\nraw_apart %u\n", compared,
	       apart, unknown, raw_compared, raw_apart);
	return 0;
}
