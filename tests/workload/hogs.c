// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hogs SECONDS COUNT - processes that compete for the CPUs: with more of them than CPUs each waits
 * for whole time slices
 *
 * Prints how often and how long they waited, as /proc/PID/schedstat has it.
 */
#include "workload.h"

static void spin_until(double end)
{
	while (now_s() < end)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	struct waits at_start = waits_of(getpid()), reaped = { 0, 0, 0 };
	double seconds = argument(argc, argv, 1, 0.001, 1);
	unsigned int count = (unsigned int)argument(argc, argv, 2, 1, 4), failed = 0;
	double end = now_s() + seconds;
	pid_t hogs[PROCESSES_MAX];

	if (count > PROCESSES_MAX)
		count = PROCESSES_MAX;
	for (unsigned int i = 0; i < count; i++) {
		hogs[i] = start();
		if (!hogs[i])
			spin_until(end);
	}
	for (unsigned int i = 0; i < count; i++)
		failed += reap(hogs[i], &reaped) != 0;
	print_waits(at_start, reaped);
	return failed != 0;
}
