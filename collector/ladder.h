/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladder.h - the ways in which a hook can be attached, of which the first that works is taken */
#ifndef TARSIER_LADDER_H
#define TARSIER_LADDER_H

#include <stdbool.h>

#include "probes.h"
#include "stream.h"

#define LADDER_RUNGS_MAX 5
#define LADDER_WHY 160

struct rung {
	const char *name; /* NULL: there are no more; several rungs may share one */
	const char *how;  /* for the record: what is attached */
};

struct ladder {
	/* set by the owner */
	const struct rung
		*rungs; /* the better ways come first; at most LADDER_RUNGS_MAX, and the end */
	/* 0, or -errno and the reason in @why. */
	int (*attempt)(void *owner, unsigned int rung, char why[LADDER_WHY]);
	void *owner;
	const char *only; /* the only way allowed, by its name; NULL: any */

	/* private */
	bool standing;
	unsigned int taken;
	char why[LADDER_RUNGS_MAX][LADDER_WHY]; /* it was not taken; empty: not tried */
};

/* Take the first way that works; 0, or -errno of the last one tried. */
int ladder_climb(struct ladder *ladder);

/* Is there a way called @name? */
bool ladder_has(const struct ladder *ladder, const char *name);

/* Why the way @i was not taken; NULL: it was, or was not tried, or for a reason that another one has too. */
const char *ladder_why(const struct ladder *ladder, unsigned int i);

/* For the user, on one line: the way taken, or why none was.  Valid until the next call. */
const char *ladder_result(const struct ladder *ladder);

/* For the user, on one line: why no better way was taken; NULL: there is none.  Valid until the next call. */
const char *ladder_better(const struct ladder *ladder);

/* Write, as texts about @probe, the way taken and why no better one was. */
void ladder_describe(const struct ladder *ladder, enum probe_id probe, struct stream *stream);

#endif
