/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pace.h - a token bucket: how much may be sent, so that a link stays usable for others */
#ifndef TARSIER_PACE_H
#define TARSIER_PACE_H

#include <linux/types.h>
#include <stdbool.h>

struct pace {
	__u64 rate;  /* bytes per second; 0: no limit */
	__u64 burst; /* bytes that may go at once after silence */

	/* private */
	__u64 tokens; /* bytes */
	__u64 filled_ns;
};

/* "lan", "wan", "none", or bytes per second with k, m or g.  0 or -EINVAL. */
int pace_set(struct pace *pace, const char *value);

/* Take @bytes if @reserve more would be left, at @now_ns. */
bool pace_take(struct pace *pace, __u64 bytes, __u64 reserve, __u64 now_ns);
/* How long until that would do. */
__u64 pace_wait_ns(const struct pace *pace, __u64 bytes);

#endif
