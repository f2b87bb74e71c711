/* SPDX-License-Identifier: GPL-2.0-or-later */
/* histview.h - the view of a probe whose records are histograms of times */
#ifndef TARSIER_DECODE_HISTVIEW_H
#define TARSIER_DECODE_HISTVIEW_H

#include "histset.h"
#include "view.h"

void *histview_open(struct session *session);
void histview_take(void *state, struct session *session, const struct record *record);
void histview_step(void *state, struct session *session, const struct step *step);
__u64 histview_received(const void *state);
void histview_report(const void *state, const struct session *session, FILE *out);
void histview_tell(const void *state, const struct session *session, unsigned int probe,
		   struct writer *writer);
void histview_merge(void *state, struct session *session, const void *after);
void histview_close(void *state, struct session *session);

/*
 * For a view that has a histset among other things: print all histograms of @set, the busiest first,
 * at most as many as --rows says; and show, as text or to the writer, what they counted during @step.
 */
void histview_print(const struct histset *set, const struct session *session, FILE *out);
void histview_show_step(struct histset *set, struct session *session, const struct step *step);
/* Its text alone, below a heading that is there already. */
void histview_print_step(struct histset *set, const struct session *session,
			 const struct step *step, FILE *out);

/* The whole ops table of such a view. */
#define HISTVIEW                                                                                   \
	{                                                                                          \
		.open = histview_open, .take = histview_take, .step = histview_step,               \
		.received = histview_received, .report = histview_report, .tell = histview_tell,   \
		.merge = histview_merge, .close = histview_close,                                  \
	}

#endif
