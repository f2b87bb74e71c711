// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_collect - steps as columns of a picture: few of them, however long a recording is */
#include "check.h"
#include "decoder.h"
#include "formats/collect.h"

static const struct table_kind all = { .name = "all" };

/* @count steps of a second, with one value each. */
static struct plotted *collect_steps(struct collection *collection, struct session *session,
				     unsigned int count)
{
	static const struct moments none;
	struct histogram one = { 0 };

	histogram_add(&one, 1000);
	for (unsigned int i = 0; i < count; i++) {
		const struct distribution step = {
			.probe = PROBE_runqlat,
			.kind = &all,
			.buckets = &one,
			.moments = &none,
			.from_ns = i * NS_PER_SEC,
			.to_ns = (i + 1) * NS_PER_SEC,
			.is_step = true,
		};

		collect(collection, NULL, session, &step);
	}
	assert_int_equal(collection->subjects, 1);
	return collection->subject[0];
}

static __u64 total_of(const struct plotted *subject)
{
	__u64 total = 0;

	for (unsigned int i = 0; i < subject->times; i++) {
		total += histogram_total(&subject->time[i].buckets);
		if (i)
			assert_int_equal(subject->time[i].from_ns, subject->time[i - 1].to_ns);
	}
	return total;
}

static void columns_add_up(void **state)
{
	static const unsigned int counts[] = { 1, 119, 120, 121, 240, 241, 1000, 86399 };
	const struct options options = options_default();

	(void)state;
	for (unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct collection collection = { 0 };
		struct session session = { .number = 1 };
		struct shared shared;
		struct plotted *subject;

		shared_init(&shared, &options, NULL);
		session.shared = &shared;
		subject = collect_steps(&collection, &session, counts[i]);
		assert_in_range(subject->times, 1, COLLECT_COLUMNS);
		assert_int_equal(total_of(subject), counts[i]);
		assert_int_equal(subject->time[0].from_ns, 0);
		assert_int_equal(subject->time[subject->times - 1].to_ns, counts[i] * NS_PER_SEC);
		collection_release(&collection);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(columns_add_up) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
