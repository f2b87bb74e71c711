/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shelf.h - the files of a store: which there are, and what they take together
 *
 * Where room runs short, the board that takes most of it loses its oldest file: one that says much
 * shortens its own memory, and no other's.
 */
#ifndef TARSIER_DECODE_SHELF_H
#define TARSIER_DECODE_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* However small they are: what is known of each is kept in memory. */
#define SHELF_FILES (1u << 16)
/* Open at a time; boards may be more. */
#define SHELF_OPEN 512

#define SHELF_NONE 0 /* no file's id */

struct shelf_file {
	__u64 board_id;
	__u8 session_id[16];
	__u32 number; /* among those of the session, from 1 */
	int fd;	      /* -1: closed */
	__u64 id;     /* greater than those of older files; SHELF_NONE: a place for a file */
	__u64 size;
	struct shelf_board *board;
	struct shelf_file *next; /* newer one of its board, or other place */
};

struct shelf_board {
	__u64 board_id;
	__u64 size;
	__u32 files; /* 0: a place for a board */
	struct shelf_file *oldest;
	struct shelf_file *newest;
};

struct shelf {
	int dir_fd;
	__u64 size_max;
	__u64 size; /* of all */
	__u64 removed;
	__u64 added;
	__u32 files;
	__u32 places;			     /* that were ever used, of those for files */
	__u32 boards;			     /* places that were ever used by boards */
	struct shelf_file *place;	     /* those that are free again */
	struct shelf_file file[SHELF_FILES]; /* by id modulo SHELF_FILES */
	struct shelf_board board[SHELF_FILES];
	__u64 opened[SHELF_OPEN]; /* ids of those opened last */
	__u32 opens;
};

#define SHELF_NAME 80

/* The name of @file below the directory. */
const char *shelf_name(char to[SHELF_NAME], const struct shelf_file *file);

/* Those that are in the directory, which may be more than fits: shelf_make_room().  0 or -errno. */
int shelf_open(struct shelf *shelf, const char *dir, __u64 size_max);
void shelf_close(struct shelf *shelf);

/* NULL: it is not there any longer. */
struct shelf_file *shelf_find(struct shelf *shelf, __u64 id);

/* Room for @size bytes more, and for a file more. */
void shelf_make_room(struct shelf *shelf, __u64 size);

/*
 * A new file for this session, in *@id, which is that of the file before it or anything.  0 or -errno.
 */
int shelf_add(struct shelf *shelf, __u64 board_id, const __u8 session_id[16], __u64 *id);

/* To append to @file; good until the next call.  -errno. */
int shelf_fd(struct shelf *shelf, struct shelf_file *file);

/* @file has become greater; or is given up, whatever it holds. */
void shelf_grow(struct shelf *shelf, struct shelf_file *file, __u64 size);
void shelf_shut(struct shelf_file *file);

#endif
