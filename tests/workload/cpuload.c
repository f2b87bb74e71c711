// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpuload MS - processes that use about so much CPU time each, in different ways, and then stand still
 *
 * Prints "PID KIND" of each when all have used theirs and are stopped, or are zombies, so that their
 * figures no longer change; then "ready", and waits to be killed, which ends them too.
 */
#include "workload.h"

#include <fcntl.h>
#include <pthread.h>

#define NS_PER_MS 1000000ull
#define CHILDREN 4
#define THREADS 8

static unsigned long long load_ns;

static unsigned long long used_ns(clockid_t clock)
{
	struct timespec used;

	clock_gettime(clock, &used);
	return (unsigned long long)used.tv_sec * 1000000000ull + (unsigned long long)used.tv_nsec;
}

/* In user space as far as looking at the clock lets it. */
static void spin(unsigned long long ns)
{
	while (used_ns(CLOCK_THREAD_CPUTIME_ID) < ns)
		for (volatile int i = 0; i < 20000; i++)
			;
}

static void call(unsigned long long ns)
{
	static char bytes[65536];
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	while (used_ns(CLOCK_THREAD_CPUTIME_ID) < ns)
		for (int i = 0; i < 20; i++)
			if (read(zero, bytes, sizeof(bytes)) < 0)
				fail("read");
	close(zero);
}

static void stand_still(void)
{
	kill(getpid(), SIGSTOP);
}

static void load_user(void)
{
	spin(load_ns);
	stand_still();
}

static void load_system(void)
{
	call(load_ns);
	stand_still();
}

/* Children that are waited for, of which one had a child itself. */
static void load_children(void)
{
	for (int i = 0; i < CHILDREN; i++) {
		pid_t child = start();

		if (child) {
			waitpid(child, NULL, 0);
			continue;
		}
		if (!i) {
			child = start();
			if (!child)
				spin(load_ns / CHILDREN);
			else
				waitpid(child, NULL, 0);
		}
		if (i % 2)
			call(load_ns / CHILDREN);
		else
			spin(load_ns / CHILDREN);
		_exit(0);
	}
	stand_still();
}

/* Every other one ends, so that its time is only in its process's sum. */
static void *run_thread(void *number)
{
	if (*(int *)number % 4 < 2)
		spin(load_ns / THREADS);
	else
		call(load_ns / THREADS);
	if (*(int *)number % 2)
		return NULL;
	while (1)
		pause();
}

static void start_threads(pthread_t threads[THREADS])
{
	static int numbers[THREADS];

	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, run_thread, &numbers[i]))
			fail("pthread_create");
	}
}

static void load_threads(void)
{
	pthread_t threads[THREADS];

	start_threads(threads);
	for (int i = 1; i < THREADS; i += 2)
		pthread_join(threads[i], NULL);
	stand_still();
}

/* When the main thread is gone. */
static void *run_without_leader(void *leader)
{
	pthread_join(*(pthread_t *)leader, NULL);
	call(load_ns / 2);
	stand_still();
	return NULL;
}

static void load_without_leader(void)
{
	static pthread_t leader;
	pthread_t thread;

	leader = pthread_self();
	spin(load_ns / 2);
	if (pthread_create(&thread, NULL, run_without_leader, &leader))
		fail("pthread_create");
	pthread_exit(NULL);
}

static void load_zombie(void)
{
	spin(load_ns / 2);
	call(load_ns);
	_exit(0);
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "user", load_user },	     { "system", load_system }, { "children", load_children },
	{ "threads", load_threads }, { "zombie", load_zombie }, { "leader", load_without_leader },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

int main(int argc, char **argv)
{
	pid_t pids[KINDS];

	load_ns = (unsigned long long)argument(argc, argv, 1, 1, 100) * NS_PER_MS;
	for (size_t i = 0; i < KINDS; i++) {
		pids[i] = start();
		if (!pids[i]) {
			kinds[i].run();
			_exit(0);
		}
	}
	for (size_t i = 0; i < KINDS; i++) {
		siginfo_t end;

		if (waitid(P_PID, (id_t)pids[i], &end, WEXITED | WSTOPPED | WNOWAIT))
			fail("waitid");
		printf("%d %s\n", (int)pids[i], kinds[i].name);
	}
	puts("ready");
	fflush(stdout);
	while (1)
		pause();
}
