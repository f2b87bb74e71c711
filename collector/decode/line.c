// SPDX-License-Identifier: GPL-2.0-or-later
/* line - a line of text, put together piece by piece */
#include "line.h"

#define DIGITS_MAX 20

void line_end(struct line *line)
{
	fwrite(line->text, 1, (size_t)(line->at - line->text), line->out);
	line->at = line->text;
}

char *line_room(struct line *line)
{
	if (line->at > line->text + sizeof(line->text) - LINE_PIECE)
		line_end(line);
	return line->at;
}

void line_bytes(struct line *line, const void *bytes, size_t len)
{
	memcpy(line_room(line), bytes, len);
	line->at += len;
}

/* Into @to[DIGITS_MAX], up to its end; where they begin. */
static unsigned int make_digits(char to[DIGITS_MAX], __u64 number)
{
	unsigned int at = DIGITS_MAX;

	do {
		to[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return at;
}

static void pad(struct line *line, unsigned int have, unsigned int width)
{
	if (have >= width)
		return;
	memset(line_room(line), ' ', width - have);
	line->at += width - have;
}

void line_number(struct line *line, __u64 number, unsigned int width)
{
	char digits[DIGITS_MAX];
	unsigned int at = make_digits(digits, number), count = DIGITS_MAX - at;

	pad(line, count, width);
	line_bytes(line, &digits[at], count);
}

void line_number_left(struct line *line, __u64 number, unsigned int width)
{
	char digits[DIGITS_MAX];
	unsigned int at = make_digits(digits, number), count = DIGITS_MAX - at;

	line_bytes(line, &digits[at], count);
	pad(line, count, width);
}

void line_word(struct line *line, const char *word, unsigned int width)
{
	size_t length = strlen(word);

	pad(line, (unsigned int)length, width);
	line_bytes(line, word, length);
}

void line_word_left(struct line *line, const char *word, unsigned int width)
{
	size_t length = strlen(word);

	line_bytes(line, word, length);
	pad(line, (unsigned int)length, width);
}

void line_text(struct line *line, const void *bytes, size_t len, unsigned int width)
{
	char *at = line_room(line);
	unsigned int columns = text_escape(at, bytes, len);

	line->at += strlen(at);
	pad(line, columns, width);
}
