/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assembly.h - with keys: the records of a file put together to blocks again, for the gate
 *
 * A record by itself proves nothing: what is not part of a whole block is counted and left out.
 * Pads and arrivals are between blocks, where no tag reaches.  A pad is let in where it can do no
 * harm: behind a block that was let in, of whose session it says how often files were made durable,
 * for the one line of the report that tells this, and that nothing proves it.  An arrival would date
 * all that the board recorded: those, and other pads, are left out in silence.
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
	__u64 pad_offset;  /* where a pad of the block let in last would be; 0: nowhere */
	__u16 salt;	   /* of that block */
};

void assembly_begin(struct assembly *assembly, const char *input);

/*
 * The next intact record.  Returns how many records may be used now, a whole block or a pad, which
 * are in assembly->block until the next call.
 */
unsigned int assembly_take(struct assembly *assembly, const struct record *record, __u64 offset);
/* The same with a sealed block; 0: it was refused. */
unsigned int assembly_take_sealed(struct assembly *assembly, const void *bytes, size_t size,
				  __u64 offset);

/* The input ends. */
void assembly_end(struct assembly *assembly);

#endif
