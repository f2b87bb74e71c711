// SPDX-License-Identifier: GPL-2.0-or-later
/* texts - strings of any length as text records */
#include "texts.h"

#include <string.h>

#define PARTS_MAX 255

void text_write(struct stream *stream, enum text_kind kind, enum probe_id probe, const char *text)
{
	size_t length = strlen(text), parts = (length + TEXT_PART_SIZE - 1) / TEXT_PART_SIZE;

	if (parts > PARTS_MAX)
		parts = PARTS_MAX;
	for (size_t part = 0; part < parts; part++) {
		struct rec_text record = {
			.type = REC_text,
			.kind = (__u8)kind,
			.probe = (__u8)probe,
			.part = (__u8)part,
			.parts = (__u8)parts,
		};
		size_t from = part * TEXT_PART_SIZE, size = length - from;

		memcpy(record.text, text + from, size < TEXT_PART_SIZE ? size : TEXT_PART_SIZE);
		stream_add(stream, &record);
	}
}
