// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pingpong ROUNDS [PAIRS] - a byte goes to and fro between two processes through pipes
 *
 * Each round is a sleep and a wake-up on either side.  Prints the rounds done, and how often and
 * how long the processes waited for a CPU, as /proc/PID/schedstat has it.
 */
#include "workload.h"

#define PAIRS_MAX (PROCESSES_MAX / 2)

struct pair {
	int there[2]; /* pipes: read end, write end */
	int back[2];
};

static void open_pair(struct pair *pair)
{
	if (pipe(pair->there) || pipe(pair->back))
		fail("pipe");
}

static void close_pair(const struct pair *pair)
{
	close(pair->there[0]);
	close(pair->there[1]);
	close(pair->back[0]);
	close(pair->back[1]);
}

/* Until the other side ends. */
static void answer(const struct pair *pair)
{
	char byte;

	close(pair->there[1]);
	close(pair->back[0]);
	while (read(pair->there[0], &byte, 1) == 1)
		if (write(pair->back[1], &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

static void ask(const struct pair *pair, unsigned long rounds)
{
	char byte = 0;

	close(pair->there[0]);
	close(pair->back[1]);
	while (rounds--)
		if (write(pair->there[1], &byte, 1) != 1 || read(pair->back[0], &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

static void start_pair(unsigned long rounds, pid_t pids[2])
{
	struct pair pair;

	open_pair(&pair);
	pids[0] = start();
	if (!pids[0])
		answer(&pair);
	pids[1] = start();
	if (!pids[1])
		ask(&pair, rounds);
	close_pair(&pair);
}

int main(int argc, char **argv)
{
	struct waits at_start = waits_of(getpid()), reaped = { 0, 0, 0 };
	unsigned long rounds = (unsigned long)argument(argc, argv, 1, 1, 10000), done = 0;
	unsigned int pairs = (unsigned int)argument(argc, argv, 2, 1, 1);
	pid_t pids[PAIRS_MAX][2];

	if (pairs > PAIRS_MAX)
		pairs = PAIRS_MAX;
	for (unsigned int i = 0; i < pairs; i++)
		start_pair(rounds, pids[i]);
	for (unsigned int i = 0; i < pairs; i++) {
		int answered = reap(pids[i][0], &reaped), asked = reap(pids[i][1], &reaped);

		done += answered || asked ? 0 : rounds;
	}
	printf("rounds %lu\n", done);
	print_waits(at_start, reaped);
	return done != rounds * pairs;
}
