// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_sink - several outputs at once: each has its own losses, and is told of once
 *
 * The list of outputs is one for the process, so each test is a child.  fdatasync() and write()
 * below take the place of libc's.
 */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sink.h"

#define DATA_RECORDS 14

static const char block[BLOCK_SIZE_MAX] = "block";
static const char *directory;
static int sync_result;
static unsigned int syncs;

int fdatasync(int fd)
{
	(void)fd;
	syncs++;
	errno = EIO;
	return sync_result;
}

static size_t write_at_most;	  /* in one call; 0: all */
static bool write_is_interrupted; /* every other call */

ssize_t write(int fd, const void *bytes, size_t size)
{
	static unsigned int calls;

	if (write_is_interrupted && calls++ % 2) {
		errno = EINTR;
		return -1;
	}
	if (write_at_most && size > write_at_most)
		size = write_at_most;
	return syscall(SYS_write, fd, bytes, size);
}

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

static const char *output_of(const char *name)
{
	static char output[8][128];
	static unsigned int next;
	char *text = output[next++ % 8];

	snprintf(text, sizeof(output[0]), "file:%s/%s", directory, name);
	return text;
}

/* From here on standard output is @path; what the child prints goes there too. */
static void stdout_becomes(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	EXPECT(fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
	close(fd);
}

static void write_blocks(unsigned int count)
{
	while (count--)
		sinks_write(block, sizeof(block), DATA_RECORDS);
}

static unsigned int lines(const char *text)
{
	unsigned int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static int open_quietly(const char *name, const char **said)
{
	int err;

	stderr_begin();
	err = sinks_open(name);
	*said = stderr_end();
	return err;
}

static void child_refusals(void)
{
	const char *said;

	EXPECT(open_quietly("tcp://h:1", &said) == -EINVAL);
	EXPECT(strstr(said, "tcp://h:1: unknown kind") && lines(said) == 1);
	EXPECT(open_quietly("", &said) == -EINVAL && lines(said) == 1);
	EXPECT(open_quietly("file", &said) == -EINVAL && lines(said) == 1);
	EXPECT(open_quietly("-x", &said) == -EINVAL && lines(said) == 1);
	EXPECT(open_quietly(output_of("missing/x"), &said) == -ENOENT);
	EXPECT(strstr(said, "missing/x") && strstr(said, "No such file") && lines(said) == 1);
	EXPECT(sinks_block_records() == BLOCK_RECORDS_MAX);
	EXPECT(sinks_lost(LEDGER_file_lost) == 0);
}

static void child_too_many(void)
{
	char name[8] = "0";
	const char *said;

	for (int i = 0; i < SINKS_MAX; i++) {
		name[0] = (char)('0' + i);
		EXPECT(open_quietly(output_of(name), &said) == 0 && !*said);
	}
	EXPECT(open_quietly(output_of("more"), &said) == -E2BIG);
	EXPECT(lines(said) == 1);
}

/* One output fails, and works again; the other never notices. */
static void child_one_fails(void)
{
	const char *said;

	stdout_becomes("/dev/full");
	EXPECT(open_quietly(output_of("x"), &said) == 0);
	EXPECT(open_quietly("-", &said) == 0);
	stderr_begin();
	write_blocks(3);
	said = stderr_end();
	EXPECT(lines(said) == 1 && strstr(said, "-o -: No space left"));
	EXPECT(sinks_lost(LEDGER_file_lost) == 3 * DATA_RECORDS);
	EXPECT(sinks_lost(LEDGER_send_lost) == 0);
	stdout_becomes("/dev/null");
	stderr_begin();
	write_blocks(2);
	said = stderr_end();
	EXPECT(lines(said) == 1 && strstr(said, "works again after 42 lost"));
	EXPECT(sinks_lost(LEDGER_file_lost) == 3 * DATA_RECORDS);
	EXPECT(!sinks_all_gone());
	sinks_close();
}

/* A block arrives whole, in however many pieces the kernel takes it. */
static void child_in_pieces(void)
{
	char back[2 * BLOCK_SIZE_MAX], whole[BLOCK_SIZE_MAX];
	const char *said, *output = output_of("x");
	int fd;

	for (size_t i = 0; i < sizeof(whole); i++)
		whole[i] = (char)(i * 11);
	EXPECT(open_quietly(output, &said) == 0);
	write_at_most = 100;
	write_is_interrupted = true;
	sinks_write(whole, sizeof(whole), DATA_RECORDS);
	write_at_most = 0;
	write_is_interrupted = false;
	EXPECT(sinks_lost(LEDGER_file_lost) == 0);
	fd = open(strchr(output, '/'), O_RDONLY | O_CLOEXEC);
	EXPECT(read(fd, back, sizeof(back)) == sizeof(whole));
	EXPECT(!memcmp(back, whole, sizeof(whole)));
}

/* Who reads standard output ends: that output is gone for good. */
static void open_broken_pipe(void)
{
	const char *said;
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	EXPECT(pipe(ends) == 0);
	EXPECT(dup2(ends[1], STDOUT_FILENO) >= 0);
	EXPECT(open_quietly("-", &said) == 0);
	close(ends[0]);
	close(ends[1]);
}

static void child_reader_ends(void)
{
	open_broken_pipe();
	EXPECT(!sinks_all_gone());
	stderr_begin();
	write_blocks(2);
	EXPECT(strstr(stderr_end(), "Broken pipe"));
	EXPECT(sinks_all_gone());
	EXPECT(sinks_lost(LEDGER_file_lost) == 2 * DATA_RECORDS);
}

static void child_one_is_not_all(void)
{
	const char *said;

	open_broken_pipe();
	EXPECT(open_quietly(output_of("x"), &said) == 0);
	stderr_begin();
	write_blocks(2);
	stderr_end();
	EXPECT(!sinks_all_gone());
}

static void child_terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	const char *said;

	if (fd < 0 || grantpt(fd) || unlockpt(fd))
		child_skips("no terminal to be had: %s", strerror(errno));
	stdout_becomes(ptsname(fd));
	EXPECT(open_quietly("-", &said) == -EINVAL);
	EXPECT(strstr(said, "redirect") && lines(said) == 1);
}

static void child_sync(void)
{
	const char *said;

	EXPECT(open_quietly(output_of("x"), &said) == 0);
	sinks_sync();
	EXPECT(syncs == 0);
	write_blocks(5);
	sinks_sync();
	sinks_sync();
	EXPECT(syncs == 1);
	write_blocks(1);
	sinks_close();
	EXPECT(syncs == 2);
	EXPECT(sinks_lost(LEDGER_file_lost) == 0);
}

/* The medium did not take what write() had accepted: all of it since the last sync may be gone. */
static void child_sync_fails(void)
{
	const char *said;

	EXPECT(open_quietly(output_of("x"), &said) == 0);
	write_blocks(2);
	sinks_sync();
	EXPECT(sinks_lost(LEDGER_file_lost) == 0);
	write_blocks(3);
	sync_result = -1;
	stderr_begin();
	sinks_sync();
	said = stderr_end();
	EXPECT(strstr(said, "Input/output error") && lines(said) == 1);
	EXPECT(sinks_lost(LEDGER_file_lost) == 3 * DATA_RECORDS);
}

#define TEST(name)                                                                                 \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		in_child(child_##name);                                                            \
	}

TEST(refusals)
TEST(too_many)
TEST(one_fails)
TEST(in_pieces)
TEST(reader_ends)
TEST(one_is_not_all)
TEST(terminal)
TEST(sync)
TEST(sync_fails)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_fails, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reader_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_is_not_all, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sync, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sync_fails, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
