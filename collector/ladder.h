/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladder.h - the ways in which a hook can be attached, of which the first that works is taken */
#ifndef TARSIER_LADDER_H
#define TARSIER_LADDER_H

#include <stdbool.h>

#include "probes.h"
#include "stream.h"

#define LADDER_RUNGS_MAX 4
#define LADDER_WHY 160

struct rung {
	const char *name; /* NULL: there are no more */
	const char *how;  /* for the record: what is attached */
};

struct ladder {
	/* set by the owner: the better ways come first */
	struct rung rungs[LADDER_RUNGS_MAX];
	/* 0, or -errno and the reason in @why. */
	int (*attempt)(unsigned int rung, char why[LADDER_WHY]);
	const char *only; /* the only way allowed; NULL: any */

	/* private */
	bool standing;
	unsigned int taken;
	char why[LADDER_RUNGS_MAX][LADDER_WHY]; /* it was not taken; empty: not tried */
};

/* Take the first way that works; 0, or -errno of the last one tried. */
int ladder_climb(struct ladder *ladder);

/* Is there a way called @name? */
bool ladder_has(const struct ladder *ladder, const char *name);

/* For the user, on one line: the way taken, or why none was.  Valid until the next call. */
const char *ladder_result(const struct ladder *ladder);

/* Write, as texts about @probe, the way taken and why no better one was. */
void ladder_describe(const struct ladder *ladder, enum probe_id probe, struct stream *stream);

#endif
