/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seal.h - blocks encrypted for the wire */
#ifndef TARSIER_SEAL_H
#define TARSIER_SEAL_H

#include <stddef.h>

#include "wire.h"

/* From now on blocks are sealed, under the board's key, which is there. */
void seal_begin(void);

/* Bytes that it adds to a block; 0: blocks are not sealed. */
size_t seal_overhead(void);

/*
 * What to send in place of the whole, intact @block of *@size bytes: the block itself, or that block
 * sealed, valid until the next call, with its size in *@size.  A block that is sent again is the same
 * again, byte for byte.
 */
const void *seal_block(const void *block, size_t *size);

#endif
