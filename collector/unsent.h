/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unsent.h - which blocks a link has not carried, or perhaps not, and that wait to be sent again
 *
 * Blocks are known by their numbers alone; their bytes are in a file, for as long as that keeps
 * them.  Where the link turns out to be gone, what was sent in the seconds before is in doubt, and
 * waits as well.  Numbers of records returned here are those that never will be sent.
 */
#ifndef TARSIER_UNSENT_H
#define TARSIER_UNSENT_H

#include "backlog.h"
#include "lately.h"
#include "sink.h"
#include "wire.h"

struct unsent {
	struct span latest;    /* the block that was to be sent last */
	struct span last_sent; /* the one that was */
	struct lately lately, lately_offered;
	struct backlog backlog;
};

/* @block is to be sent, as the first of all functions for it. */
void unsent_begin(struct unsent *unsent, const struct block *block);
/* That block was sent at @now_ns, */
void unsent_note_sent(struct unsent *unsent, __u64 now_ns);
/* or waits. */
void unsent_add_latest(struct unsent *unsent);

/*
 * The block that an error is about, from as much of the datagram, @size bytes at @header, as came back
 * with it; if that does not tell, the one sent last.
 */
struct span unsent_find_refused(const struct unsent *unsent, const struct rec_header *header,
				size_t size);
/* What was sent right before @now_ns has most likely not arrived: it waits. */
void unsent_doubt(struct unsent *unsent, __u64 now_ns);

/* The newest of those that wait, @block, was sent after all. */
__u64 unsent_note_offered(struct unsent *unsent, const struct block *block, __u64 now_ns);
/* It cannot be had; @err is sinks_find()'s reason. */
__u64 unsent_give_up(struct unsent *unsent, int err);

#endif
