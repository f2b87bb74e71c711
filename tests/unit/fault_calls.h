/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault_calls.h - calls of the decoder that fail when they are told to
 *
 * The program is linked with --wrap=NAME for each WRAP in fault_calls.c.  A place is where such a call
 * stands, and the nearest of those who called that: a thousand rounds of a loop are one place.
 */
#ifndef TARSIER_TESTS_FAULT_CALLS_H
#define TARSIER_TESTS_FAULT_CALLS_H

#include <stdbool.h>

#define FAULT_DEPTH 24 /* of callers that are known */
#define FAULT_PLACES 8192

struct fault_place {
	const char *call;
	void *frame[FAULT_DEPTH];
	int depth; /* of @frame */
	unsigned int calls;
};

/* In memory that a process has in common with those it forks. */
struct faults {
	struct fault_place place[FAULT_PLACES];
	unsigned int places;
	unsigned int lock;
	int depth; /* of a place */
	bool full;
};

enum fault_mode {
	FAULT_LEARN,	/* nothing fails; where could something? */
	FAULT_ONCE,	/* the first call from @faults->place[target] */
	FAULT_FOR_GOOD, /* that one, and each call of that name, from anywhere, that comes later */
};

void fault_calls_begin(struct faults *faults, enum fault_mode mode, unsigned int target);
/* NULL, or a recording whose blocks a socket has got by the time it is bound. */
void fault_calls_feed(const char *path);

#endif
