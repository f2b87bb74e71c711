/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - files read by several threads: each decodes parts, which are merged in their order
 *
 * Whatever the threads do, the decoder ends up as if it had read the files alone, one after another:
 * a part that cannot be merged exactly is read again, behind what comes before it.
 */
#ifndef TARSIER_DECODE_PARTS_H
#define TARSIER_DECODE_PARTS_H

#include "decoder.h"
#include "glance.h"

/* A file that is read, whole, from fd; finished() is called in the order of parts_read(). */
struct source {
	int fd;
	char *name;
	__u64 size; /* when it was opened; what was written since is read too */
	void (*finished)(struct source *source); /* may free it */
	void *context;

	/* for finished() */
	__u64 records;
	int err; /* 0 or -errno: it could not be read to its end */
	struct glance glance;
};

struct parts;

/* @jobs threads; NULL: no memory, or no threads to be had. */
struct parts *parts_open(struct decoder *decoder, unsigned int jobs, size_t part_size);
/* May return before it was read. */
void parts_read(struct parts *parts, struct source *source);
/* All sources have been finished. */
void parts_drain(struct parts *parts);
void parts_close(struct parts *parts);

#endif
