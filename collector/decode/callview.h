/* SPDX-License-Identifier: GPL-2.0-or-later */
/* callview.h - the view of a probe that measures the calls of a kernel function */
#ifndef TARSIER_DECODE_CALLVIEW_H
#define TARSIER_DECODE_CALLVIEW_H

#include "view.h"

void *callview_open(struct session *session);
void callview_take(void *state, struct session *session, const struct record *record);
void callview_step(void *state, struct session *session, const struct step *step);
__u64 callview_received(const void *state);
void callview_report(const void *state, const struct session *session, FILE *out);
void callview_tell(const void *state, const struct session *session, unsigned int probe,
		   struct writer *writer);
void callview_merge(void *state, struct session *session, const void *after);
void callview_close(void *state, struct session *session);

/* The whole ops table of such a view. */
#define CALLVIEW                                                                                   \
	{                                                                                          \
		.open = callview_open, .take = callview_take, .step = callview_step,               \
		.received = callview_received, .report = callview_report, .tell = callview_tell,   \
		.merge = callview_merge, .close = callview_close,                                  \
	}

#endif
