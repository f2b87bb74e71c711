/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctf_stream.h - the events of one session, in packets of files in the order of time
 *
 * Events come nearly in order: a few thousand are held back and sorted.  One that is older still begins
 * another file; readers merge the files of a trace.
 */
#ifndef TARSIER_DECODE_CTF_STREAM_H
#define TARSIER_DECODE_CTF_STREAM_H

#include "writer.h"

struct ctf_event;

struct ctf_stream {
	struct writer *writer;
	const char *folder; /* the caller's */
	FILE *file;	    /* NULL: none yet */
	unsigned int files;
	__u8 uuid[16];
	__u64 last_ns; /* in the open file */
	struct ctf_event **event;
	unsigned int events;
	__u64 written;
};

/* @bytes are what follows the event's time: see ctf.c. */
void ctf_stream_add(struct ctf_stream *stream, __u16 id, __u64 time_ns, const void *bytes,
		    size_t length);
/* The rest, then an empty packet up to @to_ns that says how many events were lost. */
void ctf_stream_end(struct ctf_stream *stream, __u64 to_ns, __u64 discarded);
void ctf_stream_release(struct ctf_stream *stream);

#endif
