// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * movers SECONDS [COUNT] - processes that compute on one CPU, all moved to another every few ms
 *
 * One of them runs and the others wait, so that with each move all but one are moved while they wait.
 */
#include <sched.h>

#include "../workload/workload.h"

#define STAY_NS 5000000

static void compute(void)
{
	for (;;)
		__asm__ volatile("");
}

/* Where there is no such CPU they stay where they are. */
static void move(const pid_t *movers, unsigned int count, unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	for (unsigned int i = 0; i < count; i++)
		sched_setaffinity(movers[i], sizeof(set), &set);
}

int main(int argc, char **argv)
{
	double seconds = argument(argc, argv, 1, 0.001, 1);
	unsigned int count = (unsigned int)argument(argc, argv, 2, 1, 3);
	const struct timespec stay = { .tv_nsec = STAY_NS };
	double end = now_s() + seconds;
	pid_t movers[PROCESSES_MAX];

	if (count > PROCESSES_MAX)
		count = PROCESSES_MAX;
	for (unsigned int i = 0; i < count; i++) {
		movers[i] = start();
		if (!movers[i])
			compute();
	}
	for (unsigned int cpu = 0; now_s() < end; cpu ^= 1) {
		move(movers, count, cpu);
		nanosleep(&stay, NULL);
	}
	for (unsigned int i = 0; i < count; i++) {
		kill(movers[i], SIGKILL);
		waitpid(movers[i], NULL, 0);
	}
	return 0;
}
