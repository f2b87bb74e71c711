/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources.h - many files, of which bytes are read here and there */
#ifndef TARSIER_DECODE_SOURCES_H
#define TARSIER_DECODE_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define SOURCES_OPEN 64 /* at a time */

struct sources {
	/* private */
	char **name;
	__u32 count;
	__u32 room;
	struct {
		int fd; /* 0: none is open */
		__u32 source;
	} open[SOURCES_OPEN];
};

/* Its number goes to *@source; the latest one may be added again.  0 or -errno. */
int sources_add(struct sources *sources, const char *name, __u32 *source);
/* 0 or -errno; a file that has become shorter is -EIO. */
int sources_read(struct sources *sources, __u32 source, __u64 offset, void *to, size_t size);
const char *sources_name(const struct sources *sources, __u32 source);
void sources_close(struct sources *sources);

#endif
