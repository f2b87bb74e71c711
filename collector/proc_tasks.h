/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc_tasks.h - the CPU time of every task, read from /proc */
#ifndef TARSIER_PROC_TASKS_H
#define TARSIER_PROC_TASKS_H

#include <stdbool.h>

#include "task_reading.h"

/*
 * Read every process below @root, which is open on /proc, and with @threads every thread; @take each
 * reading.  0, or -errno when nothing can be read.
 */
int proc_tasks_walk(int root, bool threads, void (*take)(const struct task_reading *reading));

/* What the line of a stat file says; false: it is none. */
bool proc_tasks_parse(const char *line, struct task_reading *reading);

#endif
