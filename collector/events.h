/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - single events, taken out of the ring buffers
 *
 * One that comes alone wakes the collector at once.  Where they follow each other, none does: they are
 * taken in bulk, so that the collector is not woken, and others are not preempted, once for each.
 */
#ifndef TARSIER_EVENTS_H
#define TARSIER_EVENTS_H

/* Longest time that an event waits, in a ring buffer and then for its block to fill. */
#define EVENTS_WAIT_MS 200

/*
 * From now on, the loop takes events as they come.  @taken: some went into the stream.  @due: the first
 * of them have waited for EVENTS_WAIT_MS.  0 or -errno.
 */
int events_open(void (*taken)(void), void (*due)(void));
/* Take those that wait now: what is written next is to come after them. */
void events_take(void);
/* The same, until there are none: the hooks are detached. */
void events_take_last(void);

#endif
