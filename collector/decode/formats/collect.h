/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect.h - distributions kept until the end, for what is drawn
 *
 * Those of the whole recording are kept one by one, the first so many of them.  Those of steps are kept by
 * subject as columns of a heat map; where they become too many, neighbours are added up, so that memory
 * does not grow with the length of the recording.
 */
#ifndef TARSIER_DECODE_COLLECT_H
#define TARSIER_DECODE_COLLECT_H

#include "figures.h"
#include "losses.h"
#include "session.h"
#include "writer.h"

#define COLLECT_SUBJECTS 256
#define COLLECT_COLUMNS 120

/* What happened from from_ns to to_ns. */
struct column_of_time {
	__u64 from_ns;
	__u64 to_ns;
	struct histogram buckets;
};

struct plotted {
	unsigned int session;
	unsigned int probe;
	char *board;  /* text of text_escape(), as the title */
	char *title;  /* "runqlat", "cpudist of pid 100 worker" */
	char *labels; /* "", "pid 100 worker" */
	const char *scope;
	bool has_total;
	struct histogram buckets; /* of the whole recording */
	struct moments moments;
	__u64 missing;
	__u64 from_ns;
	__u64 to_ns;
	/* Both ends of the time on the wall clock; 0: it is unknown. */
	__u64 date_from_ns;
	__u64 date_to_ns;
	struct column_of_time *time; /* COLLECT_COLUMNS; NULL: no steps */
	unsigned int times;
	unsigned int steps_in_time; /* in each column */
	unsigned int steps_in_last;
};

struct collection {
	struct plotted *subject[COLLECT_SUBJECTS];
	unsigned int subjects;
	__u64 left_out; /* distributions of further subjects */
};

void collect(struct collection *collection, struct writer *writer, const struct session *session,
	     const struct distribution *distribution);
void collection_release(struct collection *collection);

/*
 * The state of a format that draws at the end, or the beginning of its state, and what such formats do
 * meanwhile; struct format says when.
 */
struct collected {
	struct collection collection;
	struct losses losses;
};

void collected_row(struct writer *writer, const struct session *session, const struct row *row);
void collected_distribution(struct writer *writer, const struct session *session,
			    const struct distribution *distribution);
void collected_close(struct writer *writer);

/* A name for its file, without suffix; no two have the same. */
#define COLLECT_FILE 160
const char *collect_file(char to[COLLECT_FILE], const struct collection *collection,
			 unsigned int number);

#endif
