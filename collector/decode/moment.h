/* SPDX-License-Identifier: GPL-2.0-or-later */
/* moment.h - --since and --until: a moment as the user says it */
#ifndef TARSIER_DECODE_MOMENT_H
#define TARSIER_DECODE_MOMENT_H

#include <stdbool.h>

#include "clock.h"

enum moment_kind {
	MOMENT_NONE,
	MOMENT_DATE,	   /* ns is CLOCK_REALTIME */
	MOMENT_FROM_START, /* ns since the session began */
};

struct moment {
	enum moment_kind kind;
	__u64 ns;
};

/*
 * "2025-01-31 12:34:56.5", "2025-01-31T12:34Z", "2025-01-31" (UTC), "-10m" (before now) or "+90s" (after
 * the session began).  False: it is none of these.
 */
bool moment_parse(const char *text, struct moment *moment);

/*
 * On the clock of a session that began at @started_ns.  False: the session's clock is unknown, or the
 * moment was before the boot.
 */
bool moment_boot_ns(const struct moment *moment, const struct clock *clock, __u64 started_ns,
		    __u64 *boot_ns);

#endif
