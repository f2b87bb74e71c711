// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_clocks - the kernel's clocks, and how one drifts from another
 *
 * clock_gettime() and adjtimex() below take the place of libc's: time passes only when it is asked
 * for.
 */
#include "fakes.h"

#include <errno.h>
#include <sys/timex.h>

#include "clocks.h"

#define READ_NS 50   /* that one look at a clock takes */
#define PPM_Q32 4295 /* 10^-6, times 2^32 */

static struct {
	__u64 raw_ns;
	__u64 monotonic_ns;
	__s64 drift_ppm; /* of MONOTONIC against RAW */
	unsigned int reads;
	unsigned int held_up_at; /* the read before which the process does not run for a while */
	__u64 held_up_ns;
	struct timex set;
	int adjtimex_result;
} fake;

static void pass(__u64 ns)
{
	fake.raw_ns += ns;
	fake.monotonic_ns += ns + (__u64)((__s64)ns * fake.drift_ppm / 1000000);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	__u64 ns;

	pass(++fake.reads == fake.held_up_at ? fake.held_up_ns : READ_NS);
	switch (clock) {
	case CLOCK_MONOTONIC_RAW:
		ns = fake.raw_ns;
		break;
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		ns = fake.monotonic_ns;
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	time->tv_sec = (time_t)(ns / 1000000000);
	time->tv_nsec = (long)(ns % 1000000000);
	return 0;
}

int adjtimex(struct timex *timex)
{
	*timex = fake.set;
	return fake.adjtimex_result;
}

static int set_up(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.raw_ns = 5000000000;
	fake.monotonic_ns = 7000000000;
	fake.set.tick = 10000;
	return 0;
}

static void test_nanoseconds(void **state)
{
	(void)state;
	fake.raw_ns = 12345678901234;
	assert_true(clock_ns(CLOCK_MONOTONIC_RAW) == 12345678901234 + READ_NS);
	assert_true(clock_ns(CLOCK_THREAD_CPUTIME_ID) == 0);
	assert_true(now_ns() == fake.monotonic_ns);
}

static void test_synchronised(void **state)
{
	__u32 max_error_us = 1;

	(void)state;
	fake.set.status = STA_UNSYNC;
	fake.set.maxerror = 16000000;
	assert_false(clock_synchronised(&max_error_us));
	assert_int_equal(max_error_us, 16000000);
	fake.set.status = STA_PLL;
	fake.set.maxerror = 250;
	assert_true(clock_synchronised(&max_error_us));
	assert_int_equal(max_error_us, 250);
	fake.adjtimex_result = -1;
	assert_false(clock_synchronised(&max_error_us));
}

static bool is_near_ppm(__s64 drift_q32, __s64 ppm, __s64 tolerance_ppm)
{
	__s64 apart = drift_q32 - ppm * PPM_Q32;

	return apart <= tolerance_ppm * PPM_Q32 && apart >= -tolerance_ppm * PPM_Q32;
}

/* The first call knows nothing but what the kernel was told; this test has to come first. */
static void test_first_call(void **state)
{
	(void)state;
	fake.set.freq = -30 * 65536; /* 2^-16 ppm */
	fake.set.tick = 10001;
	assert_true(is_near_ppm(clock_drift_q32(), 100 - 30, 1));
}

static void check_measured(__s64 ppm)
{
	fake.drift_ppm = ppm;
	clock_drift_q32();
	pass(10000000000);
	assert_true(is_near_ppm(clock_drift_q32(), ppm, 1));
}

static void test_measured(void **state)
{
	(void)state;
	check_measured(0);
	check_measured(20);
	check_measured(-20);
	check_measured(500);
	check_measured(-500);
}

/*
 * The process may lose the CPU between its looks at two clocks, most of all where latencies are
 * high: that is no drift, and taken for one it would show as waits that never were.
 */
static void test_held_up_between_looks(void **state)
{
	(void)state;
	fake.drift_ppm = 10;
	clock_drift_q32();
	for (unsigned int at = 1; at <= 3; at++) {
		pass(1000000000);
		fake.held_up_at = fake.reads + at;
		fake.held_up_ns = 8000000;
		assert_true(is_near_ppm(clock_drift_q32(), 10, 5));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_first_call, set_up),
		cmocka_unit_test_setup(test_nanoseconds, set_up),
		cmocka_unit_test_setup(test_synchronised, set_up),
		cmocka_unit_test_setup(test_measured, set_up),
		cmocka_unit_test_setup(test_held_up_between_looks, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
