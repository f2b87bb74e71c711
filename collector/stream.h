/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream.h - the session's records, numbered, sealed and packed into blocks */
#ifndef TARSIER_STREAM_H
#define TARSIER_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "tag.h"
#include "wire.h"

struct stream {
	/* set by the owner before stream_open() */
	__u8 session_id[16];
	__u64 board_id;
	struct tag tag;
	unsigned int block_records; /* at most, header and trailer included */
	/* Takes a sealed block with @data_records between header and trailer. */
	void (*deliver)(const void *block, size_t size, unsigned int data_records);
	/* Fills in the sums over all probes and sinks. */
	void (*totals)(__u64 totals[LEDGER_COLUMNS]);

	/* private */
	struct record block[BLOCK_RECORDS_MAX];
	unsigned int used; /* records in the open block; 0: none is open */
	__u16 salt;
	__u64 seq;
	__u64 blocks;
	bool crc_instruction;
};

void stream_open(struct stream *stream);

/*
 * Append @record, of which type, flags, body and, unless it is 0, time_ns are set.  Salt, sequence
 * number and CRC are filled in.  A full block is sealed and delivered.
 */
void stream_add(struct stream *stream, void *record);

/* Seal and deliver the open block, if any. */
void stream_flush(struct stream *stream);
/* Deliver an empty block: we are alive and there is nothing to say. */
void stream_heartbeat(struct stream *stream);
/* Seal and deliver the last block, marked as such. */
void stream_close(struct stream *stream);

#endif
