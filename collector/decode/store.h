/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - what a fleet sends, kept as recordings: DIR/<board id>/<session id>-NNNN.tsr
 *
 * A thread of its own writes, so that a slow disk keeps nobody from receiving: what comes faster than
 * it is written waits in memory, and what finds no place there is counted as lost.  All files
 * together never take more than the size given: the board that takes most of it loses its oldest one,
 * even if it is still sending and has to begin another.  A file that cannot be written costs what is in flight;
 * the next try comes a few seconds later.  What is written outlasts a crash of this machine half a
 * minute later, or once the store is finished.
 */
#ifndef TARSIER_DECODE_STORE_H
#define TARSIER_DECODE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define STORE_SIZE_LEAST (1u << 20)

struct store;

struct store_counts {
	__u64 blocks;  /* in files */
	__u64 slow;    /* blocks lost because the disk is slower than the fleet */
	__u64 failed;  /* blocks lost because they could not be written */
	__u64 removed; /* files, to make room */
	__u64 files;   /* there now */
	__u64 bytes;   /* in these */
	bool failing;  /* now */
};

/* NULL after having told the user. */
struct store *store_open(const char *dir, __u64 size);
/* Begin to write; not before all rights were given up that are to be.  0 or -errno. */
int store_start(struct store *store);
/* Write what is waiting, and no more.  False: the disk once could not sync, which the user was told. */
bool store_finish(struct store *store);
void store_close(struct store *store);

/* A whole block, which came at @arrival_ns; that is recorded where it is @news, or begins a file. */
void store_put(struct store *store, const void *block, size_t size, __u64 arrival_ns, bool news);
/* That was all for now. */
void store_kick(struct store *store);

void store_count(struct store *store, struct store_counts *counts);

#endif
