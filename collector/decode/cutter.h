/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cutter.h - recordings, cut into pieces: whole blocks, and the intact records of broken ones
 *
 * What a piece is, and where its place is, depends on its own bytes and on which sessions there are, and
 * not on what stood around it: pieces of several recordings together are a set.
 */
#ifndef TARSIER_DECODE_CUTTER_H
#define TARSIER_DECODE_CUTTER_H

#include "decoder.h"
#include "pieces.h"
#include "sources.h"

struct cutter {
	struct decoder *decoder; /* which reads; its reader's records come here */
	struct pieces pieces;
	struct sources sources;
	int err; /* the first one: -errno */
	__u64 damages;
	__u64 damaged_bytes;
	__u64 sealed; /* records: what cannot be read here */
	/* private */
	struct record block[BLOCK_RECORDS_MAX]; /* the one that is being read */
	unsigned int have;
	__u32 block_source;
	__u64 block_offset;
	struct home *home; /* by salt: the last session that has it */
};

/* Of what @decoder reads from now on; index files are made beside @path.  0 or -errno. */
int cutter_open(struct cutter *cutter, struct decoder *decoder, const char *path);
void cutter_close(struct cutter *cutter);

/*
 * All is read: each piece once, in the order in which they are to be written; single records only where no
 * whole block has them.  0 or -errno.
 */
int cutter_finish(struct cutter *cutter);

/* The bytes of @piece, of which there are piece->records.  0 or -errno; -ESTALE: they are others by now. */
int cutter_read(struct cutter *cutter, const struct piece *piece,
		struct record records[BLOCK_RECORDS_MAX]);

#endif
