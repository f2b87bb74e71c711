/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stored.h - the whole blocks of a recording that was written before */
#ifndef TARSIER_STORED_H
#define TARSIER_STORED_H

#include "sink.h"

struct stored {
	const unsigned char *bytes; /* the file */
	size_t size;
	__u32 *offsets; /* of whole blocks, in records */
	unsigned int count;
	__u64 damaged; /* blocks of which only a part is intact */
};

/* Map @path and find its blocks; 0 or -errno.  The caller ends with stored_close(). */
int stored_open(struct stored *stored, const char *path);
void stored_close(struct stored *stored);
/* Number @at of those found; its number is the low 32 bits. */
struct block stored_block(const struct stored *stored, unsigned int at);

#endif
