// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_sink_file - recordings in files: new ones only, numbered, and what can go wrong */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

static const char *directory;
static char detail[SINK_DETAIL_SIZE];

static int set_up(void **state)
{
	(void)state;
	directory = directory_make();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	directory_remove(directory);
	return 0;
}

/* A path in the test's directory. */
static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static int open_sink(struct sink *sink, const char *path)
{
	*sink = (struct sink) { .kind = &sink_file, .fd = -1 };
	detail[0] = '\0';
	return sink_file.open(sink, path, detail);
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

static void test_new_file(void **state)
{
	char block[1024], back[2100];
	struct sink sink;
	int fd;

	(void)state;
	memset(block, 'a', sizeof(block));
	assert_int_equal(open_sink(&sink, path_of("new")), 0);
	assert_int_equal(size_of("new"), 0);
	assert_true(fcntl(sink.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(sink.block_records_max, 0);
	assert_int_equal(sink_file.write(&sink, block, 1024), 0);
	block[0] = 'b';
	assert_int_equal(sink_file.write(&sink, block, 128), 0);
	assert_int_equal(sink_file.sync(&sink), 0);
	assert_int_equal(sink_file.close(&sink), 0);
	fd = open(path_of("new"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, back, sizeof(back)), 1024 + 128);
	close(fd);
	assert_true(back[0] == 'a' && back[1023] == 'a' && back[1024] == 'b' && back[1025] == 'a');
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
	assert_int_equal(sink_file.close(&sink), 0);
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
	sink_file.close(&sink);
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

static void test_read_only(void **state)
{
	(void)state;
	in_child(child_read_only);
}

/* Two pages hold eight blocks; the ninth fails, as often as it is tried, until there is space. */
static void child_disk_full(void)
{
	char block[1024] = "block";
	struct sink sink;

	mount_tmpfs("size=12k", 0);
	touch("ballast");
	EXPECT(open_sink(&sink, path_of("x")) == 0);
	for (int i = 0; i < 8; i++)
		EXPECT(sink_file.write(&sink, block, sizeof(block)) == 0);
	EXPECT(sink_file.write(&sink, block, sizeof(block)) == -ENOSPC);
	EXPECT(sink_file.write(&sink, block, sizeof(block)) == -ENOSPC);
	EXPECT(size_of("x") == 8192);
	unlink(path_of("ballast"));
	EXPECT(sink_file.write(&sink, block, sizeof(block)) == 0);
	EXPECT(size_of("x") == 9216);
	EXPECT(sink_file.close(&sink) == 0);
}

static void test_disk_full(void **state)
{
	(void)state;
	in_child(child_disk_full);
}

/* A block that fits in part only: the call fails, whatever of the block is in the file. */
static void child_disk_full_within_a_block(void)
{
	char block[1024] = "block";
	struct sink sink;

	mount_tmpfs("size=4k", 0);
	EXPECT(open_sink(&sink, path_of("x")) == 0);
	EXPECT(sink_file.write(&sink, block, 128) == 0);
	for (int i = 0; i < 3; i++)
		EXPECT(sink_file.write(&sink, block, sizeof(block)) == 0);
	EXPECT(sink_file.write(&sink, block, sizeof(block)) == -ENOSPC);
	EXPECT(size_of("x") <= 4096);
	EXPECT(size_of("x") % RECORD_SIZE == 0);
}

static void test_disk_full_within_a_block(void **state)
{
	(void)state;
	in_child(child_disk_full_within_a_block);
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

static void test_forbidden(void **state)
{
	(void)state;
	in_child(child_forbidden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_new_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_existing_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_number_is_taken_by_any_suffix, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_other_names_are_no_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_directory_with_slash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_disk_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_disk_full_within_a_block, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forbidden, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
