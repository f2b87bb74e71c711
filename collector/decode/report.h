/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - everything that was found, as text */
#ifndef TARSIER_DECODE_REPORT_H
#define TARSIER_DECODE_REPORT_H

#include "decoder.h"

/* False: something is damaged, missing or unexplained. */
bool report(struct decoder *decoder);

/*
 * For each session that is selected @print, and an empty line; then what is not of any session, and the
 * result, which is returned as by report().
 */
bool report_each(struct decoder *decoder,
		 void (*print)(const struct session *session, unsigned int sessions, FILE *out),
		 FILE *out);

/* One of so many @sessions. */
void report_session(const struct session *session, unsigned int sessions, FILE *out);

/* The parts of it that are about one session. */
void report_heading(const struct session *session, unsigned int sessions, FILE *out);
void report_views(const struct session *session, FILE *out);
void report_ledger(const struct session *session, FILE *out);
void report_records(const struct session *session, FILE *out);

/* What the keys kept out of the files that were read. */
void report_refused(const struct decoder *decoder, FILE *out);

#endif
