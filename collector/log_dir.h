/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_dir.h - a directory of numbered recordings: bounded, the oldest goes first
 *
 * The number, not the clock, orders the files: a board may have no clock.  All that is known of the
 * directory is read from it anew; nothing is kept elsewhere.
 */
#ifndef TARSIER_LOG_DIR_H
#define TARSIER_LOG_DIR_H

#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>

struct log_dir {
	__u64 budget;	 /* bytes that all recordings in it may take */
	__u64 floor;	 /* bytes of the file system to be left free; ~0: see log_dir_open() */
	int fd;		 /* of the directory */
	int base_fd;	 /* of a directory above it, from where it is found again */
	const char *way; /* from there */

	/* private */
	bool is_mounted; /* it is not on the file system of base_fd */
	bool is_let_go;
	__u64 used;		      /* bytes, as of the last look */
	unsigned long oldest, newest; /* numbers; 0: there is none */
	char path[PATH_MAX];
};

/* Open @path, which is there; a floor of ~0 becomes 1/16 of the file system, 16 MiB at most.  0 or -errno. */
int log_dir_open(struct log_dir *dir, const char *path);
void log_dir_close(struct log_dir *dir);
/* Find it again where it has vanished: unmounted, moved, removed.  The descriptor's number stays. */
int log_dir_reopen(struct log_dir *dir);
/* Hold nothing on its medium, so that this can be unmounted: nothing works until it is found again. */
void log_dir_let_go(struct log_dir *dir);

/* A new file, with the next number: its descriptor and *@number, or -errno. */
int log_dir_create(struct log_dir *dir, unsigned long *number);
/* To read a file of this number; -errno. */
int log_dir_open_file(const struct log_dir *dir, unsigned long number);
int log_dir_remove(struct log_dir *dir, unsigned long number);

/*
 * Before @bytes are added to the file numbered @keep: remove the oldest others until budget and
 * floor allow it.  0 or -errno; -ENOSPC: they do not.
 */
int log_dir_make_room(struct log_dir *dir, __u64 bytes, unsigned long keep);

#endif
