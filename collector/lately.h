/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lately.h - what was sent within the last seconds: in doubt, where the link or the receiver fails */
#ifndef TARSIER_LATELY_H
#define TARSIER_LATELY_H

#include "backlog.h"

struct lately {
	__u64 begun_ns;	     /* of the second span */
	struct span span[2]; /* the older one first; empty: nothing */
};

/* @span was sent at @now_ns. */
void lately_add(struct lately *lately, const struct span *span, __u64 now_ns);
/* All of it, not older than some seconds at @now_ns, is to be sent again. */
void lately_doubt(struct lately *lately, struct backlog *backlog, __u64 now_ns);

#endif
