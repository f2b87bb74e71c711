// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rsspeak COMMAND... - the most memory of it that was resident at any of its system calls, in KiB, on
 *	stderr; its exit status
 *
 * Between two calls it can only grow, so that this is exact.  VmHWM is not: the kernel counts pages for
 * each CPU, or each thread, and adds them up now and then, up to 256 KiB late.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long resident_kib(pid_t pid)
{
	char path[64], line[128];
	unsigned long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file) && sscanf(line, "Rss: %lu", &kib) != 1)
		;
	fclose(file);
	return kib;
}

int main(int argc, char **argv)
{
	unsigned long most = 0;
	int status = 0, signal = 0;
	pid_t pid = argc > 1 ? fork() : -1;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		unsigned long kib = resident_kib(pid);

		most = kib > most ? kib : most;
		signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		ptrace(PTRACE_SYSCALL, pid, 0, signal);
	}
	fprintf(stderr, "%lu\n", most);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
