/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - a page of metrics, made by a copy of this process
 *
 * What is known of a fleet is copied by fork(): a snapshot for which nothing is locked and nobody
 * waits, whatever the formatting takes.  How many series there are is bounded, for each session and
 * in all; those left out are counted.
 */
#ifndef TARSIER_DECODE_METRICS_H
#define TARSIER_DECODE_METRICS_H

#include "decoder.h"
#include "facts.h"
#include "http.h"

#define METRICS_SERIES 500000
#define METRICS_SERIES_OF_SESSION 4000

struct metrics {
	int done_fd; /* becomes readable when the page is ready; -1: none is in the making */
	/* private */
	int page_fd;
	int pid;
	enum http_page kind;
};

/* The whole page, to @out; for a copy of the process. */
bool metrics_write(const struct decoder *decoder, const struct facts *facts, enum http_page kind,
		   FILE *out);

/* Begin a page of @kind.  False: it cannot be made now. */
bool metrics_begin(struct metrics *metrics, const struct decoder *decoder,
		   const struct facts *facts, enum http_page kind);
/* It is ready: the file that holds it, the caller's from now on; -1: it could not be made. */
int metrics_end(struct metrics *metrics);
/* If one is in the making, it is no longer. */
void metrics_cancel(struct metrics *metrics);

#endif
