// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * storm SECONDS [PAIRS] - as many context switches as the CPUs can do
 *
 * Pairs of processes, each pair on one CPU; every other one hands the CPU over by sched_yield(), so
 * that it is switched out while runnable, the rest through pipes, with a sleep and a wake-up.  By
 * default each CPU has one pair of either kind.  Prints the switches that the kernel counted for
 * these processes, and their rate.
 */
#include "workload.h"

#include <sched.h>
#include <sys/resource.h>

#define PAIRS_MAX (PROCESSES_MAX / 2)
#define SWITCHES_PER_LOOK 64 /* at the clock */

static int cpu[CPU_SETSIZE];
static unsigned int cpus;

static void find_cpus(void)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		fail("sched_getaffinity");
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed))
			cpu[cpus++] = i;
}

static void move_to(int number)
{
	cpu_set_t only;

	CPU_ZERO(&only);
	CPU_SET(number, &only);
	if (sched_setaffinity(0, sizeof(only), &only))
		fail("sched_setaffinity");
}

static void yield_until(double end)
{
	while (now_s() < end)
		for (int i = 0; i < SWITCHES_PER_LOOK; i++)
			sched_yield();
	_exit(0);
}

static void answer(int from, int to)
{
	char byte;

	while (read(from, &byte, 1) == 1)
		if (write(to, &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

static void ask_until(double end, int to, int from)
{
	char byte = 0;

	while (now_s() < end)
		for (int i = 0; i < SWITCHES_PER_LOOK; i++)
			if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
				_exit(1);
	_exit(0);
}

static void start_yielding(double end)
{
	for (int i = 0; i < 2; i++)
		if (!start())
			yield_until(end);
}

static void start_talking(double end)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		fail("pipe");
	if (!start()) {
		close(there[1]);
		answer(there[0], back[1]);
	}
	if (!start()) {
		close(there[0]);
		close(back[1]);
		ask_until(end, there[1], back[0]);
	}
	close(there[0]);
	close(there[1]);
	close(back[0]);
	close(back[1]);
}

static int reap_all(void)
{
	int status, failed = 0;

	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}

int main(int argc, char **argv)
{
	double seconds = argument(argc, argv, 1, 0.001, 1), begin = now_s();
	struct rusage usage;
	unsigned int pairs;
	long switches;
	int failed;

	find_cpus();
	pairs = (unsigned int)argument(argc, argv, 2, 1, 2 * cpus);
	if (pairs > PAIRS_MAX)
		pairs = PAIRS_MAX;
	for (unsigned int i = 0; i < pairs; i++) {
		move_to(cpu[i % cpus]);
		if (i / cpus % 2)
			start_talking(begin + seconds);
		else
			start_yielding(begin + seconds);
	}
	failed = reap_all();
	getrusage(RUSAGE_CHILDREN, &usage);
	switches = usage.ru_nvcsw + usage.ru_nivcsw;
	printf("processes %u\n", 2 * pairs);
	printf("switches %ld\n", switches);
	printf("per_second %.0f\n", (double)switches / (now_s() - begin));
	return failed;
}
