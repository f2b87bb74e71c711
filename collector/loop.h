/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop.h - the one event loop: wakes only for a descriptor that is ready */
#ifndef TARSIER_LOOP_H
#define TARSIER_LOOP_H

#include <linux/types.h>

/* Something the loop waits for.  The owner keeps it alive as long as the loop runs. */
struct watch {
	int fd;
	void (*ready)(struct watch *watch);
	void *owner;
};

/* All return 0 or -errno. */
int loop_open(void);
int loop_add(struct watch *watch);

/* A timer on CLOCK_BOOTTIME; its fd is closed with the loop. Unarmed at first. */
int loop_add_timer(struct watch *watch);
/* Fire after @first_ms and then every @period_ms (0: once).  @first_ms 0 disarms. */
int timer_arm(struct watch *watch, __u64 first_ms, __u64 period_ms);
/* For a timer's ready(): how often it expired since the last call. */
__u64 timer_expirations(struct watch *watch);

/* Call its ready() at the next turn, whatever its fd (of which it needs none) says: one watch at a time. */
void loop_again(struct watch *watch);

/* Run until loop_stop() is called from a ready(). */
int loop_run(void);
void loop_stop(void);
/* How often the loop woke up. */
__u32 loop_wakeups(void);

#endif
