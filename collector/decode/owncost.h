/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owncost.h - what the measuring itself cost: as the recording went on, and in all */
#ifndef TARSIER_DECODE_OWNCOST_H
#define TARSIER_DECODE_OWNCOST_H

#include <stdbool.h>
#include <stdio.h>

#include "wire.h"

struct session;

struct owncost {
	struct rec_self self; /* the latest; type 0: none */
	struct rec_use use;
	struct rec_self first; /* starting up has cost what is in it, too */
	struct rec_self shown; /* as of the last row */
	__u32 row_peak;	       /* most bytes in the ring buffer since then */
	__u32 ring_peak;       /* ever */
	__u32 used_ppm;	       /* ever */
	bool exceeded;
};

/* A self or use record of @session; with --verbose or --interval, perhaps print a row. */
void owncost_take(struct session *session, const struct record *record);
/* No more records: print what came since the last row. */
void owncost_end(struct session *session);

/* The lines of the heading. */
void owncost_print(const struct session *session, FILE *out);

/* What came after what is in @cost. */
void owncost_merge(struct owncost *cost, const struct owncost *after);

#endif
