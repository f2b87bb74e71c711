// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_line - a line put together without printf() is the one that printf() makes */
#include <stdlib.h>

#include "check.h"
#include "line.h"

static const char *const words[] = { "", "a", "<idle>",
				     "a word of more than the columns there are" };
static const __u64 numbers[] = { 0, 9, 10, 99, 12345678, ~0ULL / 10, ~0ULL };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is printed both ways. */
struct both {
	char *made;
	char *wanted;
	size_t made_size;
	size_t wanted_size;
	FILE *to;
	FILE *printed;
	struct line line;
};

static void begin(struct both *both)
{
	both->to = open_memstream(&both->made, &both->made_size);
	both->printed = open_memstream(&both->wanted, &both->wanted_size);
	line_begin(&both->line, both->to);
}

static void end(struct both *both)
{
	line_end(&both->line);
	fclose(both->to);
	fclose(both->printed);
	assert_string_equal(both->made, both->wanted);
	free(both->made);
	free(both->wanted);
}

static void put_numbers(struct both *both, int width)
{
	for (size_t i = 0; i < COUNT(numbers); i++) {
		line_number(&both->line, numbers[i], (unsigned int)width);
		line_char(&both->line, '|');
		line_number_left(&both->line, numbers[i], (unsigned int)width);
		fprintf(both->printed, "%*llu|%-*llu", width, numbers[i], width, numbers[i]);
	}
}

static void put_words(struct both *both, int width)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		line_word(&both->line, words[i], (unsigned int)width);
		line_string(&both->line, ", ");
		line_word_left(&both->line, words[i], (unsigned int)width);
		fprintf(both->printed, "%*s, %-*s", width, words[i], width, words[i]);
	}
}

/* Together more than a line's buffer holds. */
static void test_as_printf(void **state)
{
	struct both both;

	(void)state;
	begin(&both);
	for (int width = 0; width < 64; width++) {
		put_numbers(&both, width);
		put_words(&both, width);
	}
	end(&both);
}

static void test_text(void **state)
{
	static const char *const texts[] = { "kworker/0:1",    "a\033[2Jb", "\xc3\xa9t\xc3\xa9",
					     "it's \"so\" \\", "\xff\xfe",  "sixteen bytes ok" };
	struct both both;

	(void)state;
	begin(&both);
	for (unsigned int width = 0; width < 64; width += 9)
		for (size_t i = 0; i < COUNT(texts); i++) {
			line_text(&both.line, texts[i], strlen(texts[i]), width);
			text_print(both.printed, texts[i], strlen(texts[i]), width);
		}
	end(&both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_printf),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
