/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * texts.h - the strings of a session, put together from their parts
 *
 * The parts of a string have consecutive sequence numbers, and may come in any order.  Strings are
 * repeated now and then; different ones of the same kind and probe are all kept.  A string holds
 * TEXT_PARTS_MAX parts, a session TEXTS_MAX strings, TEXTS_ALIKE of the same kind and probe; what is
 * beyond is left out.
 */
#ifndef TARSIER_DECODE_TEXTS_H
#define TARSIER_DECODE_TEXTS_H

#include <stdbool.h>
#include <stdio.h>

#include "budget.h"
#include "wire.h"

#define TEXT_PARTS_MAX 32
#define TEXTS_MAX 64
#define TEXTS_ALIKE 16

struct text {
	__u8 kind; /* enum text_kind */
	__u8 probe;
	__u8 parts;
	__u8 reserved;
	__u32 first;  /* sequence number of part 0 */
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

/* The first text of this kind and probe; NULL: no part of such a text was heard. */
const struct text *texts_find(const struct texts *texts, unsigned int kind, unsigned int probe);
/* The next different one of the same kind and probe; NULL: there is none. */
const struct text *texts_next(const struct texts *texts, const struct text *text);

/*
 * Its bytes as they came, "..." for what is missing, to @to; returns how many.  They end at the first
 * NUL, or there.
 */
#define TEXT_JOINED (TEXT_PARTS_MAX * (TEXT_PART_SIZE + 3) + 3)
size_t text_join(const struct text *text, char to[TEXT_JOINED]);

/* Print it, "..." for what is missing. */
void text_print_parts(FILE *out, const struct text *text);

/* All that @other knows. */
void texts_merge(struct texts *texts, const struct texts *other, struct budget *budget);

#endif
