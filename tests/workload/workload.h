/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workload.h - what the workloads share: their arguments, their processes, and how often and how
 * long these waited for a CPU as the kernel itself counts it
 */
#ifndef TARSIER_WORKLOAD_H
#define TARSIER_WORKLOAD_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 256

/* Runs for a CPU that were preceded by a wait, the sum of these waits, and of the runs. */
struct waits {
	unsigned long long count;
	unsigned long long ns;
	unsigned long long ran_ns;
};

static inline double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The argument @index, at least @least; @otherwise where there is none. */
static inline double argument(int argc, char **argv, int index, double least, double otherwise)
{
	char *end;
	double value;

	if (index >= argc)
		return otherwise;
	value = strtod(argv[index], &end);
	if (*end || end == argv[index] || !(value >= least)) {
		fprintf(stderr, "%s: want a number from %g, not '%s'\n", argv[0], least,
			argv[index]);
		exit(2);
	}
	return value;
}

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* fork(); the child ends when its parent does. */
static inline pid_t start(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* /proc/PID/schedstat: time on a CPU, time waiting for one, number of runs; zeroes without it. */
static inline struct waits waits_of(pid_t pid)
{
	struct waits waits = { 0, 0, 0 };
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return waits;
	if (fscanf(file, "%llu %llu %llu", &waits.ran_ns, &waits.ns, &waits.count) != 3)
		waits = (struct waits) { 0, 0, 0 };
	fclose(file);
	return waits;
}

static inline void waits_add(struct waits *sum, struct waits more)
{
	sum->count += more.count;
	sum->ns += more.ns;
	sum->ran_ns += more.ran_ns;
}

/* Wait for the end of @pid and add what it waited for in its life.  0 when it ended with 0. */
static inline int reap(pid_t pid, struct waits *sum)
{
	siginfo_t end;
	int status;

	/* a zombie keeps its counts until it is waited for */
	if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT))
		fail("waitid");
	waits_add(sum, waits_of(pid));
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return status ? -1 : 0;
}

/* What this process waited for since @at_start, and all that it reaped. */
static inline void print_waits(struct waits at_start, struct waits reaped)
{
	struct waits own = waits_of(getpid());

	printf("waits %llu\n", own.count - at_start.count + reaped.count);
	printf("waited_ns %llu\n", own.ns - at_start.ns + reaped.ns);
	printf("ran_ns %llu\n", own.ran_ns - at_start.ran_ns + reaped.ran_ns);
}

/*
 * A main() with the arguments SECONDS [COUNT]: as many processes that each @work(end, which) until
 * now_s() is @end, and what all of them waited for.
 */
static inline int work_together(int argc, char **argv, void (*work)(double end, unsigned int which))
{
	struct waits at_start = waits_of(getpid()), reaped = { 0, 0, 0 };
	double seconds = argument(argc, argv, 1, 0.001, 1);
	unsigned int count = (unsigned int)argument(argc, argv, 2, 1, 4), failed = 0;
	double end = now_s() + seconds;
	pid_t workers[PROCESSES_MAX];

	if (count > PROCESSES_MAX)
		count = PROCESSES_MAX;
	for (unsigned int i = 0; i < count; i++) {
		workers[i] = start();
		if (!workers[i]) {
			work(end, i);
			_exit(0);
		}
	}
	for (unsigned int i = 0; i < count; i++)
		failed += reap(workers[i], &reaped) != 0;
	print_waits(at_start, reaped);
	return failed != 0;
}

#endif
