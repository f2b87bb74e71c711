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

#include "sandbox.h"
#include "sink.h"

#define DATA_RECORDS 14
#define BLOCKS_PER_PAGE 4

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
	fake_session();
	sandbox_decline(); /* a directory of others' files, too, is root's to write to */
	return directory_set_up(state);
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
	while (count--) {
		struct block block = fake_block(DATA_RECORDS);

		sinks_write(&block);
	}
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
	EXPECT(sinks_count(LEDGER_file_lost) == 0);
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
	EXPECT(sinks_count(LEDGER_file_lost) == 3 * DATA_RECORDS);
	EXPECT(sinks_count(LEDGER_send_lost) == 0);
	stdout_becomes("/dev/null");
	stderr_begin();
	write_blocks(2);
	said = stderr_end();
	EXPECT(lines(said) == 1 && strstr(said, "works again; 42 records lost"));
	EXPECT(sinks_count(LEDGER_file_lost) == 3 * DATA_RECORDS);
	EXPECT(!sinks_all_gone());
	sinks_close();
}

/* A block arrives whole, in however many pieces the kernel takes it. */
static void child_in_pieces(void)
{
	struct block block = fake_block(DATA_RECORDS);
	char back[2 * BLOCK_SIZE_MAX], path[128];
	const char *said;
	int fd;

	snprintf(path, sizeof(path), "%s/out", directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	stdout_becomes(path);
	EXPECT(open_quietly("-", &said) == 0);
	write_at_most = 100;
	write_is_interrupted = true;
	sinks_write(&block);
	write_at_most = 0;
	write_is_interrupted = false;
	EXPECT(sinks_count(LEDGER_file_lost) == 0);
	EXPECT(read(fd, back, sizeof(back)) == (ssize_t)block.size);
	EXPECT(!memcmp(back, block.bytes, block.size));
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
	EXPECT(sinks_count(LEDGER_file_lost) == 2 * DATA_RECORDS);
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

/* A page is written when it is full, or when it is time; what is synced already is not again. */
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
	EXPECT(sinks_count(LEDGER_file_lost) == 0);
}

/* The medium did not take what had been written: all of it since the last sync may be gone. */
static void child_sync_fails(void)
{
	const char *said;

	EXPECT(open_quietly(output_of("x"), &said) == 0);
	write_blocks(2);
	sinks_sync();
	EXPECT(sinks_count(LEDGER_file_lost) == 0);
	write_blocks(3);
	sync_result = -1;
	stderr_begin();
	sinks_sync();
	said = stderr_end();
	EXPECT(strstr(said, "Input/output error") && lines(said) == 1);
	EXPECT(sinks_count(LEDGER_file_lost) == 3 * DATA_RECORDS);
}

/* Files keep what others may come back for; any of them will do. */
static void child_find(void)
{
	struct block block, expected;
	const char *said;

	stdout_becomes("/dev/null");
	EXPECT(open_quietly("-", &said) == 0);
	EXPECT(!sinks_keep() && sinks_are_live());
	EXPECT(sinks_find(0, &block) == -ESTALE);
	write_blocks(2);
	EXPECT(open_quietly(output_of("x"), &said) == 0);
	EXPECT(sinks_keep() && sinks_are_live());
	write_blocks(BLOCKS_PER_PAGE);
	EXPECT(open_quietly(output_of("y"), &said) == 0);
	write_blocks(BLOCKS_PER_PAGE + 1);
	for (unsigned int i = 2; i < 2 * BLOCKS_PER_PAGE + 3; i++) {
		expected = fake_block_again(i);
		EXPECT(sinks_find(i, &block) == 0);
		EXPECT(block.number == i && block.size == expected.size);
		EXPECT(block.records == expected.records && block.first == expected.first);
		EXPECT(!memcmp(block.bytes, expected.bytes, expected.size));
	}
	EXPECT(sinks_find(1, &block) == -ESTALE);
	EXPECT(sinks_find(2 * BLOCKS_PER_PAGE + 3, &block) == -ENOENT);
}

/* What waits in no file is lost where it cannot be passed on, and waits for nothing. */
static void child_only_files(void)
{
	const char *said;

	EXPECT(open_quietly(output_of("x"), &said) == 0);
	EXPECT(sinks_keep() && !sinks_are_live());
	EXPECT(sinks_count(LEDGER_send_waiting) == 0);
	EXPECT(!sinks_want_announcement());
	sinks_ask_announcement();
	EXPECT(sinks_want_announcement() && !sinks_want_announcement());
}

/* Nothing is left behind where recording does not begin. */
static void child_abandon(void)
{
	const char *said;
	char path[128];

	EXPECT(open_quietly(output_of("x"), &said) == 0);
	EXPECT(open_quietly(output_of(""), &said) == 0);
	sinks_abandon();
	snprintf(path, sizeof(path), "%s/x", directory);
	EXPECT(access(path, F_OK) && errno == ENOENT);
	snprintf(path, sizeof(path), "%s/tarsier-00000001.tsr", directory);
	EXPECT(access(path, F_OK) && errno == ENOENT);
}

/*
 * Names with options
 */

static bool knows(const char *name)
{
	bool known;

	stderr_begin();
	known = sinks_know(name);
	EXPECT(lines(stderr_end()) == !known);
	return known;
}

static void child_options(void)
{
	static const char *const good[] = {
		"file:/x,size=256k",
		"file:/x,size=1g,free=0",
		"file:/x,free=10m,size=64m",
		"file:/a,b=c",
		"udp://h:1,rate=wan",
		"udp://h:1,rate=20k",
		"-",
	};
	static const char *const bad[] = {
		"file:/x,size=255k",	 "file:/x,size=",
		"file:/x,size=1t",	 "file:/x,size=-1",
		"file:/x,free=x",	 "file:/x,size=9999999999g",
		"file:/x,size=0x100000", "udp://h:1,rate=fast",
		"udp://h:1,rate=100",	 "udp:/h:1",
		"udp://nonsense",	 "udp://h:0,rate=wan",
		"udp://1.2.3.999:1",	 "udp://h:70000",
	};
	char longest[700] = "file:/";

	for (unsigned int i = 0; i < COUNT_OF(good); i++)
		EXPECT(knows(good[i]));
	for (unsigned int i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!knows(bad[i]));
	memset(longest + 6, 'x', sizeof(longest) - 7);
	EXPECT(!knows(longest));
}

/* Options come off the end, until a comma that belongs to the name. */
static void child_names_with_commas(void)
{
	char target[64], detail[SINK_DETAIL_SIZE];
	struct sink sink;

	EXPECT(sink_parse(&sink, "file:/a,b,size=1m,free=2m", target, sizeof(target), detail) == 0);
	EXPECT(!strcmp(target, "/a,b"));
	free(sink.own);
	EXPECT(sink_parse(&sink, "file:/a,size=1m,b", target, sizeof(target), detail) == 0);
	EXPECT(!strcmp(target, "/a,size=1m,b"));
	EXPECT(sink_parse(&sink, "file:,size=1", target, sizeof(target), detail) == -EINVAL);
	EXPECT(strstr(detail, "size=1: want SIZE"));
}

static void child_sizes(void)
{
	__u64 size = 5;

	EXPECT(parse_size("0", 0, 10, &size) == 0 && size == 0);
	EXPECT(parse_size("10", 0, 10, &size) == 0 && size == 10);
	EXPECT(parse_size("11", 0, 10, &size) == -EINVAL && size == 10);
	EXPECT(parse_size("2K", 0, ~0ull, &size) == 0 && size == 2048);
	EXPECT(parse_size("3m", 0, ~0ull, &size) == 0 && size == 3 << 20);
	EXPECT(parse_size("17179869183g", 0, ~0ull, &size) == 0 && size == ~0ull << 30);
	EXPECT(parse_size("17179869184g", 0, ~0ull, &size) == -EINVAL);
	EXPECT(parse_size("18446744073709551616", 0, 1ull << 50, &size) == -EINVAL);
	EXPECT(parse_size("1kk", 0, ~0ull, &size) == -EINVAL);
	EXPECT(parse_size(" 1", 0, ~0ull, &size) == -EINVAL);
	EXPECT(parse_size("+1", 0, ~0ull, &size) == -EINVAL);
	EXPECT(parse_size("", 0, ~0ull, &size) == -EINVAL);
}

IN_CHILD(refusals)
IN_CHILD(too_many)
IN_CHILD(one_fails)
IN_CHILD(in_pieces)
IN_CHILD(reader_ends)
IN_CHILD(one_is_not_all)
IN_CHILD(terminal)
IN_CHILD(sync)
IN_CHILD(sync_fails)
IN_CHILD(find)
IN_CHILD(only_files)
IN_CHILD(abandon)
IN_CHILD(options)
IN_CHILD(names_with_commas)
IN_CHILD(sizes)

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, directory_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refusals),	   TEST(too_many),
		TEST(one_fails),   TEST(in_pieces),
		TEST(reader_ends), TEST(one_is_not_all),
		TEST(terminal),	   TEST(sync),
		TEST(sync_fails),  TEST(find),
		TEST(only_files),  TEST(abandon),
		TEST(options),	   TEST(names_with_commas),
		TEST(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
