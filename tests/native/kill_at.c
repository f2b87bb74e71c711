// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kill_at N COMMAND... - run COMMAND and kill it (SIGKILL) where it makes its Nth system call
 *
 * Prints that call's number.  Exit status: 0 killed; 1 it ended before, and how many calls it made is
 * printed; 2 wrong usage; 3 cannot trace.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "kill_at: %s: %s\n", what, strerror(errno));
	return 3;
}

static __attribute__((noreturn)) void become(char **command)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
		_exit(127);
	execvp(command[0], command);
	_exit(127);
}

/* Run to the next stop at a system call, begin or end; false: there is none any more. */
static bool next_stop(pid_t pid)
{
	int status, signal = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal) ||
		    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			return false;
		signal = WSTOPSIG(status);
		if (signal == (SIGTRAP | 0x80))
			return true;
		if (signal == SIGTRAP) /* execve() */
			signal = 0;
	}
}

static int kill_at(pid_t pid, unsigned long wanted)
{
	struct __ptrace_syscall_info call = { .op = 0 };
	unsigned long count = 0;

	while (next_stop(pid)) {
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(call), &call) < 0)
			return fail("cannot see system calls");
		if (call.op != PTRACE_SYSCALL_INFO_ENTRY || ++count < wanted)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		printf("%llu\n", (unsigned long long)call.entry.nr);
		return 0;
	}
	printf("%lu\n", count);
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long wanted = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	int status;
	pid_t pid;

	if (!wanted) {
		fprintf(stderr, "usage: kill_at N COMMAND...\n");
		return 2;
	}
	pid = fork();
	if (!pid)
		become(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return fail("cannot start");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		return fail("cannot trace");
	return kill_at(pid, wanted);
}
