// SPDX-License-Identifier: GPL-2.0-or-later
/* line - a line of text, put together piece by piece */
#include "line.h"

void line_end(struct line *line)
{
	fwrite_unlocked(line->text, 1, (size_t)(line->at - line->text), line->out);
	line->at = line->text;
}

/* All of the field that is to come is blank at first: one store of known size is less than counting. */
static char *blank(struct line *line)
{
	return memset(line_room(line), ' ', LINE_WIDTH_MAX);
}

static unsigned int count_digits(__u64 number)
{
	unsigned int count = 1;

	for (; number >= 10000; number /= 10000)
		count += 4;
	return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

void line_number(struct line *line, __u64 number, unsigned int width)
{
	unsigned int count = count_digits(number), before = width > count ? width - count : 0;

	text_digits(blank(line) + before, number, count);
	line->at += before + count;
}

void line_number_left(struct line *line, __u64 number, unsigned int width)
{
	unsigned int count = count_digits(number);

	text_digits(blank(line), number, count);
	line->at += width > count ? width : count;
}

void line_word(struct line *line, const char *word, unsigned int width)
{
	size_t length = strlen(word), before = width > length ? width - length : 0;

	memcpy(blank(line) + before, word, length);
	line->at += before + length;
}

void line_word_left(struct line *line, const char *word, unsigned int width)
{
	size_t length = strlen(word);

	memcpy(blank(line), word, length);
	line->at += width > length ? width : length;
}

void line_text(struct line *line, const void *bytes, size_t len, unsigned int width)
{
	char *begin = line_room(line);
	unsigned int columns;

	len = strnlen(bytes, len);
	if (text_is_plain(bytes, len)) {
		memcpy(blank(line), bytes, len);
		line->at += width > len ? width : len;
		return;
	}
	line->at = text_escape(begin, bytes, len);
	columns = text_columns(begin);
	if (columns < width) {
		blank(line);
		line->at += width - columns;
	}
}

void line_time_of_day(struct line *line, __u64 realtime_ns)
{
	text_time_of_day(line_room(line), realtime_ns);
	line->at += TEXT_TIME_OF_DAY_LENGTH;
}

void line_rfc3339(struct line *line, __u64 realtime_ns)
{
	text_rfc3339(line_room(line), realtime_ns);
	line->at += TEXT_RFC3339_LENGTH;
}
