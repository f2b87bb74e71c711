/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracefs.h - what tracefs tells of tracepoints, whether it is mounted or not
 *
 * Where it is not mounted, a mount of its own is made that has no place in the file system: only this
 * process sees it, and it goes when the last file in it is closed (fsopen(2), Linux 5.2).
 */
#ifndef TARSIER_TRACEFS_H
#define TARSIER_TRACEFS_H

#include <stddef.h>

#define TRACEFS_FORMAT_SIZE 4096 /* what a description takes at most */

/* NULL, or why there is no tracefs, as a line for the user. */
const char *tracefs_lacking(void);

/*
 * Read @file of the tracepoint @event, "SYSTEM:NAME", as text: "format" or "id".  0, -ENODEV: there is
 * no tracefs, -ENOENT: no such tracepoint, or another error.
 */
int tracefs_read(const char *event, const char *file, char *text, size_t size);

/* Why tracefs_read() failed with @err, as a line for the user; valid until the next call. */
const char *tracefs_why(const char *event, int err);

/* After the last read. */
void tracefs_close(void);

#endif
