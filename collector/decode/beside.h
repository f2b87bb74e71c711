/* SPDX-License-Identifier: GPL-2.0-or-later */
/* beside.h - files made beside another one: those without a name, and those that are there whole or not at all */
#ifndef TARSIER_DECODE_BESIDE_H
#define TARSIER_DECODE_BESIDE_H

#include <limits.h>

/* In the same directory as @path, gone once it is closed.  A descriptor, or -errno. */
int beside_scratch(const char *path);

struct beside {
	const char *path;
	char name[PATH_MAX]; /* until it is done */
	int fd;
};

/* Make a file that will be @path.  0 or -errno. */
int beside_begin(struct beside *beside, const char *path);
/* All is written: make it durable and give it its name, unless a file has that by now.  0 or -errno; closes it. */
int beside_done(struct beside *beside);
/* Nothing is left of it. */
void beside_drop(struct beside *beside);

#endif
