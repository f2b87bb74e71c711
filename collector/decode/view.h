/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - what is made of a probe's records
 *
 * A view is a file in views/ that ends in a struct view named view_<probe>, and the probe's line in
 * bpf/probes.h.  Its functions are called in the order in which they stand here, with a state
 * of their own for each session.  What cannot happen may be NULL.
 */
#ifndef TARSIER_DECODE_VIEW_H
#define TARSIER_DECODE_VIEW_H

#include "probes.h"
#include "session.h"
#include "steps.h"
#include "writer.h"

#define VIEW_EVENTS 4

struct view {
	/* The types of the probe's own records, which no other probe has; ends with 0. */
	__u8 events[VIEW_EVENTS];
	/* They do not stand for an event each: what is delivered is in the buckets of histograms. */
	bool in_buckets;
	/* The state for @session; NULL: no memory. */
	void *(*open)(struct session *session);
	/* A record of its own, or one that names this probe: slice, summary, range ...  Never the same record twice. */
	void (*take)(void *state, struct session *session, const struct record *record);
	/* Asked for by session_hold(): what belongs to the records taken so far has come. */
	void (*settle)(void *state, struct session *session);
	/* Print a row that was kept (kept.h). */
	void (*show)(struct session *session, const void *bytes);
	/* The same row, kept in another part of the input, which merge() comes after. */
	void (*take_kept)(void *state, struct session *session, const void *bytes);
	/* Of the events that the ledger calls delivered, those that are here. */
	__u64 (*received)(const void *state);
	/*
	 * Only with --interval: a step has ended (steps.h).  Taken were all records that came of its
	 * snapshots, the last one's at step->to_ns included, and none of a later snapshot.  Print
	 * below step_heading() what happened since the step before, and keep what the next one will
	 * be compared with; only with session->steps is memory taken for it.  What is in doubt
	 * because records are missing is left to a later step: the steps add up to the totals.
	 * histview.h does all this for histograms.
	 */
	void (*step)(void *state, struct session *session, const struct step *step);
	void (*report)(const void *state, const struct session *session, FILE *out);
	/* The same to a writer; then step() and take() write too, to session->shared->writer. */
	void (*tell)(const void *state, const struct session *session, unsigned int probe,
		     struct writer *writer);
	/*
	 * As if what @after took had been taken behind what this state has.  Sequence numbers tell that no
	 * record was taken twice.  There are no steps, and @session knows all names that came before
	 * and with @after.
	 */
	void (*merge)(void *state, struct session *session, const void *after);
	void (*close)(void *state, struct session *session);
};

struct view_entry {
	const char *name; /* NULL: no such probe */
	const char *summary;
	const struct view *view;
};

/* By probe id. */
extern const struct view_entry view_entries[PROBE_ID_MAX + 1];

#define X(id, name, summary) extern const struct view view_##name;
PROBES(X)
#undef X

/* The probe called @name; 0: there is none. */
unsigned int view_find(const char *name);

/* For each type of record the probe whose own it is; those that are nobody's are left as they are. */
void view_by_event(__u8 probe_of_event[256]);

/* A probe's name as it is printed, those of a newer collector as "probe N". */
#define VIEW_NAME 16
const char *view_name(char to[VIEW_NAME], unsigned int probe);

#endif
