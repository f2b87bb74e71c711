// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sleepers SECONDS [COUNT] - processes that sleep for some ms, over and over
 *
 * Each sleeps for another time, so that they wake up now alone and now together, now on an idle CPU
 * and now on a busy one.
 */
#include "../workload/workload.h"

static void sleep_until(double end, unsigned int which)
{
	struct timespec nap = { .tv_nsec = 1000000 + 700000 * (long)which };

	while (now_s() < end)
		nanosleep(&nap, NULL);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct waits at_start = waits_of(getpid()), reaped = { 0, 0, 0 };
	double seconds = argument(argc, argv, 1, 0.001, 1);
	unsigned int count = (unsigned int)argument(argc, argv, 2, 1, 4), failed = 0;
	double end = now_s() + seconds;
	pid_t sleepers[PROCESSES_MAX];

	if (count > PROCESSES_MAX)
		count = PROCESSES_MAX;
	for (unsigned int i = 0; i < count; i++) {
		sleepers[i] = start();
		if (!sleepers[i])
			sleep_until(end, i);
	}
	for (unsigned int i = 0; i < count; i++)
		failed += reap(sleepers[i], &reaped) != 0;
	print_waits(at_start, reaped);
	return failed != 0;
}
