// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * known MS - processes of several kinds that live for about so long, of which all is known at the end
 *
 * Two compute, two sleep for moments, two hand a byte to and fro, and one, named `caller`, calls
 * getppid() a thousand times.  Prints a line for each:
 *
 *	task PID KIND RUNS WAITED_NS RAN_NS LIFE_NS SEEN_NS
 *
 * RUNS, WAITED_NS and RAN_NS as /proc/PID/schedstat has them when the process is a zombie; LIFE_NS is
 * how long it lived at least, from its first instruction to its last, SEEN_NS at most, from before it was
 * made until it was found dead.  Then `calls 1000`.
 */
#include "workload.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define CALLS 1000

static unsigned long long life_ns;

struct lifetime {
	unsigned long long begin_ns, end_ns; /* its own view */
	unsigned long long made_ns, dead_ns; /* its parent's */
};

static int there[2], back[2]; /* pipes of the two: read end, write end */

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000000000ull + (unsigned long long)now.tv_nsec;
}

static void compute(unsigned long long end_ns)
{
	while (now_ns() < end_ns)
		for (volatile int i = 0; i < 1000; i++)
			;
}

static void nap(unsigned long long end_ns)
{
	const struct timespec moment = { .tv_nsec = 1300000 };

	while (now_ns() < end_ns)
		nanosleep(&moment, NULL);
}

/* Ends the other one by closing the pipe. */
static void ask(unsigned long long end_ns)
{
	char byte = 0;

	close(there[0]);
	close(back[1]);
	while (now_ns() < end_ns)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			_exit(1);
}

static void answer(unsigned long long end_ns)
{
	char byte;

	(void)end_ns;
	close(there[1]);
	close(back[0]);
	while (read(there[0], &byte, 1) == 1)
		if (write(back[1], &byte, 1) != 1)
			_exit(1);
}

static void call_often(unsigned long long end_ns)
{
	(void)end_ns;
	prctl(PR_SET_NAME, "caller");
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

static const struct {
	const char *name;
	void (*run)(unsigned long long end_ns);
} kinds[] = {
	{ "hog", compute }, { "hog", compute },	    { "napper", nap },	      { "napper", nap },
	{ "asker", ask },   { "answerer", answer }, { "caller", call_often },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void live(size_t kind, struct lifetime *life)
{
	life->begin_ns = now_ns();
	/* the pipe ends with its last holder */
	if (strcmp(kinds[kind].name, "asker") && strcmp(kinds[kind].name, "answerer"))
		for (int end = 0; end < 2; end++) {
			close(there[end]);
			close(back[end]);
		}
	kinds[kind].run(life->begin_ns + life_ns);
	life->end_ns = now_ns();
	_exit(0);
}

/* Zombies stay, so look at each until one is new. */
static void wait_for_any(const pid_t *pids, struct lifetime *lives)
{
	const struct timespec moment = { .tv_nsec = 200000 };

	for (;; nanosleep(&moment, NULL))
		for (size_t i = 0; i < KINDS; i++) {
			siginfo_t end = { .si_pid = 0 };

			if (lives[i].dead_ns)
				continue;
			if (waitid(P_PID, (id_t)pids[i], &end, WEXITED | WNOWAIT | WNOHANG))
				fail("waitid");
			if (!end.si_pid)
				continue;
			lives[i].dead_ns = now_ns();
			return;
		}
}

int main(int argc, char **argv)
{
	struct lifetime *lives = mmap(NULL, KINDS * sizeof(*lives), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[KINDS];
	int failed = 0;

	life_ns = (unsigned long long)argument(argc, argv, 1, 1, 300) * 1000000;
	if (lives == MAP_FAILED || pipe(there) || pipe(back))
		fail("cannot begin");
	for (size_t i = 0; i < KINDS; i++) {
		lives[i].made_ns = now_ns();
		pids[i] = start();
		if (!pids[i])
			live(i, &lives[i]);
	}
	for (int end = 0; end < 2; end++) {
		close(there[end]);
		close(back[end]);
	}
	for (size_t i = 0; i < KINDS; i++)
		wait_for_any(pids, lives);
	for (size_t i = 0; i < KINDS; i++) {
		struct waits waits = { 0, 0, 0 };

		failed += reap(pids[i], &waits) != 0;
		printf("task %d %s %llu %llu %llu %llu %llu\n", (int)pids[i], kinds[i].name,
		       waits.count, waits.ns, waits.ran_ns, lives[i].end_ns - lives[i].begin_ns,
		       lives[i].dead_ns - lives[i].made_ns);
	}
	printf("calls %d\n", CALLS);
	return failed != 0;
}
