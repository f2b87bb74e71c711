/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock_watch.h - what happens to the wall clock, recorded when it happens */
#ifndef TARSIER_CLOCK_WATCH_H
#define TARSIER_CLOCK_WATCH_H

#include "stream.h"

/* Remember the clock as it is, and have the loop wake when it is set.  0 or -errno. */
int clock_watch_open(struct stream *stream);

/* Write a clock record: one moment on all clocks, and whether one was set since the record before. */
void clock_watch_write(struct stream *stream);

/* The same, if there is news: a step, time asleep, synchronised or no longer. */
void clock_watch_look(struct stream *stream);

#endif
