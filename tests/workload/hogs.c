// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hogs SECONDS COUNT - processes that compete for the CPUs: with more of them than CPUs each waits
 * for whole time slices
 *
 * Prints how often and how long they waited, as /proc/PID/schedstat has it.
 */
#include "workload.h"

static void spin_until(double end, unsigned int which)
{
	(void)which;
	while (now_s() < end)
		;
}

int main(int argc, char **argv)
{
	return work_together(argc, argv, spin_until);
}
