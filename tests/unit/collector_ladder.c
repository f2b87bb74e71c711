// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_ladder - the first way that works is taken, and why no better one was is told */
#include "fakes.h"

#include <errno.h>

#include "ladder.h"
#include "say.h"

static struct stream stream;
static unsigned int works, attempts; /* works: a bit for each way */

static int attempt(void *owner, unsigned int rung, char why[LADDER_WHY])
{
	assert_ptr_equal(owner, &attempts);
	attempts++;
	if (works >> rung & 1)
		return 0;
	snprintf(why, LADDER_WHY, "no %c", 'a' + (char)rung);
	return -EPERM - (int)rung;
}

static struct ladder make(const char *only)
{
	static const struct rung rungs[] = {
		{ "best", "hook a" }, { "good", "hooks a, b" }, { "last", "hook c" }, { NULL, NULL }
	};

	attempts = 0;
	return (struct ladder) {
		.rungs = rungs,
		.attempt = attempt,
		.owner = &attempts,
		.only = only,
	};
}

/* The texts that describe() wrote, one after the other. */
static const char *described(const struct ladder *ladder)
{
	static char all[1024];

	all[0] = '\0';
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	ladder_describe(ladder, PROBE_runqlat, &stream);
	stream_flush(&stream);
	for (unsigned int i = 0; i < fake_records(); i++) {
		const struct rec_text *text = fake_record(i);

		assert_int_equal(text->type, REC_text);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%u:%.*s;", text->kind,
			 TEXT_PART_SIZE, (const char *)text->text);
	}
	return all;
}

static void test_first_that_works(void **state)
{
	struct ladder ladder = make(NULL);

	(void)state;
	works = 6;
	assert_int_equal(ladder_climb(&ladder), 0);
	assert_int_equal(attempts, 2);
	assert_string_equal(ladder_result(&ladder), "good");
	assert_string_equal(ladder_better(&ladder), "best: no a");
	assert_string_equal(described(&ladder), "6:good: hooks a, b;7:best: no a;");
}

static void test_none_works(void **state)
{
	struct ladder ladder = make(NULL);

	(void)state;
	works = 0;
	assert_int_equal(ladder_climb(&ladder), -EPERM - 2);
	assert_string_equal(ladder_result(&ladder), "best: no a; good: no b; last: no c");
	assert_null(ladder_better(&ladder));
	assert_string_equal(described(&ladder), "7:best: no a;7:good: no b;7:last: no c;");
}

static void test_only(void **state)
{
	struct ladder ladder = make("last");

	(void)state;
	works = 7;
	assert_true(ladder_has(&ladder, "last"));
	assert_false(ladder_has(&ladder, "las"));
	assert_int_equal(ladder_climb(&ladder), 0);
	assert_int_equal(attempts, 1);
	assert_string_equal(ladder_result(&ladder), "last");
	ladder = make("good");
	works = 5;
	assert_int_equal(ladder_climb(&ladder), -EPERM - 1);
	assert_string_equal(ladder_result(&ladder), "good: no b");
}

/* Two rungs fail for one reason, which is told once. */
static int same_attempt(void *owner, unsigned int rung, char why[LADDER_WHY])
{
	(void)owner;
	snprintf(why, LADDER_WHY, rung == 2 ? "no last" : "no kprobes");
	return -ENOENT;
}

static void test_same_reason(void **state)
{
	static const struct rung rungs[] = {
		{ "fexit", "one" }, { "kprobe", "other" }, { "last", "hook" }, { NULL, NULL }
	};
	struct ladder ladder = { .rungs = rungs, .attempt = same_attempt };

	(void)state;
	assert_int_equal(ladder_climb(&ladder), -ENOENT);
	assert_string_equal(ladder_result(&ladder), "fexit: no kprobes; last: no last");
	assert_string_equal(described(&ladder), "7:fexit: no kprobes;7:last: no last;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_that_works),
		cmocka_unit_test(test_none_works),
		cmocka_unit_test(test_only),
		cmocka_unit_test(test_same_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
