// SPDX-License-Identifier: GPL-2.0-or-later
/* proc_cpus - what the CPUs did, read from /proc/stat */
#include "proc_cpus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICKS_PER_S 100 /* USER_HZ, the same everywhere but on alpha and ia64 */

enum column { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, COLUMNS };

/* The line of all CPUs has its own name, "cpu"; then there is one for each that is online. */
int proc_cpus_parse(const char *text, struct rec_cputime_system *record)
{
	__u32 ticks[COLUMNS];
	char *at;

	if (strncmp(text, "cpu ", 4))
		return -EINVAL;
	at = (char *)text + 4;
	for (unsigned int i = 0; i < COLUMNS; i++)
		ticks[i] = (__u32)strtoull(at, &at, 10);
	record->user_ticks = ticks[USER] + ticks[NICE];
	record->system_ticks = ticks[SYSTEM];
	record->idle_ticks = ticks[IDLE];
	record->iowait_ticks = ticks[IOWAIT];
	record->irq_ticks = ticks[IRQ] + ticks[SOFTIRQ];
	record->steal_ticks = ticks[STEAL];
	record->ticks_per_s = TICKS_PER_S;
	record->cpus = 0;
	while ((at = strchr(at, '\n')) && !strncmp(++at, "cpu", 3))
		record->cpus++;
	return 0;
}

int proc_cpus_read(int fd, struct rec_cputime_system *record)
{
	static char text[16384]; /* 100 bytes for each CPU */
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return length ? -errno : -EINVAL;
	text[length] = '\0';
	return proc_cpus_parse(text, record);
}
