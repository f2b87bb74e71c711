/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tell.h - everything that was found, to a writer: what report.h says in text */
#ifndef TARSIER_DECODE_TELL_H
#define TARSIER_DECODE_TELL_H

#include "decoder.h"
#include "writer.h"

/* All sessions, then the input.  False: something is damaged, missing or unexplained. */
bool tell(struct decoder *decoder, struct writer *writer);

/* The sessions alone, as they are now: more may follow. */
void tell_sessions(const struct decoder *decoder, struct writer *writer);

/* What every session has, whatever was measured. */
void tell_session(const struct session *session, struct writer *writer);
/* What its probes measured. */
void tell_views(const struct session *session, struct writer *writer);
/* What became of the events, and what is missing. */
void tell_books(const struct session *session, struct writer *writer);
/* What is not of any session: damage, and what is unknown here. */
void tell_input(const struct decoder *decoder, bool clean, struct writer *writer);

/* A row of the whole recording. */
void tell_row(const struct session *session, const struct table_kind *kind,
	      const struct cell *cells, struct writer *writer);

#define TABLE(name_, summary_, columns_)                                                           \
	{                                                                                          \
		.name = name_, .summary = summary_, .column = columns_,                            \
		.columns = sizeof(columns_) / sizeof((columns_)[0]),                               \
	}

/* All cells are there, and no more. */
#define ASSERT_CELLS(cells, columns)                                                               \
	_Static_assert(sizeof(cells) / sizeof((cells)[0]) ==                                       \
			       sizeof(columns) / sizeof((columns)[0]),                             \
		       "a cell for each column")

#endif
