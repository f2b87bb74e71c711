// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_loop - the event loop: wakes for what is ready, and for nothing else */
#include "fakes.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "clocks.h"
#include "loop.h"

/* The loop is one for all and has no end but the process's: each test is a child. */

static unsigned int fired;
static unsigned int stop_after;

static void count(struct watch *watch)
{
	EXPECT(timer_expirations(watch) >= 1);
	if (++fired == stop_after)
		loop_stop();
}

static void add_timer(struct watch *timer, __u64 first_ms, __u64 period_ms)
{
	timer->ready = count;
	EXPECT(loop_add_timer(timer) == 0);
	EXPECT(timer_arm(timer, first_ms, period_ms) == 0);
}

static void child_once(void)
{
	struct watch timer = { 0 };
	__u64 begin = now_ns();

	stop_after = 1;
	EXPECT(loop_open() == 0);
	add_timer(&timer, 20, 0);
	EXPECT(loop_run() == 0);
	EXPECT(fired == 1);
	EXPECT(loop_wakeups() == 1);
	EXPECT(now_ns() - begin >= 20 * NS_PER_MS);
	EXPECT(timer_expirations(&timer) == 0);
}

static void child_periodic(void)
{
	struct watch timer = { 0 };
	__u64 begin = now_ns();

	stop_after = 5;
	EXPECT(loop_open() == 0);
	add_timer(&timer, 1, 10);
	EXPECT(loop_run() == 0);
	EXPECT(fired == 5);
	EXPECT(loop_wakeups() == 5);
	EXPECT(now_ns() - begin >= 41 * NS_PER_MS);
}

static void again(struct watch *watch)
{
	if (++fired < 5)
		loop_again(watch);
}

/* What is to go on does so without waiting, and in between whatever is ready has its turn. */
static void child_again(void)
{
	struct watch work = { .fd = -1, .ready = again }, timer = { 0 };

	stop_after = 6;
	EXPECT(loop_open() == 0);
	add_timer(&timer, 50, 0);
	loop_again(&work);
	EXPECT(loop_run() == 0);
	EXPECT(fired == 6);
	EXPECT(loop_wakeups() == 6);
}

static void child_disarmed(void)
{
	struct watch never = { 0 }, also_never = { 0 }, timer = { 0 };

	stop_after = 1;
	EXPECT(loop_open() == 0);
	add_timer(&never, 0, 0);
	add_timer(&also_never, 1, 1);
	EXPECT(timer_arm(&also_never, 0, 0) == 0);
	add_timer(&timer, 30, 0);
	EXPECT(loop_run() == 0);
	EXPECT(fired == 1);
	EXPECT(loop_wakeups() == 1);
}

static int order[3];
static unsigned int done;

static void note(struct watch *watch)
{
	__u64 value;

	EXPECT(read(watch->fd, &value, sizeof(value)) == sizeof(value));
	order[done++] = *(int *)watch->owner;
	loop_stop();
}

/* What is stopped hands out no more events of the same wake-up. */
static void child_stops_at_once(void)
{
	int names[2] = { 1, 2 };
	struct watch watch[2];

	EXPECT(loop_open() == 0);
	for (int i = 0; i < 2; i++) {
		watch[i] =
			(struct watch) { .fd = eventfd(1, 0), .ready = note, .owner = &names[i] };
		EXPECT(loop_add(&watch[i]) == 0);
	}
	EXPECT(loop_run() == 0);
	EXPECT(done == 1);
	EXPECT(loop_wakeups() == 1);
}

static void child_bad_descriptor(void)
{
	struct watch watch = { .fd = -1, .ready = note };

	EXPECT(loop_open() == 0);
	EXPECT(loop_add(&watch) < 0);
}

IN_CHILD(once)
IN_CHILD(periodic)
IN_CHILD(again)
IN_CHILD(disarmed)
IN_CHILD(stops_at_once)
IN_CHILD(bad_descriptor)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),	      cmocka_unit_test(test_periodic),
		cmocka_unit_test(test_again),	      cmocka_unit_test(test_disarmed),
		cmocka_unit_test(test_stops_at_once), cmocka_unit_test(test_bad_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
