// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * switchcost - nanoseconds of CLOCK_MONOTONIC per context switch, as the median over batches
 *
 * Two processes on CPU 0 hand a byte back and forth through two pipes: each round trip is two
 * switches.  On a machine that takes 1 ns per instruction (rootfs/board -i) this counts instructions.
 * How a switch comes about changes what it costs, and would be left to chance:
 *
 * sleep	both are SCHED_BATCH: a wake-up never preempts, each switch is a process going to sleep
 * preempt	one is SCHED_FIFO and preempts the other as soon as it is woken: every other switch
 *		is a preemption, and only every other one follows a wake-up
 *
 * usage: switchcost sleep|preempt [BATCHES [ROUND_TRIPS_PER_BATCH]]
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES_MAX 1000

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

/* By system call: musl's sched_setscheduler() always fails. */
static int set_policy(int policy, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	return (int)syscall(SYS_sched_setscheduler, 0, policy, &param);
}

static void echo_forever(int from, int to)
{
	char byte;

	while (read(from, &byte, 1) == 1)
		if (write(to, &byte, 1) != 1)
			break;
	exit(0);
}

static void pass_on(int from, int to)
{
	char byte = 0;

	if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
		exit(1);
}

static int by_value(const void *a, const void *b)
{
	double difference = *(const double *)a - *(const double *)b;

	return (difference > 0) - (difference < 0);
}

static double median_cost(int from, int to, int batches, int rounds)
{
	static double cost[BATCHES_MAX];

	for (int batch = 0; batch < batches; batch++) {
		long long start = now_ns();

		for (int i = 0; i < rounds; i++)
			pass_on(from, to);
		cost[batch] = (double)(now_ns() - start) / (2.0 * rounds);
	}
	qsort(cost, (size_t)batches, sizeof(cost[0]), by_value);
	return cost[batches / 2];
}

int main(int argc, char **argv)
{
	int preempt = argc > 1 && !strcmp(argv[1], "preempt");
	int batches = argc > 2 ? atoi(argv[2]) : 41, rounds = argc > 3 ? atoi(argv[3]) : 500;
	int ping[2], pong[2];
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	if (argc < 2 || batches < 1 || batches > BATCHES_MAX || rounds < 1 || pipe(ping) ||
	    pipe(pong) || sched_setaffinity(0, sizeof(cpu), &cpu) || set_policy(SCHED_BATCH, 0))
		return 2;
	if (!fork()) {
		close(ping[1]);
		if (preempt && set_policy(SCHED_FIFO, 1))
			exit(2);
		echo_forever(ping[0], pong[1]);
	}
	close(ping[0]);
	if (write(pong[1], "", 1) != 1)
		return 1;
	printf("%.1f\n", median_cost(pong[0], ping[1], batches, rounds));
	close(ping[1]);
	wait(NULL);
	return 0;
}
