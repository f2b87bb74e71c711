/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpffs.h - a BPF object as a file that only this process sees */
#ifndef TARSIER_BPFFS_H
#define TARSIER_BPFFS_H

/*
 * Give the BPF object behind @fd the name @name in a file system of its own.  The descriptor of the
 * directory, which the caller closes, or -errno.  Nothing stays when the process ends, however it does.
 */
int bpffs_pin(int fd, const char *name);

#endif
