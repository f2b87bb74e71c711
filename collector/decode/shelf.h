/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shelf.h - the files of a store: which there are, the oldest first, and what they take together */
#ifndef TARSIER_DECODE_SHELF_H
#define TARSIER_DECODE_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* However small they are: what is known of each is kept in memory. */
#define SHELF_FILES (1u << 16)
/* Open at a time; boards may be more. */
#define SHELF_OPEN 512

struct shelf_file {
	__u64 board_id;
	__u8 session_id[16];
	__u32 number; /* among those of the session, from 1 */
	__u32 id;     /* counts up from one file to the next */
	int fd;	      /* -1: closed */
	__u64 size;
};

struct shelf {
	int dir_fd;
	__u64 size_max;
	__u64 size; /* of all */
	__u64 removed;
	__u32 first; /* ids of those that are there: first <= id < next */
	__u32 next;
	struct shelf_file file[SHELF_FILES]; /* by id modulo SHELF_FILES */
	__u32 opened[SHELF_OPEN];	     /* ids of those opened last */
	__u32 opens;
};

#define SHELF_NAME 80

/* The name of @file below the directory. */
const char *shelf_name(char to[SHELF_NAME], const struct shelf_file *file);

/* Those that are in the directory, which may be more than fits: shelf_make_room().  0 or -errno. */
int shelf_open(struct shelf *shelf, const char *dir, __u64 size_max);
void shelf_close(struct shelf *shelf);

/* NULL: it is not there any longer. */
struct shelf_file *shelf_find(struct shelf *shelf, __u32 id);

/* Room for @size bytes more, and for a file more: the oldest ones are removed. */
void shelf_make_room(struct shelf *shelf, __u64 size);

/*
 * A new file for this session, in *@id, which is that of the file before it or anything.  0 or -errno.
 */
int shelf_add(struct shelf *shelf, __u64 board_id, const __u8 session_id[16], __u32 *id);

/* To append to @file; good until the next call.  -errno. */
int shelf_fd(struct shelf *shelf, struct shelf_file *file);

/* @file has become greater; or is given up, whatever it holds. */
void shelf_grow(struct shelf *shelf, struct shelf_file *file, __u64 size);
void shelf_shut(struct shelf_file *file);

#endif
