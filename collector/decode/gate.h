/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate.h - with keys: what may come in
 *
 * Only whole blocks do.  Those of a board that has a key need its tag; those of others are let in, and
 * make sessions of their own, because a session is told by its board too.
 */
#ifndef TARSIER_DECODE_GATE_H
#define TARSIER_DECODE_GATE_H

#include "block.h"
#include "options.h"
#include "replay.h"

#define REFUSED_LISTED 10

struct refused_block {
	char *input; /* NULL: no memory for it */
	__u64 offset;
	enum refusal refusal;
};

struct gate {
	struct keyring *ring;
	struct replay *replay; /* NULL: whether a block came before is not asked */
	__u64 refused[REFUSAL_KINDS];
	__u64 all_refused;

	/* of files */
	struct refused_block listed[REFUSED_LISTED]; /* the first ones */
	unsigned int lines;			     /* of these */
	__u64 blockless;			     /* intact records in no whole block */

	/* private */
	struct block block; /* the one let in last */
	__u8 plain[BLOCK_SIZE_MAX] __attribute__((aligned(RECORD_SIZE)));
};

/* NULL after having told the user.  Asks for blocks that came before when the options say listen. */
struct gate *gate_open(const struct options *options);
void gate_close(struct gate *gate);
/* One beside it that counts apart, for reading the same inputs twice; nothing is to be closed. */
void gate_open_beside(struct gate *gate, struct keyring *ring);

/* May these bytes come in?  Then the block is gate->block.  Only the gate's own counters change. */
enum refusal gate_take(struct gate *gate, const void *bytes, size_t size);

/* A block at @offset of @input was refused. */
void gate_list(struct gate *gate, enum refusal refusal, const char *input, __u64 offset);

/* The block let in last has been kept: it is not let in again.  False: it must not be used. */
bool gate_keep(struct gate *gate);

/* What was refused, a line for each reason. */
void gate_report(const struct gate *gate, FILE *out);

#endif
