/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tally.h - how many records of each kind a session has: what its bytes are used for */
#ifndef TARSIER_DECODE_TALLY_H
#define TARSIER_DECODE_TALLY_H

#include <linux/types.h>

/* By type, each record as often as it was read. */
struct tally {
	__u64 records[256];
};

/* The name of a type, "0x7f" of an unknown one. */
#define TALLY_NAME 24
const char *tally_name(unsigned int type, char to[TALLY_NAME]);

#endif
