// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_shelf - which files of a store make room for others */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shelf.h"

#define KIB 1024

static char dir[] = "/tmp/shelf.XXXXXX";
static struct shelf *shelf;

static void open_shelf(__u64 size_max)
{
	shelf = calloc(1, sizeof(*shelf));
	assert_non_null(shelf);
	assert_int_equal(shelf_open(shelf, dir, size_max), 0);
}

static void close_shelf(void)
{
	shelf_close(shelf);
	free(shelf);
}

/* Takes every file away, too. */
static void clear_shelf(void)
{
	shelf->size_max = 0;
	shelf_make_room(shelf, 1);
	close_shelf();
}

/* A file of @size for a session of @board. */
static __u64 add(__u64 board, __u8 session, __u64 size)
{
	const __u8 session_id[16] = { session };
	__u64 id = SHELF_NONE;

	assert_int_equal(shelf_add(shelf, board, session_id, &id), 0);
	shelf_grow(shelf, shelf_find(shelf, id), size);
	assert_int_equal(ftruncate(shelf_fd(shelf, shelf_find(shelf, id)), (off_t)size), 0);
	return id;
}

static bool is_there(__u64 id)
{
	return shelf_find(shelf, id);
}

static bool is_on_disk(__u64 board, __u8 session, __u32 number)
{
	struct shelf_file file = { .board_id = board, .session_id = { session }, .number = number };
	char name[SHELF_NAME];

	return !faccessat(shelf->dir_fd, shelf_name(name, &file), F_OK, 0);
}

static void a_loud_board_does_not_push_out_a_quiet_one(void **state)
{
	__u64 quiet, latest = SHELF_NONE;

	(void)state;
	open_shelf(100 * KIB);
	quiet = add(1, 1, 10 * KIB);
	for (unsigned int i = 0; i < 1000; i++) {
		shelf_make_room(shelf, 10 * KIB);
		latest = add(2, 2, 10 * KIB);
	}
	assert_true(is_there(quiet));
	assert_true(is_on_disk(1, 1, 1));
	assert_true(is_there(latest));
	assert_true(is_on_disk(2, 2, 1000));
	assert_true(is_on_disk(2, 2, 992));
	assert_false(is_on_disk(2, 2, 991));
	assert_int_equal(shelf->files, 10);
	assert_int_equal(shelf->size, 100 * KIB);
	assert_int_equal(shelf->removed, 991);
	clear_shelf();
}

static void of_equals_the_oldest_goes_first(void **state)
{
	__u64 first, second;

	(void)state;
	open_shelf(100 * KIB);
	first = add(7, 1, 50 * KIB);
	second = add(3, 1, 50 * KIB);
	shelf_make_room(shelf, 1);
	assert_false(is_there(first));
	assert_true(is_there(second));
	assert_false(is_on_disk(7, 1, 1));
	/* with the last file its directory */
	assert_int_equal(faccessat(shelf->dir_fd, "0000000000000007", F_OK, 0), -1);
	assert_int_equal(errno, ENOENT);
	clear_shelf();
}

static void shares_are_found_again_on_disk(void **state)
{
	const struct timespec same[2] = { { 1000000000, 5 }, { 1000000000, 5 } };
	struct shelf_file file = { .board_id = 2, .session_id = { 2 } };
	char name[SHELF_NAME];

	(void)state;
	open_shelf(100 * KIB);
	add(1, 1, 10 * KIB);
	for (file.number = 1; file.number <= 5; file.number++) {
		add(2, 2, 10 * KIB);
		/* a file system may know no more of the time: then numbers tell */
		assert_int_equal(utimensat(shelf->dir_fd, shelf_name(name, &file), same, 0), 0);
	}
	close_shelf();
	open_shelf(30 * KIB);
	assert_int_equal(shelf->size, 30 * KIB);
	assert_true(is_on_disk(1, 1, 1));
	assert_false(is_on_disk(2, 2, 3));
	assert_true(is_on_disk(2, 2, 4));
	assert_true(is_on_disk(2, 2, 5));
	clear_shelf();
}

static void who_has_most_files_gives_way_when_these_are_too_many(void **state)
{
	__u64 quiet;

	(void)state;
	open_shelf(100 * KIB);
	quiet = add(1, 1, 10 * KIB);
	for (__u32 i = 0; i < 5; i++)
		add(2, 2, 1);
	shelf->files += SHELF_FILES - 6; /* as if there were so many */
	shelf_make_room(shelf, 0);
	assert_int_equal(shelf->files, SHELF_FILES - 1);
	assert_true(is_there(quiet));
	assert_false(is_on_disk(2, 2, 1));
	assert_true(is_on_disk(2, 2, 2));
	shelf->files -= SHELF_FILES - 6;
	clear_shelf();
}

static void a_file_that_was_closed_is_opened_again(void **state)
{
	__u64 first;

	(void)state;
	open_shelf(100 * KIB);
	first = add(1, 1, 1);
	for (__u32 i = 0; i < SHELF_OPEN; i++)
		add(2, 2, 1);
	assert_int_equal(shelf_find(shelf, first)->fd, -1);
	assert_true(shelf_fd(shelf, shelf_find(shelf, first)) >= 0);
	clear_shelf();
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loud_board_does_not_push_out_a_quiet_one),
		cmocka_unit_test(of_equals_the_oldest_goes_first),
		cmocka_unit_test(shares_are_found_again_on_disk),
		cmocka_unit_test(who_has_most_files_gives_way_when_these_are_too_many),
		cmocka_unit_test(a_file_that_was_closed_is_opened_again),
	};

	return cmocka_run_group_tests_name("decode_shelf", tests, make_dir, remove_dir);
}
