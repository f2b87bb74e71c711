// SPDX-License-Identifier: GPL-2.0-or-later
/* events - single events, taken out of the ring buffers */
#include "events.h"

#include "hooks.h"
#include "loop.h"
#include "own_use.h"

#define AT_A_TIME 1024 /* signals and timers get their turn in between */

static struct {
	struct watch timer;
	bool timer_armed; /* some were taken less than EVENTS_WAIT_MS ago */
	bool in_bulk;	  /* events wake nobody until there are many */
	void (*taken)(void);
	void (*due)(void);
} events;

static unsigned int take(void)
{
	unsigned int count;

	own_use_before_events();
	count = hooks_drain(AT_A_TIME);
	own_use_after_events();
	if (count)
		events.taken();
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
 * When no more come, each is to wake us again.  A program that was about to hand one in has perhaps not
 * seen that: it is found when the timer fires once more.
 */
static void on_timer(struct watch *watch)
{
	bool was_in_bulk = events.in_bulk, more;

	timer_expirations(watch);
	events.timer_armed = false;
	more = take() > 0;
	set_bulk(was_in_bulk && more);
	if (was_in_bulk || more)
		arm_timer();
	events.due();
}

int events_open(void (*taken)(void), void (*due)(void))
{
	int err;

	events.taken = taken;
	events.due = due;
	events.timer = (struct watch) { .ready = on_timer };
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
