/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key.h - the board's key, from a file that nobody else may read; what is derived from it */
#ifndef TARSIER_KEY_H
#define TARSIER_KEY_H

#include <stdbool.h>

#include "wire.h"

/*
 * Read the key: of the lines "SLOT HEX64" the first one.  0, or -errno after having told the user.
 * There is one key; it is kept until key_forget().
 */
int key_read(const char *path);
bool key_is_there(void);
__u8 key_slot(void);
void key_derive(enum key_use use, __u8 derived[KEY_SIZE]);
/* What was derived is all that is needed from now on. */
void key_forget(void);

#endif
