/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack.h - the BPF objects inside this program, which are packed to a third of their size
 *
 * The Makefile packs them (gzip) and has the skeletons ask for them here.
 */
#ifndef TARSIER_UNPACK_H
#define TARSIER_UNPACK_H

#include <stddef.h>

/*
 * Returns the @size bytes at @packed unpacked, and their number in *@unpacked_size; NULL: no memory.
 * Valid until the next call: libbpf has taken what it needs once an object is open.
 */
void *unpack(const unsigned char *packed, size_t size, size_t *unpacked_size);

/* Give the memory back. */
void unpack_end(void);

#endif
