/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader.h - any bytes in, intact records out, damaged ranges named
 *
 * A library of its own: it knows records and nothing of what they mean.  Time is linear in the
 * input, memory is this struct, whatever the bytes are.
 *
 * A record is intact when its type is one and its CRC fits.  That alone would let a false record
 * through once in 4 GiB of noise, so it is enough only for the first READER_DOUBTS candidates whose
 * CRC did not fit (a false record in 2^16 runs).  From then on a record must also be a header with
 * its magic, or carry the salt of a record accepted before, or be followed by an intact record of
 * the same salt.  In a stream that is mostly whole nothing but the CRC is ever asked.
 */
#ifndef TARSIER_READER_H
#define TARSIER_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

#define READER_BUFFER (256 * 1024)
#define READER_DOUBTS (1u << 16)
#define READER_SALTS (1u << 16)

/* X(name, one line): what a damaged range looks like */
#define DAMAGES(X)                                                                                 \
	X(mixed, "damaged")                                                                        \
	X(zeros, "all 0x00: never written")                                                        \
	X(erased, "all 0xff: erased flash")                                                        \
	X(cut_off, "cut off within a record")

enum damage_kind {
#define X(name, summary) DAMAGE_##name,
	DAMAGES(X)
#undef X
};

/* By kind. */
extern const char *const damage_texts[];

struct damage {
	__u64 offset;
	__u64 length;
	enum damage_kind kind;
	bool to_end; /* it reaches to the end of the input */
};

struct reader_ops {
	/* @record is aligned, and gone after the call. */
	void (*record)(void *context, const struct record *record, __u64 offset);
	void (*damage)(void *context, const struct damage *damage);
	/*
	 * A whole block, all of it intact: its header and what that says follows it, all of one salt.
	 * Aligned, and gone after the call.  NULL: record() gets them one by one.
	 */
	void (*block)(void *context, const struct record *records, unsigned int count,
		      __u64 offset);
	/*
	 * @size bytes that begin as a sealed block: whether it was opened.  If not, its head is a record
	 * and the rest is judged as any bytes are.  NULL: nobody can open one.
	 */
	bool (*sealed)(void *context, const unsigned char *bytes, size_t size, __u64 offset);
	/* By type: the only records that matter, headers among them; NULL: all do. */
	const bool *wanted;
};

struct reader {
	/* private */
	const struct reader_ops *ops;
	void *context;
	size_t begin; /* of what is not yet judged, in buffer */
	size_t end;
	__u64 offset;	     /* of buffer[begin] in the input */
	struct damage range; /* the open one; length 0: none is open */
	unsigned char any;   /* OR and AND of the bytes in range */
	unsigned char every;
	unsigned int doubts;
	unsigned int of_block; /* records to come of a block in which not all are wanted */
	bool from_header;      /* nothing counts before the next header */
	bool stopped;
	__u64 stop_at;
	__u64 began_at;
	bool crc_instruction;
	__u64 salts[READER_SALTS / 64]; /* a bit for each salt accepted before */
	unsigned char buffer[READER_BUFFER] __attribute__((aligned(RECORD_SIZE)));
};

void reader_init(struct reader *reader, const struct reader_ops *ops, void *context);

/* Begin an input; its first byte is reported as @offset.  The salts known so far stay known. */
void reader_begin(struct reader *reader, __u64 offset);

/*
 * The same for a part of an input: it begins with the first intact header that is found from @offset
 * on, at @offset itself if @begun, and ends in front of the first one at @stop_at or behind.
 */
void reader_begin_part(struct reader *reader, __u64 offset, bool begun, __u64 stop_at);

/* Did it begin, and where?  Once reader->stopped, or at the end of the input, reader->offset is its end. */
static inline bool reader_has_begun(const struct reader *reader)
{
	return !reader->from_header;
}

/* What is known of salts and doubts after a part that was read by @after. */
void reader_merge(struct reader *reader, const struct reader *after);

/* Where the next bytes go, at most *@room of them (never 0), and then that @len are there. */
void *reader_room(struct reader *reader, size_t *room);
void reader_fill(struct reader *reader, size_t len);

/* The same for bytes that are elsewhere already. */
void reader_feed(struct reader *reader, const void *bytes, size_t len);

/* It is not read any further: what is not yet judged is nothing.  reader_end() has to follow. */
void reader_abandon(struct reader *reader);

/* The input ends here: judge what is left. */
void reader_end(struct reader *reader);

#endif
