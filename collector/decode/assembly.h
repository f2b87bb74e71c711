/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assembly.h - with keys: the records of a file put together to blocks again, for the gate
 *
 * A record by itself proves nothing: what is not part of a whole block is counted and left out.
 * Pads and arrivals, which are between blocks, are not counted, and are left out in silence.
 */
#ifndef TARSIER_DECODE_ASSEMBLY_H
#define TARSIER_DECODE_ASSEMBLY_H

#include "gate.h"

struct assembly {
	struct gate *gate;
	const char *input; /* its name */

	/* private */
	struct record block[BLOCK_RECORDS_MAX];
	unsigned int have;
	unsigned int want; /* as the header says */
	__u64 offset;	   /* of the block in the input */
};

/*
 * The next intact record.  Returns how many records may be used now, a whole block, which is in
 * assembly->block until the next call.
 */
unsigned int assembly_take(struct assembly *assembly, const struct record *record, __u64 offset);

/* The input ends. */
void assembly_end(struct assembly *assembly);

#endif
