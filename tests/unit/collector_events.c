// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_events - one event wakes the collector at once, many do in bulk, and none is forgotten */
#include "fakes.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clocks.h"
#include "events.h"
#include "hooks.h"
#include "loop.h"

/* A ring, which becomes readable only by events that wake. */
static struct {
	int wakes_fd;
	unsigned int waiting;
	bool in_bulk;
	bool ever_in_bulk;
} ring;

static struct {
	unsigned int taken; /* calls */
	unsigned int due;
	__u64 last_due_ns;
	unsigned int due_in_bulk;
	void (*at_taken)(void);
	void (*at_due)(void);
} seen;

static void put(unsigned int events, bool wake)
{
	const __u64 one = 1;

	ring.waiting += events;
	if (wake)
		EXPECT(write(ring.wakes_fd, &one, sizeof(one)) == sizeof(one));
}

static int attach(struct hook *hook)
{
	(void)hook;
	return 0;
}

static int ring_fd(struct hook *hook)
{
	(void)hook;
	return ring.wakes_fd;
}

static int drain(struct hook *hook, unsigned int most)
{
	unsigned int count = ring.waiting < most ? ring.waiting : most;
	__u64 value;

	(void)hook;
	ring.waiting -= count;
	if (!ring.waiting && read(ring.wakes_fd, &value, sizeof(value)) < 0)
		EXPECT(errno == EAGAIN);
	return (int)count;
}

static void take_in_bulk(struct hook *hook, bool in_bulk)
{
	(void)hook;
	ring.in_bulk = in_bulk;
	ring.ever_in_bulk |= in_bulk;
}

static struct hook hook = {
	.attach = attach,
	.ring_fd = ring_fd,
	.drain = drain,
	.take_in_bulk = take_in_bulk,
};

static void on_taken(void)
{
	seen.taken++;
	if (seen.at_taken)
		seen.at_taken();
}

static void on_due(void)
{
	seen.due++;
	seen.due_in_bulk += ring.in_bulk;
	seen.last_due_ns = now_ns();
	if (seen.at_due)
		seen.at_due();
}

static void stop(struct watch *watch)
{
	timer_expirations(watch);
	loop_stop();
}

/* @events wait from the beginning; long enough for everything to come to rest. */
static void run_with(unsigned int events)
{
	static struct watch end = { .ready = stop };

	ring.wakes_fd = eventfd(0, EFD_NONBLOCK);
	put(events, true);
	EXPECT(loop_open() == 0);
	EXPECT(hooks_attach(&hook) == 0);
	EXPECT(events_open(on_taken, on_due) == 0);
	EXPECT(loop_add_timer(&end) == 0);
	EXPECT(timer_arm(&end, 10 * EVENTS_WAIT_MS, 0) == 0);
	EXPECT(loop_run() == 0);
	EXPECT(ring.waiting == 0);
	EXPECT(!ring.in_bulk);
}

static void child_alone(void)
{
	__u64 begin = now_ns();

	run_with(1);
	EXPECT(seen.taken == 1);
	EXPECT(seen.due == 1);
	EXPECT(seen.last_due_ns - begin >= EVENTS_WAIT_MS * NS_PER_MS);
	EXPECT(!ring.ever_in_bulk);
	EXPECT(loop_wakeups() == 3); /* for the event, for the time it may wait, for the end */
}

static void put_second(void)
{
	if (seen.taken == 1)
		put(1, true);
}

/* After two that wake, some each time of which none does. */
static void put_more(void)
{
	put_second();
	if (seen.taken >= 2 && seen.taken < 6)
		put(5, false);
}

static void child_bulk(void)
{
	seen.at_taken = put_more;
	run_with(1);
	EXPECT(seen.taken == 6);
	/* by the timer four times; when it finds none that ends it, and once more it looks */
	EXPECT(seen.due == 6);
	EXPECT(seen.due_in_bulk == 4);
}

/* A program that saw "in bulk" a moment before its end. */
static void put_straggler(void)
{
	if (seen.due == 1)
		put(1, false);
}

static void child_straggler(void)
{
	seen.at_taken = put_second;
	seen.at_due = put_straggler;
	run_with(1);
	EXPECT(ring.ever_in_bulk);
	EXPECT(seen.taken == 3);
}

/*
 * More than a ring's mark of those that wake nobody, after a flood that paused: what the timer leaves would wait for
 * the next one, while the ring is full and nothing wakes.
 */
static void put_without_waking(void)
{
	if (seen.due == 1)
		put(20000, false);
	if (seen.due == 2)
		EXPECT(ring.waiting == 20000 - 1024 && seen.taken == 3);
	if (seen.due == 3)
		EXPECT(ring.waiting == 0 && seen.taken == 2 + 20);
}

static void child_backlog(void)
{
	seen.at_taken = put_second;
	seen.at_due = put_without_waking;
	run_with(1);
	EXPECT(seen.due >= 3);
}

/* Those that came by a wake-up just before the timer show that more are coming, too. */
static void put_before_timer(void)
{
	put_second();
	if (seen.taken == 2)
		put(1, true);
}

static void expect_bulk_once(void)
{
	EXPECT(ring.in_bulk == (seen.due == 1));
}

static void child_just_taken(void)
{
	seen.at_taken = put_before_timer;
	seen.at_due = expect_bulk_once;
	run_with(1);
	EXPECT(seen.taken == 3);
	EXPECT(seen.due == 3);
}

/* More than are taken at a time go on waking. */
static void child_flood(void)
{
	run_with(5000);
	EXPECT(seen.taken == 5);
	EXPECT(ring.ever_in_bulk);
}

static void child_last(void)
{
	run_with(1);
	ring.waiting = 3000;
	events_take_last();
	EXPECT(ring.waiting == 0);
}

IN_CHILD(alone)
IN_CHILD(bulk)
IN_CHILD(straggler)
IN_CHILD(backlog)
IN_CHILD(just_taken)
IN_CHILD(flood)
IN_CHILD(last)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),	   cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_straggler),  cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_just_taken), cmocka_unit_test(test_flood),
		cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
