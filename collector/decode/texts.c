// SPDX-License-Identifier: GPL-2.0-or-later
/* texts - the strings of a session, put together from their parts */
#include "texts.h"

#include <string.h>

#include "text.h"

static unsigned int parts_kept(const struct text *text)
{
	return text->parts < TEXT_PARTS_MAX ? text->parts : TEXT_PARTS_MAX;
}

static size_t size_of(const struct text *text)
{
	return sizeof(*text) + parts_kept(text) * TEXT_PART_SIZE;
}

void texts_release(struct texts *texts, struct budget *budget)
{
	for (unsigned int i = 0; i < texts->count; i++)
		budget_give(budget, texts->text[i], size_of(texts->text[i]));
	texts->count = 0;
}

static bool is_complete(const struct text *text)
{
	return text->got == ~0u >> (TEXT_PARTS_MAX - parts_kept(text));
}

static bool are_alike(const struct text *left, const struct text *right)
{
	return left->kind == right->kind && left->probe == right->probe;
}

/* Nothing of @text is not in @other as well. */
static bool is_contained(const struct text *text, const struct text *other)
{
	if (!are_alike(text, other) || text->parts != other->parts || text->got & ~other->got)
		return false;
	for (unsigned int part = 0; part < parts_kept(text); part++)
		if (text->got >> part & 1 &&
		    memcmp(text->bytes + part * TEXT_PART_SIZE,
			   other->bytes + part * TEXT_PART_SIZE, TEXT_PART_SIZE))
			return false;
	return true;
}

/* It is one that was heard before, or a part of it.  Of two equal ones the second is. */
static bool is_repetition(const struct texts *texts, unsigned int at)
{
	for (unsigned int i = 0; i < texts->count; i++)
		if (i != at && is_contained(texts->text[at], texts->text[i]) &&
		    (i < at || texts->text[i]->got != texts->text[at]->got))
			return true;
	return false;
}

/* The first text from @at on that is like @wanted and new. */
static const struct text *find_from(const struct texts *texts, unsigned int at,
				    const struct text *wanted)
{
	for (; at < texts->count; at++)
		if (are_alike(texts->text[at], wanted) && !is_repetition(texts, at))
			return texts->text[at];
	return NULL;
}

const struct text *texts_find(const struct texts *texts, unsigned int kind, unsigned int probe)
{
	struct text wanted = { .kind = (__u8)kind, .probe = (__u8)probe };

	return find_from(texts, 0, &wanted);
}

const struct text *texts_next(const struct texts *texts, const struct text *text)
{
	unsigned int at = 0;

	while (texts->text[at] != text)
		at++;
	return find_from(texts, at + 1, text);
}

static void forget(struct texts *texts, unsigned int at, struct budget *budget)
{
	budget_give(budget, texts->text[at], size_of(texts->text[at]));
	texts->count--;
	memmove(&texts->text[at], &texts->text[at + 1],
		(texts->count - at) * sizeof(texts->text[0]));
}

static void forget_repetitions(struct texts *texts, struct budget *budget)
{
	for (unsigned int at = texts->count; at--;)
		if (is_repetition(texts, at))
			forget(texts, at, budget);
}

static bool has_room_for(const struct texts *texts, const struct text *text)
{
	unsigned int alike = 0;

	for (unsigned int i = 0; i < texts->count; i++)
		alike += are_alike(texts->text[i], text);
	return texts->count < TEXTS_MAX && alike < TEXTS_ALIKE;
}

/* The text that @record is a part of, a new one if need be; NULL: no place. */
static struct text *place_for(struct texts *texts, const struct rec_text *record,
			      struct budget *budget)
{
	struct text shape = { .kind = record->kind,
			      .probe = record->probe,
			      .parts = record->parts,
			      .first = record->seq - record->part };
	struct text *text;

	for (unsigned int i = 0; i < texts->count; i++)
		if (are_alike(texts->text[i], &shape) && texts->text[i]->parts == shape.parts &&
		    texts->text[i]->first == shape.first)
			return texts->text[i];
	if (!has_room_for(texts, &shape))
		forget_repetitions(texts, budget);
	if (!has_room_for(texts, &shape))
		return NULL;
	text = budget_take(budget, size_of(&shape));
	if (!text)
		return NULL;
	*text = shape;
	texts->text[texts->count++] = text;
	return text;
}

void texts_learn(struct texts *texts, const struct rec_text *record, struct budget *budget)
{
	struct text *text;

	if (record->part >= record->parts || record->part >= TEXT_PARTS_MAX) {
		texts->refused++;
		return;
	}
	text = place_for(texts, record, budget);
	if (!text) {
		texts->refused++;
		return;
	}
	memcpy(text->bytes + record->part * TEXT_PART_SIZE, record->text, TEXT_PART_SIZE);
	text->got |= 1u << record->part;
	if (is_complete(text))
		forget_repetitions(texts, budget);
}

void text_print_parts(FILE *out, const struct text *text)
{
	unsigned int parts = parts_kept(text), part = 0;

	while (part < parts) {
		unsigned int from = part;

		/* neighbours in one go: a character may lie across two parts */
		while (part < parts && text->got >> part & 1)
			part++;
		text_print(out, text->bytes + from * TEXT_PART_SIZE, (part - from) * TEXT_PART_SIZE,
			   0);
		if (part < parts)
			fputs("...", out);
		while (part < parts && !(text->got >> part & 1))
			part++;
	}
	if (text->parts > TEXT_PARTS_MAX)
		fputs("...", out);
}

static size_t append(char *to, size_t at, const void *bytes, size_t length)
{
	memcpy(to + at, bytes, length);
	return at + length;
}

size_t text_join(const struct text *text, char to[TEXT_JOINED])
{
	size_t length = 0;
	bool gap = false;

	for (unsigned int part = 0; part < parts_kept(text); part++) {
		const __u8 *bytes = text->bytes + part * TEXT_PART_SIZE;
		bool here = text->got >> part & 1;

		if (here)
			length = append(to, length, bytes,
					strnlen((const char *)bytes, TEXT_PART_SIZE));
		else if (!gap)
			length = append(to, length, "...", 3);
		gap = !here;
	}
	return text->parts > TEXT_PARTS_MAX ? append(to, length, "...", 3) : length;
}

static void merge_parts(struct texts *texts, const struct text *other, struct budget *budget)
{
	struct rec_text record = {
		.type = REC_text,
		.kind = other->kind,
		.probe = other->probe,
		.parts = other->parts,
	};

	for (unsigned int part = 0; part < parts_kept(other); part++) {
		if (!(other->got >> part & 1))
			continue;
		record.part = (__u8)part;
		record.seq = other->first + part;
		memcpy(record.text, other->bytes + part * TEXT_PART_SIZE, TEXT_PART_SIZE);
		texts_learn(texts, &record, budget);
	}
}

void texts_merge(struct texts *texts, const struct texts *other, struct budget *budget)
{
	for (unsigned int i = 0; i < other->count; i++)
		merge_parts(texts, other->text[i], budget);
	texts->refused += other->refused;
}
