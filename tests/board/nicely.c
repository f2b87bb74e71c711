// SPDX-License-Identifier: GPL-2.0-or-later
/* nicely COMMAND... - run it with the least priority that SCHED_OTHER has; the board's BusyBox has no nice */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: nicely COMMAND...\n", stderr);
		return 2;
	}
	if (setpriority(PRIO_PROCESS, 0, 19)) {
		perror("nicely");
		return 1;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
