/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mounts.h - file systems of our own that have no place in the tree */
#ifndef TARSIER_MOUNTS_H
#define TARSIER_MOUNTS_H

/*
 * Mount a file system of @type that only this process sees, and that goes when the last file in it is
 * closed (fsopen(2), Linux 5.2).  A descriptor of its root, or -errno.
 */
int mount_detached(const char *type);

#endif
