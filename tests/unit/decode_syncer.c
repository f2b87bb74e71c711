// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_syncer - what is written is synced a while later, and at the end */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "syncer.h"

#define AFTER_MS 100

static int synced_fd;
static unsigned int syncs;
static int error; /* of each */

/* Instead of the C library's: what a disk has is nothing that a test could look at. */
int syncfs(int fd)
{
	synced_fd = fd;
	__atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST);
	errno = error;
	return error ? -1 : 0;
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec) { ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static unsigned int syncs_so_far(void)
{
	return __atomic_load_n(&syncs, __ATOMIC_SEQ_CST);
}

static void start(struct syncer *syncer, unsigned int after_ms)
{
	syncs = 0;
	error = 0;
	assert_int_equal(syncer_start(syncer, 77, "kept", after_ms), 0);
}

static void nothing_written_is_not_synced(void **state)
{
	struct syncer syncer;

	(void)state;
	start(&syncer, AFTER_MS);
	sleep_ms(3 * AFTER_MS);
	assert_true(syncer_finish(&syncer));
	assert_int_equal(syncs, 0);
}

static void notes_are_synced_together(void **state)
{
	struct syncer syncer;

	(void)state;
	start(&syncer, AFTER_MS);
	for (unsigned int i = 0; i < 100; i++)
		syncer_note(&syncer);
	for (unsigned int i = 0; i < 100 && !syncs_so_far(); i++)
		sleep_ms(AFTER_MS / 5);
	assert_int_equal(syncs_so_far(), 1);
	assert_int_equal(synced_fd, 77);
	syncer_note(&syncer);
	for (unsigned int i = 0; i < 100 && syncs_so_far() < 2; i++)
		sleep_ms(AFTER_MS / 5);
	assert_int_equal(syncs_so_far(), 2);
	sleep_ms(3 * AFTER_MS);
	assert_true(syncer_finish(&syncer));
	assert_int_equal(syncs, 2);
}

static void the_end_does_not_wait(void **state)
{
	struct syncer syncer;
	time_t begun = time(NULL);

	(void)state;
	start(&syncer, 60000);
	syncer_note(&syncer);
	sleep_ms(AFTER_MS);
	assert_int_equal(syncs_so_far(), 0);
	assert_true(syncer_finish(&syncer));
	assert_int_equal(syncs, 1);
	assert_in_range(time(NULL) - begun, 0, 20);
}

/* What the user is told goes to standard error. */
static void a_disk_that_refuses_is_told_of_once(void **state)
{
	struct syncer syncer;
	char told[4096] = "";
	int err = dup(STDERR_FILENO), pipe_fds[2];

	(void)state;
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	dup2(pipe_fds[1], STDERR_FILENO);
	start(&syncer, 1);
	error = EIO;
	syncer_note(&syncer);
	for (unsigned int i = 0; i < 100 && !syncs_so_far(); i++)
		sleep_ms(20);
	syncer_note(&syncer);
	assert_false(syncer_finish(&syncer));
	assert_true(read(pipe_fds[0], told, sizeof(told) - 1) > 0);
	dup2(err, STDERR_FILENO);
	assert_int_equal(syncs, 2);
	assert_non_null(strstr(told, "kept: Input/output error\n"));
	assert_string_equal(strchr(told, '\n'), "\n");
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	close(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_written_is_not_synced),
		cmocka_unit_test(notes_are_synced_together),
		cmocka_unit_test(the_end_does_not_wait),
		cmocka_unit_test(a_disk_that_refuses_is_told_of_once),
	};

	return cmocka_run_group_tests_name("decode_syncer", tests, NULL, NULL);
}
