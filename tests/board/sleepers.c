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
}

int main(int argc, char **argv)
{
	return work_together(argc, argv, sleep_until);
}
