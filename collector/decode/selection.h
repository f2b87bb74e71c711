/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selection.h - which sessions, CPUs and tasks are asked for */
#ifndef TARSIER_DECODE_SELECTION_H
#define TARSIER_DECODE_SELECTION_H

#include <stdbool.h>

#include "moment.h"

struct session;
struct keyed_histogram;

#define SELECT_ANY (~0ULL)

struct selection {
	const char *
		board; /* its name, a pattern (fnmatch), or the first digits of its id; NULL: any */
	const char *session; /* its number, or the first digits of its id; NULL: any */
	const char *comm;    /* a pattern; NULL: any */
	__u64 cpu;	     /* SELECT_ANY: any */
	__u64 pid;	     /* of a process or a thread */
	struct moment since;
	struct moment until;
};

/* What a row or an event is about; what is not known fits nothing that is asked for. */
struct subject {
	bool has_cpu;
	__u32 cpu;
	__u32 tid; /* 0 and tgid 0: of no task */
	__u32 tgid;
	const void *comm; /* COMM_SIZE bytes; NULL: not known */
};

bool selection_takes_session(const struct selection *selection, const struct session *session);
bool selection_takes(const struct selection *selection, const struct subject *subject);
/* A histogram that is about more than what is asked for is left out. */
bool selection_takes_histogram(const struct selection *selection, const struct session *session,
			       const struct keyed_histogram *keyed);

/* Are tasks or CPUs selected?  Else everything is taken. */
static inline bool selection_is_narrow(const struct selection *selection)
{
	return selection->comm || selection->cpu != SELECT_ANY || selection->pid != SELECT_ANY;
}

/* Is a time selected? */
static inline bool selection_has_range(const struct selection *selection)
{
	return selection->since.kind != MOMENT_NONE || selection->until.kind != MOMENT_NONE;
}

/* Are neither? */
static inline bool selection_is_any(const struct selection *selection)
{
	return !selection_is_narrow(selection) && !selection_has_range(selection);
}

#endif
