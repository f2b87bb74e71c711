/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kept.h - rows that wait to be printed until all is read, when the clock that dates them is known best
 *
 * Without it the input has to be read twice, first for its clocks.  Only where the rows are few and
 * nothing else is printed in between.
 */
#ifndef TARSIER_DECODE_KEPT_H
#define TARSIER_DECODE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct session;
struct shared;

/* As many rows of a session are kept at most. */
#define KEPT_ROWS_MAX 1000

struct kept_row {
	struct kept_row *next;
	struct session *session;
	unsigned int probe;
	size_t size;
	__u64 bytes[]; /* whatever the view of the probe has put there */
};

struct kept {
	bool open; /* rows are kept, not printed */
	struct kept_row *first;
	struct kept_row **last;
};

void kept_init(struct kept *kept, bool open);
/*
 * For views: keep these bytes for view->show().  False: print the row yourself, rows are not kept here,
 * or no longer, because there is no memory; those kept before have been printed.
 */
bool kept_add(struct session *session, unsigned int probe, const void *bytes, size_t size);
/* Print what was kept; from now on rows are printed as they come. */
void kept_print(struct shared *shared);
/* Forget it. */
void kept_release(struct shared *shared);

#endif
