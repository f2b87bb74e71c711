/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calls_writer.h - snapshots of a function's calls: rows by CPU and thread, a histogram for each CPU */
#ifndef TARSIER_CALLS_WRITER_H
#define TARSIER_CALLS_WRITER_H

#include "funclat.h"
#include "hist_writer.h"

#define CALLS_PER_SNAPSHOT 256 /* rows, unless it is the final one */

/* What was sent of one CPU; zeroed at first. */
struct calls_sent {
	struct hist_writer hist;
	__u64 count[CALL_ROWS + 1]; /* the last are the others' */
	__u32 name[CALL_ROWS + 1];  /* a hash */
};

struct calls_writer {
	enum probe_id probe;
	unsigned int cpus;
	struct calls_sent *sent; /* for each of them */
	unsigned int next;	 /* CPU times rows: where the last snapshot reached its limit */
	__u32 rows;		 /* in use */
	__u32 deferred;		 /* by the last snapshot */
};

/*
 * Write what is in @cpus as of @time_ns: rows that changed, up to the limit and the rest in the
 * snapshots that follow, or all of them when it is @final.
 */
void calls_write(struct calls_writer *writer, struct funclat_cpu *cpus, __u64 time_ns, bool final,
		 struct stream *stream);

/* The histogram of one CPU; sum, least and greatest are those of its rows. */
const struct hist *calls_hist(const struct funclat_cpu *cpu);

#endif
