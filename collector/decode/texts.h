/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * texts.h - the strings of a session, put together from their parts
 *
 * Parts may come in any order and more than once.  A string holds TEXT_PARTS_MAX parts, a session
 * TEXTS_MAX strings; what is beyond is left out.
 */
#ifndef TARSIER_DECODE_TEXTS_H
#define TARSIER_DECODE_TEXTS_H

#include <stdbool.h>
#include <stdio.h>

#include "budget.h"
#include "wire.h"

#define TEXT_PARTS_MAX 32
#define TEXTS_MAX 64

struct text {
	__u8 kind; /* enum text_kind */
	__u8 probe;
	__u8 parts;
	__u8 reserved;
	__u32 got;    /* a bit for each part that is here */
	__u8 bytes[]; /* TEXT_PART_SIZE for each part */
};

struct texts {
	struct text *text[TEXTS_MAX];
	unsigned int count;
	__u64 refused; /* records without a place */
};

void texts_learn(struct texts *texts, const struct rec_text *record, struct budget *budget);
void texts_release(struct texts *texts, struct budget *budget);

/* NULL: no part of such a text was heard. */
const struct text *texts_find(const struct texts *texts, unsigned int kind, unsigned int probe);

/* Print it, "..." for what is missing. */
void text_print_parts(FILE *out, const struct text *text);

#endif
