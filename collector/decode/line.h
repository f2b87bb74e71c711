/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.h - a line of text, put together piece by piece
 *
 * For rows that are printed by the million, where printf() would take most of the time.
 */
#ifndef TARSIER_DECODE_LINE_H
#define TARSIER_DECODE_LINE_H

#include <string.h>

#include "text.h"

/* What each call may write at most; a line may be of any length. */
#define LINE_PIECE 4096
#define LINE_WIDTH_MAX 64

struct line {
	FILE *out;
	char *at;
	char text[4 * LINE_PIECE];
};

/* Nothing gets to @out before line_end(), or until there is much of it. */
static inline void line_begin(struct line *line, FILE *out)
{
	line->out = out;
	line->at = line->text;
}
void line_end(struct line *line);

/* Where LINE_PIECE bytes fit; line->at is to be moved behind what was written there. */
static inline char *line_room(struct line *line)
{
	if (line->at > line->text + sizeof(line->text) - LINE_PIECE)
		line_end(line);
	return line->at;
}

static inline void line_char(struct line *line, char character)
{
	*line_room(line) = character;
	line->at++;
}

/* Less than LINE_PIECE bytes, as they are. */
static inline void line_bytes(struct line *line, const void *bytes, size_t len)
{
	memcpy(line_room(line), bytes, len);
	line->at += len;
}

static inline void line_string(struct line *line, const char *string)
{
	line_bytes(line, string, strlen(string));
}

/* In digits; at the right or at the left of @width columns, at most LINE_WIDTH_MAX. */
void line_number(struct line *line, __u64 number, unsigned int width);
void line_number_left(struct line *line, __u64 number, unsigned int width);
/* At the right or at the left of @width columns, at most LINE_WIDTH_MAX. */
void line_word(struct line *line, const char *word, unsigned int width);
void line_word_left(struct line *line, const char *word, unsigned int width);

/* As text_print(), of at most LINE_PIECE / 4 - LINE_WIDTH_MAX bytes. */
void line_text(struct line *line, const void *bytes, size_t len, unsigned int width);
/* As text_time_of_day() and text_rfc3339(). */
void line_time_of_day(struct line *line, __u64 realtime_ns);
void line_rfc3339(struct line *line, __u64 realtime_ns);

#endif
