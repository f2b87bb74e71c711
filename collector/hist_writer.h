/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hist_writer.h - snapshots of a kernel histogram as slice, summary and range records */
#ifndef TARSIER_HIST_WRITER_H
#define TARSIER_HIST_WRITER_H

#include <stdbool.h>

#include "hist.h"
#include "probes.h"
#include "stream.h"

/* What was sent of one histogram; static, zeroed but for the first three. */
struct hist_writer {
	enum probe_id probe;
	__u8 shape;
	__u32 key;
	unsigned int snapshots;
	__u64 sent[H2_BUCKETS];
};

/* Add @from, of one CPU, to @into, which starts as HIST_EMPTY. */
void hist_merge(struct hist *into, const struct hist *from);
#define HIST_EMPTY                                                                                 \
	{                                                                                          \
		.min = ~0ull                                                                       \
	}

/*
 * Write @hist as it stood at @time_ns.  Only slices that changed are written, all of them every 16th
 * time and when it is @final: counts are cumulative, so what was lost on the way heals.  Nothing is
 * written when nothing changed.
 */
void hist_write(struct hist_writer *writer, const struct hist *hist, __u64 time_ns, bool final,
		struct stream *stream);
/* The sum of all buckets. */
__u64 hist_count(const struct hist *hist);

#endif
