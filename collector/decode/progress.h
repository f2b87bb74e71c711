/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress.h - how far reading has come, its rate and the time left, on a terminal */
#ifndef TARSIER_DECODE_PROGRESS_H
#define TARSIER_DECODE_PROGRESS_H

#include <stdbool.h>

#include <linux/types.h>

/* What is about to be read, in bytes; how much a pipe will bring is not known. */
struct progress_goal {
	__u64 bytes;
	bool known;
};

/*
 * Show it, if standard error is a terminal and reading takes longer than a second: a line that is
 * written over, and gone at the end.  May be called again before progress_end(), for what is read in
 * between; each call has its own progress_end().
 */
void progress_begin(struct progress_goal goal);
void progress_end(void);

/* So many bytes more were read.  Of any thread. */
void progress_took(__u64 bytes);
/* Before anything else is printed on standard error. */
void progress_clear(void);

/* Room for the line: "3.2 of 10.7 GB, 29 %, 3.3 GB/s, 2 s left". */
#define PROGRESS_TEXT 128
/* @took of @goal in @ns. */
const char *progress_text(char to[PROGRESS_TEXT], struct progress_goal goal, __u64 took, __u64 ns);

#endif
