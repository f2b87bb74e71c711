// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_log_dir - a directory of numbered recordings: bounded, found again, the oldest goes first */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log_dir.h"

#define KIB 1024ull

/* A file of whole blocks of any file system, written out: all of it is on the medium. */
static void make_file(const char *name, size_t size)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char *bytes = calloc(1, size + 1);

	EXPECT(fd >= 0 && bytes);
	EXPECT(write(fd, bytes, size) == (ssize_t)size);
	EXPECT(fsync(fd) == 0);
	close(fd);
	free(bytes);
}

static bool is_there(const char *name)
{
	return !access(path_of(name), F_OK);
}

static void open_dir(struct log_dir *dir, __u64 budget, __u64 floor)
{
	*dir = (struct log_dir) { .budget = budget, .floor = floor };
	EXPECT(log_dir_open(dir, directory) == 0);
}

static void test_create(void **state)
{
	unsigned long number = 0;
	struct log_dir dir;
	int fd;

	(void)state;
	open_dir(&dir, ~0ull, 0);
	for (unsigned long i = 1; i <= 3; i++) {
		fd = log_dir_create(&dir, &number);
		assert_true(fd >= 0);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_int_equal(number, i);
		close(fd);
	}
	assert_true(is_there("tarsier-00000003.tsr"));
	assert_int_equal(log_dir_remove(&dir, 3), 0);
	assert_false(is_there("tarsier-00000003.tsr"));
	assert_int_equal(log_dir_remove(&dir, 3), -ENOENT);
	assert_int_equal(log_dir_open_file(&dir, 3), -ENOENT);
	fd = log_dir_open_file(&dir, 2);
	assert_true(fd >= 0);
	close(fd);
	log_dir_close(&dir);
	assert_true(dir.fd == -1 && dir.base_fd == -1);
}

static void test_cannot_open(void **state)
{
	struct log_dir dir = { .budget = 1 };

	(void)state;
	make_file("file", 1);
	assert_int_equal(log_dir_open(&dir, path_of("missing")), -ENOENT);
	assert_int_equal(log_dir_open(&dir, path_of("file")), -ENOTDIR);
	assert_true(dir.fd == -1 && dir.base_fd == -1);
}

/* Only recordings count, and only they are removed. */
static void test_budget(void **state)
{
	struct log_dir dir;

	(void)state;
	make_file("tarsier-00000003.tsr", 64 * KIB);
	make_file("tarsier-00000001.tsr", 64 * KIB);
	make_file("tarsier-00000002.tsr", 64 * KIB);
	make_file("tarsier-00000000.tsr", 64 * KIB); /* 0 is no number of ours */
	make_file("tarsier-00000001.tsr.gz", 64 * KIB);
	make_file("other", 64 * KIB);
	assert_int_equal(mkdir(path_of("tarsier-00000001x.tsr"), 0700), 0);
	open_dir(&dir, 256 * KIB, 0);
	assert_int_equal(log_dir_make_room(&dir, 64 * KIB, 3), 0);
	assert_true(is_there("tarsier-00000001.tsr"));
	assert_int_equal(log_dir_make_room(&dir, 1, 3), 0); /* nothing was written */
	assert_true(is_there("tarsier-00000001.tsr"));
	assert_int_equal(log_dir_make_room(&dir, 64 * KIB + 1, 3), 0);
	assert_false(is_there("tarsier-00000001.tsr"));
	assert_true(is_there("tarsier-00000002.tsr"));
	assert_int_equal(log_dir_make_room(&dir, 192 * KIB, 3), 0);
	assert_false(is_there("tarsier-00000002.tsr"));
	assert_int_equal(log_dir_make_room(&dir, 193 * KIB, 3), -ENOSPC);
	assert_true(is_there("tarsier-00000003.tsr"));
	assert_true(is_there("tarsier-00000000.tsr") && is_there("tarsier-00000001.tsr.gz") &&
		    is_there("other") && is_there("tarsier-00000001x.tsr"));
	log_dir_close(&dir);
}

/* Never in the way of more than the budget, whatever sizes come. */
static void test_budget_is_kept(void **state)
{
	__u64 written = 0;
	struct log_dir dir;
	int fd = -1;

	(void)state;
	srand(5);
	open_dir(&dir, 256 * KIB, 0);
	for (unsigned int i = 0; i < 300; i++) {
		static const char page[4096];
		unsigned long number = 0;
		__u64 used = 0;

		if (fd < 0 || !(rand() % 5)) {
			if (fd >= 0)
				close(fd);
			fd = log_dir_create(&dir, &number);
			written = 0;
		}
		assert_int_equal(log_dir_make_room(&dir, sizeof(page), dir.newest), 0);
		assert_int_equal(pwrite(fd, page, sizeof(page), (off_t)written), sizeof(page));
		written += sizeof(page);
		for (number = 1; number <= dir.newest; number++) {
			struct stat status;
			char name[64];

			snprintf(name, sizeof(name), "tarsier-%08lu.tsr", number);
			used += stat(path_of(name), &status) ? 0 : (__u64)status.st_size;
		}
		assert_true(used <= 256 * KIB);
	}
	assert_true(dir.oldest > 1);
	close(fd);
	log_dir_close(&dir);
}

/* Blocks beyond the end of a file, as a power cut leaves them, are used as well. */
static void test_blocks_beyond_the_end(void **state)
{
	struct log_dir dir;
	int fd;

	(void)state;
	make_file("tarsier-00000001.tsr", 4 * KIB);
	fd = open(path_of("tarsier-00000001.tsr"), O_WRONLY | O_CLOEXEC);
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 128 * KIB)) {
		tell_skipped("this file system does not take blocks ahead");
		close(fd);
		return;
	}
	close(fd);
	open_dir(&dir, 256 * KIB, 0);
	assert_int_equal(log_dir_make_room(&dir, 160 * KIB, 2), 0);
	assert_false(is_there("tarsier-00000001.tsr"));
	log_dir_close(&dir);
}

static void mount_tmpfs(const char *options)
{
	if (mount("tarsier", directory, "tmpfs", 0, options))
		child_skips("cannot mount a tmpfs: %s", strerror(errno));
}

/* The floor counts what is free for anybody; other files may take it, too. */
static void child_floor(void)
{
	struct log_dir dir;

	child_unshares(CLONE_NEWNS);
	mount_tmpfs("size=1m");
	make_file("tarsier-00000001.tsr", 256 * KIB);
	make_file("tarsier-00000002.tsr", 256 * KIB);
	open_dir(&dir, ~0ull >> 1, 256 * KIB);
	EXPECT(log_dir_make_room(&dir, 128 * KIB, 3) == 0);
	EXPECT(is_there("tarsier-00000001.tsr"));
	make_file("other", 384 * KIB);
	EXPECT(log_dir_make_room(&dir, 0, 3) == 0);
	EXPECT(!is_there("tarsier-00000001.tsr") && is_there("tarsier-00000002.tsr"));
	make_file("more", 640 * KIB - 384 * KIB);
	EXPECT(log_dir_make_room(&dir, 4096, 2) == -ENOSPC);
	EXPECT(is_there("tarsier-00000002.tsr"));
	log_dir_close(&dir);
}

IN_CHILD(floor)

static void child_default_floor(void)
{
	struct log_dir dir;

	child_unshares(CLONE_NEWNS);
	mount_tmpfs("size=1m");
	open_dir(&dir, 1, ~0ull);
	EXPECT(dir.floor == 64 * KIB);
	log_dir_close(&dir);
	mount_tmpfs("size=1g");
	open_dir(&dir, 1, ~0ull);
	EXPECT(dir.floor == 16 * KIB * KIB);
	log_dir_close(&dir);
}

IN_CHILD(default_floor)

/* A medium is taken out, a file is not to be had, and then it is put in again. */
static void child_medium_is_changed(void)
{
	unsigned long number;
	struct log_dir dir;
	int fd, dir_fd;

	child_unshares(CLONE_NEWNS);
	mount_tmpfs("size=1m");
	make_file("tarsier-00000007.tsr", 1);
	open_dir(&dir, ~0ull, 0);
	dir_fd = dir.fd;
	EXPECT(umount2(directory, MNT_DETACH) == 0);
	mount_tmpfs("size=1m");
	EXPECT(log_dir_reopen(&dir) == 0);
	EXPECT(dir.fd == dir_fd && fcntl(dir.fd, F_GETFD) & FD_CLOEXEC);
	fd = log_dir_create(&dir, &number);
	EXPECT(fd >= 0 && number == 1);
	EXPECT(is_there("tarsier-00000001.tsr"));
	log_dir_close(&dir);
}

/* What holds on to nothing can be unmounted; an empty mount point is not taken for the medium. */
static void child_medium_is_let_go(void)
{
	unsigned long number;
	struct log_dir dir;
	int dir_fd;

	child_unshares(CLONE_NEWNS);
	make_file("tarsier-00000001.tsr", 1);
	mount_tmpfs("size=1m");
	make_file("tarsier-00000007.tsr", 1);
	open_dir(&dir, ~0ull, 0);
	dir_fd = dir.fd;
	EXPECT(umount(directory) == -1 && errno == EBUSY);
	log_dir_let_go(&dir);
	EXPECT(dir.fd == dir_fd && fcntl(dir.fd, F_GETFD) & FD_CLOEXEC);
	EXPECT(log_dir_create(&dir, &number) == -ESTALE);
	EXPECT(log_dir_open_file(&dir, 7) == -ESTALE);
	EXPECT(umount(directory) == 0);
	EXPECT(log_dir_reopen(&dir) == -ENODEV);
	EXPECT(log_dir_create(&dir, &number) == -ESTALE);
	mount_tmpfs("size=1m");
	EXPECT(log_dir_reopen(&dir) == 0);
	EXPECT(dir.fd == dir_fd);
	close(log_dir_create(&dir, &number));
	EXPECT(number == 1);
	EXPECT(is_there("tarsier-00000001.tsr"));
	log_dir_close(&dir);
}

IN_CHILD(medium_is_let_go)
IN_CHILD(medium_is_changed)

static void test_directory_is_made_again(void **state)
{
	unsigned long number;
	struct log_dir dir;
	char path[512];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s", path_of("log"));
	assert_int_equal(mkdir(path, 0700), 0);
	dir = (struct log_dir) { .budget = ~0ull };
	assert_int_equal(log_dir_open(&dir, path), 0);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(log_dir_create(&dir, &number), -ENOENT);
	assert_int_equal(log_dir_reopen(&dir), -ENOENT);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(log_dir_reopen(&dir), 0);
	fd = log_dir_create(&dir, &number);
	assert_true(fd >= 0 && number == 1);
	assert_true(is_there("log/tarsier-00000001.tsr"));
	close(fd);
	log_dir_close(&dir);
}

/* More names than one look of the kernel's returns. */
static void test_many_files(void **state)
{
	struct log_dir dir;
	char name[64];

	(void)state;
	for (unsigned int i = 500; i < 1000; i++) {
		snprintf(name, sizeof(name), "tarsier-%08u.tsr", i);
		make_file(name, 0);
	}
	make_file("tarsier-00000555.tsr", 4 * KIB);
	open_dir(&dir, ~0ull, 0);
	assert_int_equal(dir.oldest, 500);
	assert_int_equal(dir.newest, 999);
	assert_true(dir.used >= 4 * KIB);
	log_dir_close(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(create),
		IN_DIRECTORY(cannot_open),
		IN_DIRECTORY(budget),
		IN_DIRECTORY(budget_is_kept),
		IN_DIRECTORY(blocks_beyond_the_end),
		IN_DIRECTORY(floor),
		IN_DIRECTORY(default_floor),
		IN_DIRECTORY(medium_is_changed),
		IN_DIRECTORY(medium_is_let_go),
		IN_DIRECTORY(directory_is_made_again),
		IN_DIRECTORY(many_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
