// SPDX-License-Identifier: GPL-2.0-or-later
/* interrupt - Ctrl-C while inputs are read: it ends the reading, not the report */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int signals[] = { SIGINT, SIGTERM };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t came;

static void note(int number)
{
	(void)number;
	came = 1;
}

/* What was ignored from outside, as by nohup(1), stays ignored. */
static void set(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags }, before;

	for (size_t i = 0; i < SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

void interrupt_catch(void)
{
	set(note, (int)SA_RESETHAND);
}

void interrupt_release(void)
{
	set(SIG_DFL, 0);
}

bool interrupt_came(void)
{
	return came;
}

void interrupt_elsewhere(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}
