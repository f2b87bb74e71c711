// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_texts - strings of any length as text records */
#include "fakes.h"

#include "texts.h"

#define PARTS_MAX 255

static struct stream stream;
static char text[(PARTS_MAX + 2) * TEXT_PART_SIZE];

static int set_up(void **state)
{
	(void)state;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	return 0;
}

/* A text of @length bytes, no two parts of which are equal. */
static const char *make(size_t length)
{
	for (size_t i = 0; i < length; i++)
		text[i] = (char)('!' + (i + i / TEXT_PART_SIZE) % 90);
	text[length] = '\0';
	return text;
}

/* The text of @length bytes comes back from @parts records, and the rest of the last is zero. */
static void check(size_t length, unsigned int parts)
{
	static char back[sizeof(text) + TEXT_PART_SIZE];

	memset(back, 0, sizeof(back));
	set_up(NULL);
	text_write(&stream, TEXT_command, PROBE_runqslower, make(length));
	stream_flush(&stream);
	assert_int_equal(fake_records(), parts);
	for (unsigned int i = 0; i < parts; i++) {
		const struct rec_text *record = fake_record(i);

		assert_int_equal(record->type, REC_text);
		assert_int_equal(record->kind, TEXT_command);
		assert_int_equal(record->probe, PROBE_runqslower);
		assert_int_equal(record->part, i);
		assert_int_equal(record->parts, parts);
		memcpy(back + i * TEXT_PART_SIZE, record->text, TEXT_PART_SIZE);
	}
	for (size_t i = 0; i < parts * TEXT_PART_SIZE; i++)
		assert_int_equal(back[i], i < length ? text[i] : 0);
}

static void test_short(void **state)
{
	(void)state;
	check(1, 1);
	check(39, 1);
	check(40, 1);
	check(41, 2);
	check(80, 2);
	check(81, 3);
}

static void test_empty(void **state)
{
	(void)state;
	check(0, 0);
}

static void test_longest(void **state)
{
	(void)state;
	check(PARTS_MAX * TEXT_PART_SIZE - 1, PARTS_MAX);
	check(PARTS_MAX * TEXT_PART_SIZE, PARTS_MAX);
	check(PARTS_MAX * TEXT_PART_SIZE + 1, PARTS_MAX);
	check(PARTS_MAX * TEXT_PART_SIZE + TEXT_PART_SIZE, PARTS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_short, set_up),
		cmocka_unit_test_setup(test_empty, set_up),
		cmocka_unit_test_setup(test_longest, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
