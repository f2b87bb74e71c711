/* SPDX-License-Identifier: GPL-2.0-or-later */
/* task_filter.h - probe options that choose the tasks to look at */
#ifndef TARSIER_TASK_FILTER_H
#define TARSIER_TASK_FILTER_H

#include "filter.h"

/* Each sets one field of @filter from the text of an option; 0 or -EINVAL. */
int filter_set_tgid(struct task_filter *filter, const char *text);
int filter_set_tid(struct task_filter *filter, const char *text);
int filter_set_comm(struct task_filter *filter, const char *text);

/* Defines the functions and option rows `pid=`, `tid=` and `comm=` for the filter @which. */
#define FILTER_SETTERS(which)                                                                      \
	static int set_pid(const char *text)                                                       \
	{                                                                                          \
		return filter_set_tgid(which, text);                                               \
	}                                                                                          \
	static int set_tid(const char *text)                                                       \
	{                                                                                          \
		return filter_set_tid(which, text);                                                \
	}                                                                                          \
	static int set_comm(const char *text)                                                      \
	{                                                                                          \
		return filter_set_comm(which, text);                                               \
	}

#define FILTER_OPTIONS                                                                             \
	{ "pid", "PID", "only threads of this process", set_pid },                                 \
		{ "tid", "TID", "only this thread", set_tid },                                     \
	{                                                                                          \
		"comm", "PREFIX (up to 15 bytes)", "only threads whose name starts so", set_comm   \
	}

#endif
