// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forks COUNT [reuse [MS]] - short-lived processes, one after the other
 *
 * With `reuse` all have the id of the first, so that anything remembered by id shows (needs
 * CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE, and Linux 5.5).  Each uses MS of CPU time (0).  Prints
 * their number, and how often and how long they waited for a CPU, as /proc/PID/schedstat has it.
 */
#include "workload.h"

#include <linux/sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

/* fork() of a child with the id @pid, which must be free. */
static pid_t start_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child < 0)
		fail("clone3 with set_tid");
	return (pid_t)child;
}

static void use_and_exit(double cpu_s)
{
	while ((double)clock() / CLOCKS_PER_SEC < cpu_s)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	struct waits at_start = waits_of(getpid()), reaped = { 0, 0, 0 };
	unsigned long count = (unsigned long)argument(argc, argv, 1, 1, 1000), done = 0;
	int reuse = argc > 2 && !strcmp(argv[2], "reuse");
	double cpu_s = argument(argc, argv, 3, 0, 0) / 1000;
	pid_t child = 0;

	if (argc > 2 && !reuse) {
		fprintf(stderr, "%s: '%s' is not 'reuse'\n", argv[0], argv[2]);
		return 2;
	}
	for (unsigned long i = 0; i < count; i++) {
		child = reuse && i ? start_as(child) : start();
		if (!child)
			use_and_exit(cpu_s);
		done += reap(child, &reaped) == 0;
	}
	printf("forks %lu\n", done);
	print_waits(at_start, reaped);
	return done != count;
}
