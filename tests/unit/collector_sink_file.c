// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_sink_file - recordings in files: whole pages, new files only, and what can go wrong
 *
 * clock_gettime(), pwrite() and fdatasync() below take the place of libc's: time passes when a test
 * wants it to, and calls fail.
 */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "page.h"
#include "sandbox.h"
#include "sink.h"

#define FULL (BLOCK_RECORDS_MAX - BLOCK_RECORDS_MIN)
#define BLOCKS_PER_PAGE 4
#define RETRY_S 5

static char detail[SINK_DETAIL_SIZE];
static time_t seconds_passed;
static int pwrite_error, sync_error; /* errno; 0: they work */
static size_t pwrite_at_most;	     /* in one call; 0: all */
static unsigned int pwrites;

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = (int)syscall(SYS_clock_gettime, clock, time);

	time->tv_sec += seconds_passed;
	return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	pwrites++;
	if (pwrite_error) {
		errno = pwrite_error;
		return -1;
	}
	if (pwrite_at_most && size > pwrite_at_most)
		size = pwrite_at_most;
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}

int fdatasync(int fd)
{
	(void)fd;
	errno = sync_error;
	return sync_error ? -1 : 0;
}

static int set_up(void **state)
{
	fake_session();
	seconds_passed = 0;
	pwrite_error = 0;
	pwrite_at_most = 0;
	sync_error = 0;
	pwrites = 0;
	sandbox_decline(); /* a directory of others' files, too, is root's to write to */
	return directory_set_up(state);
}

static int open_sink(struct sink *sink, const char *path)
{
	char name[600], target[600];
	int err;

	detail[0] = '\0';
	snprintf(name, sizeof(name), "file:%s", path);
	if (sink_parse(sink, name, target, sizeof(target), detail))
		return -EINVAL;
	sink->name = "file:x";
	err = sink_file.open(sink, target, detail);
	if (err) {
		free(sink->own);
		sink->own = NULL;
	}
	return err;
}

static void touch(const char *name)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	EXPECT(fd >= 0);
	EXPECT(write(fd, "old", 3) == 3);
	close(fd);
}

static off_t size_of(const char *name)
{
	struct stat status;

	return stat(path_of(name), &status) ? -1 : status.st_size;
}

static void read_back(const char *name, void *bytes, size_t size)
{
	int fd = open(path_of(name), O_RDONLY | O_CLOEXEC);

	EXPECT(fd >= 0);
	EXPECT(read(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

/* The next block of the session is written: 0 or why not. */
static int write_block(struct sink *sink, unsigned int records)
{
	struct block block = fake_block(records);

	return sink->kind->write(sink, &block, false);
}

static void write_pages(struct sink *sink, unsigned int count)
{
	for (unsigned int i = 0; i < count * BLOCKS_PER_PAGE; i++)
		EXPECT(write_block(sink, FULL) == 0);
}

static void close_sink(struct sink *sink)
{
	EXPECT(sink_file.close(sink) == 0);
	free(sink->own);
	sink->own = NULL;
}

/* The block is found as it was given. */
static void expect_kept(struct sink *sink, unsigned int number)
{
	struct block expected = fake_block_again(number), found;

	EXPECT(sink_file.find(sink, number, &found) == 0);
	EXPECT(found.size == expected.size && found.records == expected.records);
	EXPECT(found.number == number && found.first == expected.first);
	EXPECT(!memcmp(found.bytes, expected.bytes, found.size));
}

static void expect_pads(const unsigned char *from, const unsigned char *to)
{
	for (; from < to; from += RECORD_SIZE)
		EXPECT(((const struct record *)(const void *)from)->type == REC_pad);
}

/* Full pages are written at once, what is there when it is time as a page of its own. */
static void test_pages(void **state)
{
	unsigned char back[3 * FILE_PAGE] __attribute__((aligned(8)));
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, path_of("new")), 0);
	assert_int_equal(size_of("new"), 0);
	assert_true(fcntl(sink.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(sink.block_records_max, 0);
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(size_of("new"), i < 4 ? 0 : FILE_PAGE);
		assert_int_equal(write_block(&sink, FULL), 0);
	}
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_int_equal(size_of("new"), 2 * FILE_PAGE);
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_int_equal(pwrites, 2);
	write_block(&sink, 1);
	write_block(&sink, 3);
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_int_equal(size_of("new"), 3 * FILE_PAGE);
	assert_true(sink.lost == 0);
	close_sink(&sink);
	read_back("new", back, sizeof(back));
	for (unsigned int i = 0; i < 5; i++)
		assert_memory_equal(back + i * BLOCK_SIZE_MAX, fake_block_again(i).bytes,
				    BLOCK_SIZE_MAX);
	expect_pads(back + 5 * BLOCK_SIZE_MAX, back + 2 * FILE_PAGE);
	assert_memory_equal(back + 2 * FILE_PAGE, fake_block_again(5).bytes, 3 * RECORD_SIZE);
	expect_pads(back + 2 * FILE_PAGE + 8 * RECORD_SIZE, back + 3 * FILE_PAGE);
}

static void test_existing_file(void **state)
{
	struct sink sink;

	(void)state;
	touch("there");
	assert_int_equal(open_sink(&sink, path_of("there")), -EEXIST);
	assert_non_null(strstr(detail, "never overwritten"));
	assert_int_equal(sink.fd, -1);
	assert_int_equal(size_of("there"), 3);
}

/* Neither what a link points to, nor what it does not. */
static void test_links(void **state)
{
	char target[512];
	struct sink sink;

	(void)state;
	touch("there");
	snprintf(target, sizeof(target), "%s", path_of("there"));
	assert_int_equal(symlink(target, path_of("link")), 0);
	assert_int_equal(open_sink(&sink, path_of("link")), -EEXIST);
	assert_int_equal(size_of("there"), 3);
	assert_int_equal(symlink("/nowhere/at/all", path_of("dangling")), 0);
	assert_int_equal(open_sink(&sink, path_of("dangling")), -EEXIST);
}

static void test_bad_paths(void **state)
{
	char name[300];
	struct sink sink;

	(void)state;
	touch("there");
	assert_int_equal(open_sink(&sink, path_of("missing/x")), -ENOENT);
	assert_non_null(strstr(detail, "directory"));
	assert_int_equal(open_sink(&sink, ""), -ENOENT);
	assert_int_equal(open_sink(&sink, path_of("there/x")), -ENOTDIR);
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(open_sink(&sink, path_of(name)), -ENAMETOOLONG);
	assert_true(*detail);
}

/* Open and close a recording in the directory; it must have got this number. */
static void check_number(const char *name)
{
	struct sink sink;

	assert_int_equal(open_sink(&sink, directory), 0);
	close_sink(&sink);
	assert_int_equal(size_of(name), 0);
}

static void test_numbers(void **state)
{
	(void)state;
	check_number("tarsier-00000001.tsr");
	check_number("tarsier-00000002.tsr");
	touch("tarsier-00000041.tsr");
	check_number("tarsier-00000042.tsr");
	unlink(path_of("tarsier-00000042.tsr"));
	check_number("tarsier-00000042.tsr");
	touch("tarsier-123456789.tsr");
	check_number("tarsier-123456790.tsr");
}

/* A recording that was compressed, or is being copied, keeps its number. */
static void test_number_is_taken_by_any_suffix(void **state)
{
	(void)state;
	touch("tarsier-00000007.tsr.gz");
	check_number("tarsier-00000008.tsr");
}

static void test_other_names_are_no_numbers(void **state)
{
	(void)state;
	touch("other");
	touch("tarsier");
	touch("tarsier-");
	touch("tarsier-x9.tsr");
	touch("xtarsier-00000009.tsr");
	touch("tarsier-99999999999999999999999.tsr");
	check_number("tarsier-00000001.tsr");
}

static void test_directory_with_slash(void **state)
{
	char path[512];
	struct sink sink;

	(void)state;
	snprintf(path, sizeof(path), "%s/", directory);
	assert_int_equal(open_sink(&sink, path), 0);
	close_sink(&sink);
	assert_int_equal(size_of("tarsier-00000001.tsr"), 0);
}

/* A tmpfs on the test's directory, in a namespace that ends with the child. */
static void mount_tmpfs(const char *options, unsigned long flags)
{
	child_unshares(CLONE_NEWNS);
	if (mount("tarsier", directory, "tmpfs", flags, options))
		child_skips("cannot mount a tmpfs: %s", strerror(errno));
}

static void child_read_only(void)
{
	struct sink sink;

	mount_tmpfs("size=64k", MS_RDONLY);
	EXPECT(open_sink(&sink, path_of("x")) == -EROFS);
	EXPECT(strstr(detail, "read-only"));
	EXPECT(open_sink(&sink, directory) == -EROFS);
	EXPECT(strstr(detail, "read-only"));
}

IN_CHILD(read_only)

/*
 * The third page does not fit.  It waits with what is in it; blocks that come are lost until the next
 * attempt succeeds, and then the file goes on as if nothing had been.
 */
static void child_disk_full(void)
{
	struct sink sink;

	mount_tmpfs("size=12k", 0);
	touch("ballast");
	EXPECT(open_sink(&sink, path_of("x")) == 0);
	write_pages(&sink, 3);
	EXPECT(sink.lost == 0);
	EXPECT(write_block(&sink, FULL) == -ENOSPC);
	EXPECT(write_block(&sink, 3) == -ENOSPC);
	EXPECT(sink.lost == FULL + 3);
	EXPECT(size_of("x") == 2 * FILE_PAGE);
	unlink(path_of("ballast"));
	EXPECT(write_block(&sink, FULL) == -ENOSPC); /* not tried */
	seconds_passed += RETRY_S;
	EXPECT(write_block(&sink, FULL) == 0);
	EXPECT(size_of("x") == 3 * FILE_PAGE);
	expect_kept(&sink, 8);
	expect_kept(&sink, 15);
	EXPECT(sink.lost == 2 * FULL + 3);
	EXPECT(sink_file.sync(&sink) == -ENOSPC);
	EXPECT(sink_file.close(&sink) == 0);
	EXPECT(sink.lost == 3 * FULL + 3); /* in the page that never found room */
}

IN_CHILD(disk_full)

/* A page that is written in part only is none: the file has whole pages. */
static void test_part_of_a_page(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, path_of("x")), 0);
	write_pages(&sink, 1);
	pwrite_at_most = 1000;
	write_pages(&sink, 1);
	assert_int_equal(size_of("x"), FILE_PAGE);
	assert_int_equal(write_block(&sink, 1), -ENOSPC);
	pwrite_at_most = 0;
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_int_equal(size_of("x"), 2 * FILE_PAGE);
	assert_true(sink.lost == 1);
	expect_kept(&sink, 7);
	close_sink(&sink);
}

/*
 * In a directory
 */

static const char *bounded(const char *options)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s,%s", directory, options);
	return path;
}

static const char *numbered(unsigned int number)
{
	static char name[64];

	snprintf(name, sizeof(name), "tarsier-%08u.tsr", number);
	return name;
}

/* The files from @first on have this many pages together; -1: they are not without gaps. */
static long pages_from(unsigned int first)
{
	long pages = 0;
	off_t size;

	while ((size = size_of(numbered(first++))) >= 0)
		pages += size % FILE_PAGE ? -1000000 : size / FILE_PAGE;
	return pages;
}

/* 16 files of 4 pages; the oldest goes as a whole, and what was in it is not to be had any more. */
static void test_oldest_goes_first(void **state)
{
	struct block block;
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	for (unsigned int i = 1; i <= 80; i++) {
		unsigned int newest = (i + 3) / 4, oldest = newest > 16 ? newest - 15 : 1;

		write_pages(&sink, 1);
		assert_int_equal(size_of(numbered(oldest - 1)), -1);
		assert_int_equal(pages_from(oldest), i - 4 * (oldest - 1));
	}
	assert_int_equal(sink_file.find(&sink, 0, &block), -ESTALE);
	assert_int_equal(sink_file.find(&sink, 4 * 4 * BLOCKS_PER_PAGE - 1, &block), -ESTALE);
	for (unsigned int i = 4 * 4 * BLOCKS_PER_PAGE; i < 80 * BLOCKS_PER_PAGE; i++)
		expect_kept(&sink, i);
	assert_int_equal(sink_file.find(&sink, 80 * BLOCKS_PER_PAGE, &block), -ENOENT);
	assert_true(sink.lost == 0);
	close_sink(&sink);
}

/* Files of earlier sessions are older: they go first, and nothing is found in them. */
static void test_earlier_sessions(void **state)
{
	struct block block;
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	write_pages(&sink, 10);
	close_sink(&sink);
	fake_session();
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	assert_int_equal(sink_file.find(&sink, 0, &block), -ESTALE);
	write_pages(&sink, 52);
	assert_true(size_of(numbered(1)) > 0);
	expect_kept(&sink, 0);
	write_pages(&sink, 4);
	assert_int_equal(size_of(numbered(1)), -1);
	expect_kept(&sink, 0);
	close_sink(&sink);
}

/* Each new file is to begin with who recorded it. */
static void test_announcement(void **state)
{
	struct sink sink;

	(void)state;
	sinks_want_announcement();
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	write_pages(&sink, 4);
	assert_false(sinks_want_announcement());
	write_pages(&sink, 1);
	assert_true(sinks_want_announcement());
	close_sink(&sink);
}

static void test_bounds_want_a_directory(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, path_of("x,size=1m")), -ENOTDIR);
	assert_non_null(strstr(detail, "directory"));
	assert_int_equal(size_of("x"), -1);
}

/* Blocks taken ahead count, and are given back. */
static void test_blocks_taken_ahead(void **state)
{
	struct stat status;
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=4m,free=0")), 0);
	write_pages(&sink, 1);
	assert_int_equal(stat(path_of(numbered(1)), &status), 0);
	assert_int_equal(status.st_size, FILE_PAGE);
	if (status.st_blocks * 512 == FILE_PAGE)
		tell_skipped("this file system does not take blocks ahead");
	close_sink(&sink);
	assert_int_equal(stat(path_of(numbered(1)), &status), 0);
	assert_int_equal(status.st_size, FILE_PAGE);
	assert_true(status.st_blocks * 512 <= FILE_PAGE);
}

/* The medium fails for a page: the next attempt is made in a new file. */
static void test_write_error(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	write_pages(&sink, 1);
	pwrite_error = EIO;
	write_pages(&sink, 1);
	assert_int_equal(write_block(&sink, FULL), -EIO);
	pwrite_error = 0;
	seconds_passed += RETRY_S;
	assert_int_equal(write_block(&sink, FULL), 0);
	assert_true(sinks_want_announcement());
	assert_int_equal(size_of(numbered(1)), FILE_PAGE);
	assert_int_equal(size_of(numbered(2)), FILE_PAGE);
	assert_true(sink.lost == FULL);
	expect_kept(&sink, 3);
	expect_kept(&sink, 7);
	close_sink(&sink);
}

/* What a sync did not take is counted as lost, whether or not it can be read back. */
static void test_sync_error(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	write_pages(&sink, 1);
	assert_int_equal(sink_file.sync(&sink), 0);
	write_pages(&sink, 1);
	write_block(&sink, 3);
	sync_error = EIO;
	assert_int_equal(sink_file.sync(&sink), -EIO);
	assert_true(sink.lost == BLOCKS_PER_PAGE * FULL + 3);
	sync_error = 0;
	write_pages(&sink, 1);
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_true(sink.lost == BLOCKS_PER_PAGE * FULL + 3);
	assert_int_equal(size_of(numbered(2)), FILE_PAGE);
	close_sink(&sink);
}

/* In a single file there is no new one to go on with: it goes on in this one. */
static void test_sync_error_of_a_file(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, path_of("x")), 0);
	write_pages(&sink, 1);
	sync_error = EIO;
	assert_int_equal(sink_file.sync(&sink), -EIO);
	assert_true(sink.lost == BLOCKS_PER_PAGE * FULL);
	sync_error = 0;
	write_pages(&sink, 1);
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_true(sink.lost == BLOCKS_PER_PAGE * FULL);
	assert_int_equal(size_of("x"), 2 * FILE_PAGE);
	close_sink(&sink);
}

/* Somebody removes the file that is written to. */
static void test_file_is_removed(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	write_pages(&sink, 1);
	assert_int_equal(unlink(path_of(numbered(1))), 0);
	assert_int_equal(sink_file.sync(&sink), -ENOENT);
	assert_true(sink.lost == BLOCKS_PER_PAGE * FULL);
	write_pages(&sink, 1);
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_true(sink.lost == BLOCKS_PER_PAGE * FULL);
	assert_int_equal(size_of(numbered(1)), FILE_PAGE);
	close_sink(&sink);
}

/* The same where no sync comes before the file is full, or recording ends. */
static void test_file_is_removed_unseen(void **state)
{
	struct sink sink;

	(void)state;
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	write_pages(&sink, 4);
	assert_int_equal(unlink(path_of(numbered(1))), 0);
	write_pages(&sink, 1);
	assert_true(sink.lost == 4 * BLOCKS_PER_PAGE * FULL);
	assert_int_equal(unlink(path_of(numbered(1))), 0);
	assert_int_equal(sink_file.close(&sink), -ENOENT);
	assert_true(sink.lost == 5 * BLOCKS_PER_PAGE * FULL);
	free(sink.own);
}

/* The directory goes and comes back; what was in the page then waited for it. */
static void test_directory_vanishes(void **state)
{
	char path[512], file[600];
	struct sink sink;

	(void)state;
	snprintf(path, sizeof(path), "%s", path_of("log"));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(open_sink(&sink, path), 0);
	write_block(&sink, FULL);
	assert_int_equal(sink_file.sync(&sink), 0);
	snprintf(file, sizeof(file), "%s/%s", path, numbered(1));
	assert_true(unlink(file) == 0 && rmdir(path) == 0);
	write_block(&sink, FULL);
	assert_int_equal(sink_file.sync(&sink), -ENOENT);
	assert_true(sink.lost == FULL);
	write_pages(&sink, 1);
	assert_int_equal(write_block(&sink, 1), -ENOENT);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(write_block(&sink, 1), -ENOENT);
	seconds_passed += RETRY_S;
	assert_int_equal(write_block(&sink, 1), 0);
	assert_int_equal(size_of("log/tarsier-00000001.tsr"), FILE_PAGE);
	assert_true(sink.lost == FULL + 2);
	assert_int_equal(sink_file.sync(&sink), 0);
	close_sink(&sink);
}

/* Others fill the disk: the oldest recordings make room, within the bound of what is to stay free. */
static void child_floor(void)
{
	struct sink sink;
	int fd;

	mount_tmpfs("size=1m", 0);
	EXPECT(open_sink(&sink, bounded("size=512k,free=256k")) == 0);
	write_pages(&sink, 64);
	EXPECT(size_of(numbered(8)) == 8 * FILE_PAGE && size_of(numbered(1)) > 0);
	fd = open(path_of("other"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	EXPECT(fd >= 0 && fallocate(fd, 0, 0, 640 << 10) == 0);
	write_pages(&sink, 16);
	EXPECT(size_of(numbered(1)) == -1 && size_of(numbered(2)) == -1);
	EXPECT(size_of(numbered(10)) == 8 * FILE_PAGE);
	EXPECT(sink.lost == 0);
	close_sink(&sink);
}

IN_CHILD(floor)

/* Blocks of every size, read back at random while files come and go. */
static void test_find_any(void **state)
{
	struct sink sink;
	unsigned int oldest = 0, last = 0;

	(void)state;
	srand(7);
	assert_int_equal(open_sink(&sink, bounded("size=256k,free=0")), 0);
	for (unsigned int i = 0; i < FAKE_BLOCKS; i++) {
		struct block block;
		int err;

		assert_int_equal(write_block(&sink, (unsigned int)rand() % (FULL + 1)), 0);
		if (!(rand() % 20))
			assert_int_equal(sink_file.sync(&sink), 0);
		last = (unsigned int)rand() % (i + 1);
		err = sink_file.find(&sink, last, &block);
		if (err == -ESTALE)
			oldest = last > oldest ? last : oldest;
		else
			expect_kept(&sink, last);
		assert_true(err == -ESTALE || last > oldest || !oldest);
	}
	assert_true(oldest > 0);
	expect_kept(&sink, FAKE_BLOCKS - 1);
	close_sink(&sink);
}

static void child_forbidden(void)
{
	struct sink sink;

	EXPECT(chmod(directory, 0500) == 0);
	if (!geteuid())
		EXPECT(chown(directory, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
	EXPECT(open_sink(&sink, path_of("x")) == -EACCES);
	EXPECT(*detail);
	EXPECT(open_sink(&sink, directory) == -EACCES);
}

IN_CHILD(forbidden)

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, directory_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages),
		TEST(existing_file),
		TEST(links),
		TEST(bad_paths),
		TEST(numbers),
		TEST(number_is_taken_by_any_suffix),
		TEST(other_names_are_no_numbers),
		TEST(directory_with_slash),
		TEST(read_only),
		TEST(forbidden),
		TEST(disk_full),
		TEST(part_of_a_page),
		TEST(oldest_goes_first),
		TEST(earlier_sessions),
		TEST(announcement),
		TEST(bounds_want_a_directory),
		TEST(blocks_taken_ahead),
		TEST(write_error),
		TEST(sync_error),
		TEST(sync_error_of_a_file),
		TEST(file_is_removed),
		TEST(file_is_removed_unseen),
		TEST(directory_vanishes),
		TEST(floor),
		TEST(find_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
