/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duration.h - a length of time as the user says it */
#ifndef TARSIER_DECODE_DURATION_H
#define TARSIER_DECODE_DURATION_H

#include <stdbool.h>

#include <linux/types.h>

/*
 * "10", "0.5", "200ms", "5m", "2h", "1d", as the collector takes it; from a millisecond to a year.
 * False: it is none.
 */
bool duration_parse(const char *text, __u64 *duration_ns);

#endif
