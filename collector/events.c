// SPDX-License-Identifier: GPL-2.0-or-later
/* events - single events, taken out of the ring buffers */
#include "events.h"

#include "hooks.h"
#include "loop.h"
#include "own_use.h"

#define AT_A_TIME 1024 /* signals and timers get their turn in between */

static struct {
	struct watch timer;
	struct watch rest; /* of more than are taken at a time */
	bool timer_armed;  /* some were taken less than EVENTS_WAIT_MS ago */
	bool in_bulk;	   /* events wake nobody until there are many */
	bool came;	   /* some were taken since the timer was armed */
	void (*taken)(void);
	void (*due)(void);
} events;

static unsigned int take(void)
{
	unsigned int count;

	own_use_before_events();
	count = hooks_drain(AT_A_TIME);
	own_use_after_events();
	if (count) {
		events.came = true;
		events.taken();
	}
	return count;
}

static void set_bulk(bool in_bulk)
{
	if (events.in_bulk == in_bulk)
		return;
	events.in_bulk = in_bulk;
	hooks_take_in_bulk(in_bulk);
}

static void arm_timer(void)
{
	timer_arm(&events.timer, EVENTS_WAIT_MS, 0);
	events.timer_armed = true;
	events.came = false;
}

/* Twice within EVENTS_WAIT_MS is more often than is needed. */
static void on_events(struct watch *watch)
{
	(void)watch;
	take();
	if (events.timer_armed)
		set_bulk(true);
	else
		arm_timer();
}

/*
 * A ring that was found without being woken for is to be emptied: only then does an event wake, the first in it or
 * the one that reaches the mark.
 */
static void take_all(struct watch *watch)
{
	if (take() >= AT_A_TIME)
		loop_again(watch);
}

/*
 * When none came for a while, each is to wake us again.  A program that was about to hand one in has perhaps not
 * seen that: it is found when the timer fires once more.
 */
static void on_timer(struct watch *watch)
{
	bool was_in_bulk = events.in_bulk;

	timer_expirations(watch);
	events.timer_armed = false;
	take_all(&events.rest);
	set_bulk(was_in_bulk && events.came);
	if (was_in_bulk || events.came)
		arm_timer();
	events.due();
}

int events_open(void (*taken)(void), void (*due)(void))
{
	int err;

	events.taken = taken;
	events.due = due;
	events.timer = (struct watch) { .ready = on_timer };
	events.rest = (struct watch) { .ready = take_all };
	err = loop_add_timer(&events.timer);
	return err ? err : hooks_watch(on_events);
}

void events_take(void)
{
	take();
}

void events_take_last(void)
{
	while (hooks_drain(AT_A_TIME) > 0)
		;
}
