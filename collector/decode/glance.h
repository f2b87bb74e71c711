/* SPDX-License-Identifier: GPL-2.0-or-later */
/* glance.h - what a file without records is, as far as its first bytes tell */
#ifndef TARSIER_DECODE_GLANCE_H
#define TARSIER_DECODE_GLANCE_H

#include <stddef.h>

#include <linux/types.h>

struct glance {
	unsigned char bytes[256];
	size_t length;
	__u64 total;
};

/* The next @len bytes of the file. */
void glance_take(struct glance *glance, const void *bytes, size_t len);

/* "no Tarsier records in ... bytes: ...", to @to. */
#define GLANCE_TEXT 128
const char *glance_text(const struct glance *glance, char to[GLANCE_TEXT]);

#endif
