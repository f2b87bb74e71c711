// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_clock_watch - what is recorded of the wall clock's steps
 *
 * clock_gettime() and adjtimex() below take the place of libc's: time passes only when it is asked
 * for.  That the kernel wakes the collector is seen on the board (tests/board/clock.sh).
 */
#include "fakes.h"

#include <errno.h>
#include <sys/timex.h>

#include "clock_watch.h"
#include "clocks.h"
#include "loop.h"

#define READ_NS 50 /* that one look at a clock takes */
#define STARTED_NS (40 * NS_PER_SEC)

static struct {
	__u64 boot_ns;
	__u64 asleep_ns;
	__u64 realtime_ahead_ns; /* of BOOTTIME */
	unsigned int reads;
	unsigned int held_up_at; /* the read before which the process does not run for a while */
	__u64 held_up_ns;
	struct timex set;
	int state;
} fake;

static struct stream stream;

int clock_gettime(clockid_t clock, struct timespec *time)
{
	__u64 ns;

	fake.boot_ns += ++fake.reads == fake.held_up_at ? fake.held_up_ns : READ_NS;
	switch (clock) {
	case CLOCK_BOOTTIME:
		ns = fake.boot_ns;
		break;
	case CLOCK_REALTIME:
		ns = fake.boot_ns + fake.realtime_ahead_ns;
		break;
	default:
		ns = fake.boot_ns - fake.asleep_ns;
	}
	time->tv_sec = (time_t)(ns / NS_PER_SEC);
	time->tv_nsec = (long)(ns % NS_PER_SEC);
	return 0;
}

int adjtimex(struct timex *timex)
{
	*timex = fake.set;
	return fake.state;
}

static int set_up(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.boot_ns = STARTED_NS;
	fake.set.status = STA_UNSYNC;
	fake.state = TIME_ERROR;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	assert_int_equal(loop_open(), 0);
	assert_int_equal(clock_watch_open(&stream), 0);
	return 0;
}

/* What is written of a look at the clocks; NULL: nothing. */
static const struct rec_clock *look(void)
{
	unsigned int before = fake_records();

	clock_watch_look(&stream);
	stream_flush(&stream);
	return fake_records() > before ? fake_record(before) : NULL;
}

static void test_one_moment(void **state)
{
	const struct rec_clock *record;

	(void)state;
	fake.realtime_ahead_ns = 1000;
	fake.asleep_ns = 2 * NS_PER_SEC;
	fake.held_up_at = fake.reads + 3;
	fake.held_up_ns = NS_PER_SEC;
	clock_watch_write(&stream);
	stream_flush(&stream);
	record = fake_record(0);
	assert_int_equal(record->type, REC_clock);
	/* the look that was held up is not the one that counts */
	assert_in_range(record->realtime_ns - record->time_ns, 1000 - 5 * READ_NS,
			1000 + 5 * READ_NS);
	assert_in_range(record->time_ns - record->monotonic_ns, 2 * NS_PER_SEC - 5 * READ_NS,
			2 * NS_PER_SEC + 5 * READ_NS);
	assert_true(record->monotonic_raw_ns > 0);
}

static void test_no_news(void **state)
{
	(void)state;
	fake.boot_ns += 3600 * NS_PER_SEC;
	assert_null(look());
}

static void test_forth_and_back(void **state)
{
	const struct rec_clock *record;

	(void)state;
	fake.realtime_ahead_ns += 1000 * NS_PER_SEC;
	record = look();
	assert_non_null(record);
	assert_int_equal(record->flags, CLOCK_STEPPED);
	assert_in_range(record->realtime_ns - record->before_ns, 1000 * NS_PER_SEC - 1000,
			1000 * NS_PER_SEC + 1000);
	assert_null(look());
	fake.realtime_ahead_ns -= 10 * NS_PER_SEC;
	record = look();
	assert_non_null(record);
	assert_int_equal(record->flags, CLOCK_STEPPED);
	assert_in_range(record->before_ns - record->realtime_ns, 10 * NS_PER_SEC - 1000,
			10 * NS_PER_SEC + 1000);
}

static void test_small_step(void **state)
{
	(void)state;
	fake.realtime_ahead_ns += 5000;
	assert_non_null(look());
}

/* The snapshot comes before the loop is told: the step is in it, and only there. */
static void test_step_in_a_snapshot(void **state)
{
	(void)state;
	fake.realtime_ahead_ns += NS_PER_SEC;
	clock_watch_write(&stream);
	stream_flush(&stream);
	assert_int_equal(((const struct rec_clock *)fake_record(0))->flags, CLOCK_STEPPED);
	assert_null(look());
}

static void test_sleep(void **state)
{
	const struct rec_clock *record;

	(void)state;
	fake.boot_ns += 60 * NS_PER_SEC;
	fake.asleep_ns += 60 * NS_PER_SEC;
	record = look();
	assert_non_null(record);
	assert_int_equal(record->flags, 0);
	assert_true(record->before_ns == 0);
	assert_null(look());
}

static void test_synchronised(void **state)
{
	const struct rec_clock *record;

	(void)state;
	fake.state = TIME_OK;
	fake.set.status = 0;
	fake.set.maxerror = 3000;
	record = look();
	assert_non_null(record);
	assert_int_equal(record->flags, CLOCK_SYNCED);
	assert_int_equal(record->max_error_us, 3000);
	fake.set.status = STA_UNSYNC;
	record = look();
	assert_non_null(record);
	assert_int_equal(record->flags, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_moment, set_up),
		cmocka_unit_test_setup(test_no_news, set_up),
		cmocka_unit_test_setup(test_forth_and_back, set_up),
		cmocka_unit_test_setup(test_small_step, set_up),
		cmocka_unit_test_setup(test_step_in_a_snapshot, set_up),
		cmocka_unit_test_setup(test_sleep, set_up),
		cmocka_unit_test_setup(test_synchronised, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
