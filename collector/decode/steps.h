/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.h - --interval: when a step of a session's time is over
 *
 * Counts are known at snapshots only, so a step ends at one: at that which is nearest to a multiple
 * of the interval since recording began.  Its last record is the counters of probe 0: when these are
 * here and nothing is missing since the snapshot before, the step ends at once.  Otherwise the rest
 * is waited for until a newer record tells that the snapshot is over; steps.whole_since_ns says then
 * what can be relied on.
 */
#ifndef TARSIER_DECODE_STEPS_H
#define TARSIER_DECODE_STEPS_H

#include <stdbool.h>
#include <stdio.h>

#include "probes.h"
#include "wire.h"

struct session;

/* What a view needs to know about a step that has ended. */
struct step {
	enum probe_id probe; /* the view's */
	__u64 from_ns;	     /* not included */
	__u64 to_ns;	     /* the time of a snapshot */
	/*
	 * Of the records from the snapshot at this time up to that at to_ns none is missing: what did
	 * not come has not changed.  0: none since recording began; STEP_NOT_WHOLE: some of this
	 * snapshot's may be missing.
	 */
	__u64 whole_since_ns;
};

#define STEP_NOT_WHOLE (~0ULL)

/* All that was recorded during the step is here. */
static inline bool step_is_whole(const struct step *step)
{
	return step->whole_since_ns <= step->from_ns;
}

/* Where a session stands. */
struct steps {
	bool begun;
	__u64 origin_ns;  /* multiples of the interval are counted from here */
	struct step step; /* the open one; to_ns is set when it ends */
	__u64 due_ns;	  /* it ends at the first snapshot from here on */
	/* the latest snapshot */
	__u64 snapshot_ns;
	bool over;    /* its last record was here ... */
	__u64 number; /* ... with this sequence number */
	/* the last record of the snapshot at step.whole_since_ns */
	__u64 whole_from; /* 0: none */
	bool explained;
};

/* Begin session->steps; false: no memory. */
bool steps_open(struct session *session);

/* Around each record of @session: before it is taken and after. */
void steps_before(struct session *session, const struct record *record);
void steps_after(struct session *session, const struct record *record);

/* No more records: what came since the last step is one. */
void steps_end(struct session *session);

/* For views: print whose step it is and from when to when; the rest goes to the result. */
FILE *step_heading(struct session *session, const struct step *step);

#endif
