// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_text - hostile bytes, dates, numbers, and strings in parts */
#include <time.h>

#include "check.h"
#include "encode.h"
#include "text.h"
#include "texts.h"

#define SEC 1000000000ULL

static void check_escape(const char *from, size_t len, const char *must, unsigned int columns)
{
	char is[TEXT_ESCAPED(64)];

	assert_ptr_equal(text_escape(is, from, len), is + strlen(must));
	assert_string_equal(is, must);
	assert_int_equal(text_columns(is), columns);
}

static void test_escape(void **state)
{
	(void)state;
	check_escape("bash", 16, "bash", 4);
	check_escape("sixteen bytes!!! and more", 16, "sixteen bytes!!!", 16);
	check_escape("a\tb\n", 4, "a\\x09b\\x0a", 10);
	check_escape("\x1b[31m", 5, "\\x1b[31m", 8);
	check_escape("\"'\\", 3, "\\x22\\x27\\x5c", 12);
	check_escape("caf\xc3\xa9", 5, "caf\xc3\xa9", 4);
	check_escape("\xf0\x9f\x90\x92", 4, "\xf0\x9f\x90\x92", 1);
	/* cut short, overlong, a surrogate, beyond Unicode, no lead byte */
	check_escape("\xc3", 1, "\\xc3", 4);
	check_escape("\xe2\x82", 2, "\\xe2\\x82", 8);
	check_escape("\xc0\xaf", 2, "\\xc0\\xaf", 8);
	check_escape("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf", 12);
	check_escape("\xed\xa0\x80", 3, "\\xed\\xa0\\x80", 12);
	check_escape("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80", 16);
	check_escape("\xff\xfe\x80", 3, "\\xff\\xfe\\x80", 12);
	/* C1 controls and what turns the writing direction */
	check_escape("\xc2\x9b", 2, "\\xc2\\x9b", 8);
	check_escape("\xe2\x80\xae", 3, "\\xe2\\x80\\xae", 12);
}

static void test_escape_of_every_pair(void **state)
{
	char is[TEXT_ESCAPED(2)];

	(void)state;
	for (unsigned int i = 0; i < 0x10000; i++) {
		unsigned char pair[2] = { (unsigned char)(i >> 8), (unsigned char)i };

		text_escape(is, pair, sizeof(pair));
		for (const char *at = is; *at; at++)
			assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
	}
}

static void test_print_pads_by_columns(void **state)
{
	char long_one[301], *is;
	size_t length;
	FILE *out = open_memstream(&is, &length);

	(void)state;
	text_print(out, "caf\xc3\xa9", 16, 6);
	fputs("|\n", out);
	for (size_t i = 0; i < 300; i += 3)
		memcpy(long_one + i, "\xe2\x82\xac", 4);
	text_print_string(out, long_one);
	fclose(out);
	assert_memory_equal(is, "caf\xc3\xa9  |\n", 9);
	assert_string_equal(is + 9, long_one);
	free(is);
}

static void test_numbers(void **state)
{
	char to[TEXT_NUMBER];

	(void)state;
	assert_string_equal(text_ns(to, 1234567, unit_find("us")), "1234.567");
	assert_string_equal(text_ns(to, 1234567, unit_find("ms")), "1.234567");
	assert_string_equal(text_ns(to, ~0ULL, unit_find("ns")), "18446744073709551615");
	assert_null(unit_find("s"));
}

static void test_dates(void **state)
{
	char to[TEXT_TIME];

	(void)state;
	assert_string_equal(text_date(to, 1735689600 * SEC + 5000),
			    "2025-01-01 00:00:00.000005 UTC");
	text_date(to, ~0ULL);
}

/* A whole part. */
static const char full[] = "0123456789012345678901234567890123456789";

/* Of the text whose first part has the sequence number @first. */
static void learn_part(struct texts *texts, struct budget *budget, __u32 first, const char *string,
		       unsigned int part, unsigned int parts)
{
	struct rec_text record = { .type = REC_text,
				   .seq = first + part,
				   .kind = TEXT_command,
				   .part = (__u8)part,
				   .parts = (__u8)parts };

	memcpy(record.text, string, strnlen(string, TEXT_PART_SIZE));
	texts_learn(texts, &record, budget);
}

static void check_text(const struct text *text, const char *must)
{
	char *is;
	size_t length;
	FILE *out = open_memstream(&is, &length);

	assert_non_null(text);
	text_print_parts(out, text);
	fclose(out);
	assert_string_equal(is, must);
	free(is);
}

static void check_parts(const struct texts *texts, const char *must)
{
	const struct text *text = texts_find(texts, TEXT_command, 0);

	check_text(text, must);
	assert_null(texts_next(texts, text));
}

/* The C library's calendar, on every day that there are nanoseconds for, and at odd times of it. */
static void test_every_day(void **state)
{
	char date[TEXT_TIME], calendar[TEXT_TIME];
	__u64 step_ns = 24 * 3600 * SEC - 7919 * 1000003ULL;

	(void)state;
	for (__u64 ns = 0; ns <= ~0ULL - step_ns; ns += step_ns) {
		time_t seconds = (time_t)(ns / SEC);
		struct tm utc;

		strftime(calendar, sizeof(calendar), "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &utc));
		snprintf(calendar + strlen(calendar), 16, ".%09lluZ", ns % SEC);
		assert_string_equal(text_rfc3339(date, ns), calendar);
	}
}

static void test_texts(void **state)
{
	struct budget budget = { .left = 100000 };
	struct texts texts = { .count = 0 };

	(void)state;
	assert_null(texts_find(&texts, TEXT_command, 0));
	learn_part(&texts, &budget, 7, "end", 2, 3);
	check_parts(&texts, "...end");
	learn_part(&texts, &budget, 7, full, 0, 3);
	check_parts(&texts, "0123456789012345678901234567890123456789...end");
	learn_part(&texts, &budget, 7, full, 1, 3);
	check_parts(&texts, "0123456789012345678901234567890123456789"
			    "0123456789012345678901234567890123456789end");
	learn_part(&texts, &budget, 20, "outside", 1, 1);
	learn_part(&texts, &budget, 21, "none", 0, 0);
	learn_part(&texts, &budget, 22, "far", 200, 255);
	assert_int_equal(texts.refused, 3);
	texts_release(&texts, &budget);
	assert_int_equal(budget.left, 100000);
}

/* Why each of several ways to attach is not available: all of them count, each once. */
static void test_different_texts(void **state)
{
	struct budget budget = { .left = 100000 };
	struct texts texts = { .count = 0 };
	const struct text *text;

	(void)state;
	for (__u32 announced = 0; announced < 1000; announced += 100) {
		learn_part(&texts, &budget, announced, "no BTF", 0, 1);
		learn_part(&texts, &budget, announced + 1, full, 0, 2);
		learn_part(&texts, &budget, announced + 1, "first", 1, 2);
		learn_part(&texts, &budget, announced + 3, full, 0, 2);
		/* what has the same length and beginning; and sometimes the rest of it is lost */
		if (announced % 300 == 0)
			learn_part(&texts, &budget, announced + 3, "second", 1, 2);
	}
	text = texts_find(&texts, TEXT_command, 0);
	check_text(text, "no BTF");
	text = texts_next(&texts, text);
	check_text(text, "0123456789012345678901234567890123456789first");
	text = texts_next(&texts, text);
	check_text(text, "0123456789012345678901234567890123456789second");
	assert_null(texts_next(&texts, text));
	assert_in_range(texts.count, 3, 4);
	assert_int_equal(texts.refused, 0);
	texts_release(&texts, &budget);
	assert_int_equal(budget.left, 100000);
}

/* Heard in part, and whole when it is repeated. */
static void test_repetition_completes(void **state)
{
	struct budget budget = { .left = 100000 };
	struct texts texts = { .count = 0 };

	(void)state;
	learn_part(&texts, &budget, 0, full, 0, 2);
	check_parts(&texts, "0123456789012345678901234567890123456789...");
	learn_part(&texts, &budget, 100, "rest", 1, 2);
	learn_part(&texts, &budget, 100, full, 0, 2);
	check_parts(&texts, "0123456789012345678901234567890123456789rest");
	assert_int_equal(texts.count, 1);
	texts_release(&texts, &budget);
}

static void test_too_many_texts(void **state)
{
	struct budget budget = { .left = 100000 };
	struct texts texts = { .count = 0 };

	(void)state;
	for (__u32 i = 0; i < 100; i++) {
		char name[COMM_SIZE];

		snprintf(name, sizeof(name), "text %u", i);
		learn_part(&texts, &budget, i, name, 0, 1);
	}
	assert_int_equal(texts.count, TEXTS_ALIKE);
	assert_int_equal(texts.refused, 100 - TEXTS_ALIKE);
	texts_release(&texts, &budget);
	assert_int_equal(budget.left, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_of_every_pair),
		cmocka_unit_test(test_print_pads_by_columns),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_different_texts),
		cmocka_unit_test(test_repetition_completes),
		cmocka_unit_test(test_too_many_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
