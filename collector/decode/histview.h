/* SPDX-License-Identifier: GPL-2.0-or-later */
/* histview.h - the view of a probe whose records are histograms of times */
#ifndef TARSIER_DECODE_HISTVIEW_H
#define TARSIER_DECODE_HISTVIEW_H

#include "histset.h"
#include "view.h"

void *histview_open(struct session *session);
void histview_take(void *state, struct session *session, const struct record *record);
__u64 histview_received(const void *state);
void histview_report(const void *state, const struct session *session, FILE *out);
void histview_close(void *state, struct session *session);

/* For other views: one histogram with its figures, and which records found no place in @set. */
void histview_plot(const struct keyed_histogram *keyed, const struct options *options, FILE *out);
void histview_shortage(const struct histset *set, FILE *out);

/* The whole ops table of such a view. */
#define HISTVIEW                                                                                   \
	{                                                                                          \
		.open = histview_open, .take = histview_take, .received = histview_received,       \
		.report = histview_report, .close = histview_close,                                \
	}

#endif
