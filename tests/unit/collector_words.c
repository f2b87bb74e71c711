// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_words - a word says whose it is, however high ids and clocks have become */
#include "fakes.h"

#include "words.h"

#define NS_PER_YEAR (365ull * 24 * 3600 * 1000000000)
#define TID_MAX (1u << 22) /* the kernel's PID_MAX_LIMIT */

/* What sched.bpf.c takes for two words of one thread. */
static bool is_same(__u32 tid, __u64 now_ns, __u64 word, __u64 limit)
{
	return word_of(tid, now_ns) - word < limit;
}

static const __u64 clocks[] = { 1, 1ull << 40, (1ull << 40) + 1, 1ull << 42, NS_PER_YEAR };

/* The end of one wait is told from its start, up to the limit to the nanosecond. */
static void test_own_word(void **state)
{
	static const __u32 tids[] = { 1, 2, 32767, 32768, 32769, TID_MAX - 1 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tids); i++)
		for (size_t j = 0; j < COUNT_OF(clocks); j++) {
			__u64 word = word_of(tids[i], clocks[j]), last = WORD_DIFFERENCE_MAX - 1;

			assert_true(is_same(tids[i], clocks[j], word, WORD_DIFFERENCE_MAX));
			assert_true(is_same(tids[i], clocks[j] + last, word, WORD_DIFFERENCE_MAX));
			assert_false(
				is_same(tids[i], clocks[j] + last + 1, word, WORD_DIFFERENCE_MAX));
			assert_false(is_same(tids[i], clocks[j], word_of(tids[i], clocks[j] + 1),
					     WORD_DIFFERENCE_MAX));
			assert_true(word_of(tids[i], clocks[j] + last) - word == last);
		}
}

/* Another thread of the same place, with any clock of a year, is never taken for this one. */
static void test_foreign_word(void **state)
{
	(void)state;
	for (__u32 tid = 1; tid < TID_MAX; tid += 3 * PLACE_COUNT + 1)
		for (__u32 other = tid % PLACE_COUNT; other < TID_MAX; other += PLACE_COUNT) {
			if (other == tid)
				continue;
			for (size_t i = 0; i < COUNT_OF(clocks); i++)
				for (size_t j = 0; j < COUNT_OF(clocks); j++) {
					__u64 word = word_of(other, clocks[j]);

					assert_false(
						is_same(tid, clocks[i], word, WORD_DIFFERENCE_MAX));
					assert_false(is_same(tid, clocks[i] + (1ull << 55), word,
							     1ull << 55));
				}
		}
}

/* An empty place is no thread's. */
static void test_empty_word(void **state)
{
	(void)state;
	for (__u32 tid = 1; tid < TID_MAX; tid += 97)
		for (size_t i = 0; i < COUNT_OF(clocks); i++)
			assert_false(is_same(tid, clocks[i], 0, WORD_DIFFERENCE_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_word),
		cmocka_unit_test(test_foreign_word),
		cmocka_unit_test(test_empty_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
