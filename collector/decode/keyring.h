/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keyring.h - the keys by which a receiver knows its boards
 *
 * A file of lines, blanks between words, '#' for comments:
 *
 *	fleet SLOT HEX64		boards' keys are derived from this one
 *	board NAME|0xID SLOT HEX64	one board's own key, as its key file has it
 *
 * With a fleet key every board has a key.  Without one, boards that are not named have none.
 */
#ifndef TARSIER_DECODE_KEYRING_H
#define TARSIER_DECODE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

#define KEY_HEX_SIZE (2 * KEY_SIZE + 1)

/* What is derived from a board's key. */
struct board_keys {
	__u8 tag[KEY_SIZE];
	__u8 seal[KEY_SIZE];
};

struct keyring;

/* NULL after having told the user. */
struct keyring *keyring_open(const char *path);
void keyring_close(struct keyring *ring);

/* Whether the board must never be believed without a tag. */
bool keyring_knows(const struct keyring *ring, __u64 board_id);

/* The keys of a board's slot, 1 to KEY_SLOTS; false: there are none. */
bool keyring_find(const struct keyring *ring, __u64 board_id, unsigned int slot,
		  struct board_keys *keys);

/* They fit: find these faster from now on.  Not for keys of boards that nobody has proved to be. */
void keyring_remember(struct keyring *ring, __u64 board_id, unsigned int slot,
		      const struct board_keys *keys);

/* Whether the fleet has a key in @slot, and the key that a board gets from it. */
bool keyring_board_key(const struct keyring *ring, __u64 board_id, unsigned int slot,
		       __u8 key[KEY_SIZE]);

/* A board's id: of its name, or written "0x" and 16 digits. */
__u64 keyring_board_id(const char *name);

#endif
