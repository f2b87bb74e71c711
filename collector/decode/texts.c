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

static unsigned int index_of(const struct texts *texts, unsigned int kind, unsigned int probe)
{
	unsigned int i;

	for (i = 0; i < texts->count; i++)
		if (texts->text[i]->kind == kind && texts->text[i]->probe == probe)
			break;
	return i;
}

const struct text *texts_find(const struct texts *texts, unsigned int kind, unsigned int probe)
{
	unsigned int at = index_of(texts, kind, probe);

	return at < texts->count ? texts->text[at] : NULL;
}

/* The text that @record is a part of; a new one where its number of parts has changed. */
static struct text *place_for(struct texts *texts, const struct rec_text *record,
			      struct budget *budget)
{
	struct text shape = { .kind = record->kind,
			      .probe = record->probe,
			      .parts = record->parts };
	unsigned int at = index_of(texts, record->kind, record->probe);
	struct text *text;

	if (at < texts->count && texts->text[at]->parts == record->parts)
		return texts->text[at];
	if (at == TEXTS_MAX)
		return NULL;
	text = budget_take(budget, size_of(&shape));
	if (!text)
		return NULL;
	*text = shape;
	if (at < texts->count)
		budget_give(budget, texts->text[at], size_of(texts->text[at]));
	else
		texts->count++;
	texts->text[at] = text;
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
