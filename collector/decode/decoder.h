/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decoder.h - the whole way of the data: reader, sessions, views, and what was damaged */
#ifndef TARSIER_DECODE_DECODER_H
#define TARSIER_DECODE_DECODER_H

#include "assembly.h"
#include "reader.h"
#include "sessions.h"

#define DAMAGE_LISTED 10

struct damage_entry {
	struct damage damage;
	char *input; /* its name; NULL: no memory for it */
};

struct decoder {
	struct shared shared;
	struct sessions sessions;
	struct reader reader;
	struct gate *gate; /* NULL: there are no keys, and everything intact is used */
	struct assembly assembly;
	/* what becomes of records that the gate let in */
	void (*let_in)(struct decoder *decoder, const struct record *record);

	const char *input; /* the one that is being read */
	__u64 input_records;

	__u64 inputs;  /* with records */
	__u64 bytes;   /* of these inputs */
	__u64 records; /* intact ones */
	__u64 sealed;  /* blocks that cannot be read here */
	struct {
		__u64 offset; /* in the input */
		__u64 length;
	} sealed_rest; /* what follows the head of the latest one: no damage */
	__u64 damages;
	__u64 damaged_bytes;
	bool stopped;				   /* Ctrl-C: there is more to read */
	struct damage_entry damage[DAMAGE_LISTED]; /* the first ones */
};

/* NULL: no memory.  Rows and report go to @out. */
struct decoder *decoder_open(const struct options *options, FILE *out);
/* One for a part of an input, to be merged (merge.h) into @whole. */
struct decoder *decoder_open_part(const struct decoder *whole);
/* Does it print nothing, and tell no writer of anything, while it reads? */
bool decoder_is_silent(const struct decoder *decoder);
/* May that be done at all, with these options? */
bool decoder_may_split(const struct decoder *decoder);
/* One that looks for nothing but the clocks of the boots. */
struct decoder *decoder_open_dating(const struct options *options);
void decoder_close(struct decoder *decoder);

/* From now on only what @gate lets in is used; it remains the caller's.  Datagrams pass it before. */
void decoder_guard(struct decoder *decoder, struct gate *gate);

/* No more records for now: nothing that was held back waits any longer, and open steps end. */
void decoder_settle(struct decoder *decoder);

/* As far as that is no session's matter, nothing is damaged, refused or passed over. */
bool decoder_is_clean(const struct decoder *decoder);

/*
 * An input begins and ends; in between its bytes go to decoder->reader.  An input without a single
 * record is none of ours and is not called damaged: decoder_end() returns the number of records.
 */
void decoder_begin(struct decoder *decoder, const char *name, __u64 offset);
/* As reader_begin_part(); what was counted of the input goes on. */
void decoder_begin_part(struct decoder *decoder, const char *name, __u64 offset, bool begun,
			__u64 stop_at);
__u64 decoder_end(struct decoder *decoder);

#endif
