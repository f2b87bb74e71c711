// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_replay - what was accepted before is known again: by number, after a restart, after a kill */
#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "encode.h"
#include "replay.h"

#define BOARD 0x1234
#define NUMBERS 4096

static char path[] = "/tmp/decode_replay.XXXXXX";
static struct replay *replay;
static const __u8 one[16] = { 1 }, two[16] = { 2 };

static int set_up(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/decode_replay.XXXXXX");
	fd = mkstemp(path);
	replay = fd < 0 ? NULL : replay_open(path);
	close(fd);
	return !replay;
}

static int tear_down(void **state)
{
	(void)state;
	replay_close(replay);
	return unlink(path);
}

static void open_again(void)
{
	replay_close(replay);
	replay = replay_open(path);
	assert_non_null(replay);
}

static void expect(const __u8 id[16], __u64 number, enum replay_verdict verdict)
{
	assert_int_equal(replay_look(replay, BOARD, id, number), verdict);
}

static void accept(const __u8 id[16], __u64 number)
{
	expect(id, number, REPLAY_new);
	assert_int_equal(replay_accept(replay, BOARD, id, number), 0);
	expect(id, number, REPLAY_seen);
}

static void test_any_order(void **state)
{
	bool accepted[NUMBERS] = { false };
	__u64 random = 42;

	(void)state;
	for (unsigned int i = 0; i < NUMBERS; i++) {
		/* never more holes than there is room for: within 256 of the greatest */
		unsigned int number = i / 256 * 256 + (unsigned int)(encode_random(&random) % 256);

		if (accepted[number])
			expect(one, number, REPLAY_seen);
		else
			accept(one, number);
		accepted[number] = true;
		if (i % 1000 == 999)
			open_again();
	}
	for (unsigned int i = NUMBERS - 256; i < NUMBERS; i++)
		expect(one, i, accepted[i] ? REPLAY_seen : REPLAY_new);
}

static void test_newest_first(void **state)
{
	(void)state;
	for (unsigned int i = 1000; i-- > 0;)
		accept(one, i);
	open_again();
	for (unsigned int i = 0; i < 1000; i++)
		expect(one, i, REPLAY_seen);
	expect(one, 1000, REPLAY_new);
}

static void test_sessions_and_boards_apart(void **state)
{
	(void)state;
	accept(one, 5);
	expect(two, 5, REPLAY_new);
	assert_int_equal(replay_look(replay, BOARD + 1, one, 5), REPLAY_new);
	accept(two, 5);
	open_again();
	expect(one, 5, REPLAY_seen);
	expect(two, 5, REPLAY_seen);
	expect(two, 4, REPLAY_new);
}

/* Every second number: one hole more each time, and room for REPLAY_RANGES ranges. */
static void test_oldest_hole_is_closed(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < REPLAY_RANGES; i++)
		accept(one, 2 * i);
	expect(one, 1, REPLAY_new);
	accept(one, 2 * REPLAY_RANGES);
	expect(one, 1, REPLAY_too_old);
	expect(one, 0, REPLAY_too_old);
	expect(one, 2, REPLAY_seen);
	expect(one, 3, REPLAY_new);
	accept(one, 3);
	open_again();
	expect(one, 1, REPLAY_too_old);
	expect(one, 3, REPLAY_seen);
	expect(one, 5, REPLAY_new);
}

static void test_numbers_beyond_32_bits(void **state)
{
	(void)state;
	accept(one, 0xfffffffe);
	accept(one, 0xffffffff);
	accept(one, 0x100000000);
	accept(one, 0x100000001);
	open_again();
	expect(one, 0xffffffff, REPLAY_seen);
	expect(one, 0x100000001, REPLAY_seen);
	expect(one, 0x100000002, REPLAY_new);
	accept(one, 0xffffffffff);
	expect(one, 0xfffffffffe, REPLAY_too_old);
	expect(one, 0x100000000, REPLAY_too_old);
}

static void test_many_sessions(void **state)
{
	__u8 id[16] = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		memcpy(id, &i, sizeof(i));
		accept(id, i);
	}
	open_again();
	for (unsigned int i = 0; i < 1000; i++) {
		memcpy(id, &i, sizeof(i));
		expect(id, i, REPLAY_seen);
		expect(id, i + 1, REPLAY_new);
	}
}

/* Accept for ever, and tell each number after it was accepted. */
static void child(int told)
{
	replay = replay_open(path);
	for (unsigned int i = 0; replay; i++) {
		__u8 id[16] = { (__u8)(i / 64), (__u8)(i / 64 >> 8) };

		replay_accept(replay, BOARD, id, i);
		if (write(told, &i, sizeof(i)) != sizeof(i))
			break;
	}
	_exit(1);
}

/* At any instant: what was told is known, and the file is whole. */
static void test_killed(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 40; round++) {
		unsigned int number = 0, last = 0;
		int told[2], status;
		pid_t pid;

		tear_down(NULL);
		set_up(NULL);
		replay_close(replay);
		assert_int_equal(pipe(told), 0);
		pid = fork();
		if (!pid)
			child(told[1]);
		close(told[1]);
		usleep(1000 + round * 700);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		while (read(told[0], &number, sizeof(number)) == sizeof(number))
			last = number;
		close(told[0]);
		replay = replay_open(path);
		assert_non_null(replay);
		for (unsigned int i = 0; last && i <= last; i++) {
			__u8 id[16] = { (__u8)(i / 64), (__u8)(i / 64 >> 8) };

			expect(id, i, REPLAY_seen);
		}
	}
}

static void damage(long offset)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, "x", 1, offset), 1);
	close(fd);
}

/* One half of a pair may be: that is what a kill leaves.  Both may not. */
static void test_damage(void **state)
{
	(void)state;
	accept(one, 1);
	accept(one, 2);
	replay_close(replay);
	damage(8192 + 20);
	replay = replay_open(path);
	assert_non_null(replay);
	replay_close(replay);
	damage(8192 + 20);
	damage(8192 + 4096 + 20);
	replay = replay_open(path);
	assert_null(replay);
	assert_int_equal(truncate(path, 8192), 0);
	replay = replay_open(path);
	assert_null(replay);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_order),
		TEST(test_newest_first),
		TEST(test_sessions_and_boards_apart),
		TEST(test_oldest_hole_is_closed),
		TEST(test_numbers_beyond_32_bits),
		TEST(test_many_sessions),
		TEST(test_killed),
		TEST(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
