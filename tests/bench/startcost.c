// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * startcost WORD COMMAND... - how many ns a command takes from fork() until it prints WORD
 *
 * On a board where an instruction takes 1 ns these are instructions: the command's and the kernel's.
 * It prints to a terminal, as then it does not keep lines back.  Then it is ended by SIGINT.  Prints
 * "start NS", or the last it said when it ended without that word.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char said[16384];
static size_t length;

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000000000ull + (unsigned long long)now.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int open_terminal(char **slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) || unlockpt(master))
		fail("terminal");
	*slave = ptsname(master);
	return master;
}

static void run(const char *terminal, char **command)
{
	int fd = open(terminal, O_RDWR | O_NOCTTY);

	if (fd < 0)
		fail(terminal);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execvp(command[0], command);
	fail(command[0]);
}

/* Of a terminal whose other side nobody has open yet, read() fails. */
static int read_more(int master)
{
	ssize_t got;

	if (length + 1 >= sizeof(said))
		length = 0;
	got = read(master, said + length, sizeof(said) - length - 1);
	if (got <= 0)
		return -1;
	length += (size_t)got;
	said[length] = '\0';
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long begin_ns, end_ns;
	int master, holder, status, ended = 0;
	char *slave;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: startcost WORD COMMAND...\n", stderr);
		return 2;
	}
	master = open_terminal(&slave);
	holder = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	begin_ns = now_ns();
	pid = fork();
	if (!pid)
		run(slave, argv + 2);
	close(holder);
	while (!strstr(said, argv[1]) && !ended)
		ended = read_more(master);
	end_ns = now_ns();
	kill(pid, SIGINT);
	close(master);
	waitpid(pid, &status, 0);
	if (!strstr(said, argv[1])) {
		printf("%s\n", said);
		return 1;
	}
	printf("start %llu\n", end_ns - begin_ns);
	return 0;
}
