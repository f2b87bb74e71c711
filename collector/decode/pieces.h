/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces.h - an index of what recordings consist of, however much that is
 *
 * A piece is what is kept or left out as one: a whole block, or a single record that is in none.  The
 * index is a file, mapped to be sorted: of it no more is in memory than there is room for.
 */
#ifndef TARSIER_DECODE_PIECES_H
#define TARSIER_DECODE_PIECES_H

#include <stdbool.h>
#include <stdio.h>

#include "wire.h"

/* In the order in which a session's are written. */
enum piece_section {
	PIECE_block,
	PIECE_loose, /* a record of a broken block */
	PIECE_arrival,
};

/*
 * Of loose records with the same number: a header comes behind the data record that it numbers, a
 * heartbeat's behind the trailer, so that loose records never look like a whole block.
 */
enum piece_rank {
	PIECE_trailer,
	PIECE_data,
	PIECE_header,
};

#define PIECE_DIGEST 16

struct piece {
	__u8 session_id[16];
	__u8 digest[PIECE_DIGEST]; /* BLAKE2b of its bytes */
	__u64 board_id;
	__u64 time_ns;
	__u64 number; /* of a block */
	__u64 offset; /* in its source */
	__u32 source;
	__u32 seq;
	__u16 salt;
	__u8 section;
	__u8 rank;
	__u8 records;
	__u8 named; /* it says itself whose it is */
	__u8 left_out;
	__u8 reserved;
};

struct pieces {
	__u64 count;
	struct piece *at; /* once they are mapped */
	/* private */
	FILE *file;
	struct piece *spare; /* room for as many, to sort them */
	int spare_fd;
	__u64 mapped;
};

typedef int piece_compare(const struct piece *left, const struct piece *right);

/* Its files are made beside @path.  0 or -errno, as below. */
int pieces_open(struct pieces *pieces, const char *path);
void pieces_close(struct pieces *pieces);

int pieces_add(struct pieces *pieces, const struct piece *piece);
/* All were added. */
int pieces_map(struct pieces *pieces);
void pieces_sort(struct pieces *pieces, piece_compare *compare);
/* Once sorted: of those that are the same keep the first one, and none that is left out. */
void pieces_compact(struct pieces *pieces, piece_compare *compare);

/* By board, session and section; there blocks by time, records by sequence number.  0: they are the same. */
piece_compare pieces_by_place;
/* By salt, and then by sequence number or time. */
piece_compare pieces_by_seq;
piece_compare pieces_by_time;

#endif
