/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tasktime_hook.h - owner of tasktime.bpf.c: reads the CPU time of every task when asked to */
#ifndef TARSIER_TASKTIME_HOOK_H
#define TARSIER_TASKTIME_HOOK_H

#include <stdbool.h>

#include "hook.h"
#include "task_reading.h"

extern struct hook tasktime_hook;

/* Settings, to be filled in before the hook is attached. */
struct tasktime_config {
	const char *only_way; /* NULL: the first that works */
	bool threads;	      /* also single threads; the iterator reads them in any case */
	int (*first_walk)(
		void); /* once a way is attached: 0, or -errno, and the next one is tried */
};

extern struct tasktime_config tasktime_config;

bool tasktime_hook_has_way(const char *name);

/* @take a reading of every task there is.  0 or -errno. */
int tasktime_hook_walk(void (*take)(const struct task_reading *reading));

#endif
