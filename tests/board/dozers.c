// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dozers [TIMES] - a process that is moved to another CPU each time it has just fallen asleep
 *
 * It prints how many sleeps the kernel took for waits.
 *
 * It shares a CPU with the one that moves it, and may sleep when it has used more than its share: since
 * Linux 6.12 such a task stays on the run queue for a while, and is moved from queue to queue asleep.
 */
#include <sched.h>
#include <sys/mman.h>

#include "../workload/workload.h"

/* How much it works before is another time each time: at some of them it leads. */
#define WORK_S 0.0005
#define WORKS 16
#define SLEEP_NS 40000000

static void move(pid_t pid, unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(pid, sizeof(set), &set);
}

struct dozing {
	unsigned int naps;     /* begun */
	unsigned int mistaken; /* that the kernel counts as time waited */
};

static void doze(volatile struct dozing *dozing)
{
	const struct timespec nap = { .tv_nsec = SLEEP_NS };
	unsigned long long waited_ns;

	for (;;) {
		move(0, 0);
		for (double end = now_s() + (1 + dozing->naps % WORKS) * WORK_S; now_s() < end;)
			;
		waited_ns = waits_of(getpid()).ns;
		dozing->naps++;
		nanosleep(&nap, NULL);
		dozing->mistaken += waits_of(getpid()).ns - waited_ns >= SLEEP_NS;
	}
}

int main(int argc, char **argv)
{
	unsigned int times = (unsigned int)argument(argc, argv, 1, 1, 64);
	volatile struct dozing *dozing = mmap(NULL, sizeof(*dozing), PROT_READ | PROT_WRITE,
					      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t dozer;

	if (dozing == MAP_FAILED)
		fail("mmap");
	move(0, 0);
	dozer = start();
	if (!dozer)
		doze(dozing);
	for (unsigned int seen = 0; seen < times; seen++) {
		while (dozing->naps == seen)
			;
		move(dozer, 1);
	}
	kill(dozer, SIGKILL);
	waitpid(dozer, NULL, 0);
	printf("mistaken %u\n", dozing->mistaken);
	return 0;
}
