/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * encode.h - builds valid blocks for tests
 *
 * Written from the contract alone, its CRC included, and not from the collector's code: that two
 * readings of wire.h agree is worth more than one.
 */
#ifndef TARSIER_TESTS_ENCODE_H
#define TARSIER_TESTS_ENCODE_H

#include <stddef.h>

#include "funclat.h"
#include "h2.h"
#include "probes.h"
#include "runqslower.h"
#include "wire.h"

struct encoder {
	/* what was written: owned, encoder_release() */
	unsigned char *bytes;
	size_t length;
	size_t room;
	/* may be changed between records */
	__u64 time_ns; /* of the next record; advances by step_ns with each */
	__u64 step_ns;
	__u64 realtime_ns; /* at time 0 */
	__u8 header_flags;
	__u8 major;
	__u8 minor;
	__u64 seq;
	__u64 block_seq;
	__u64 board_id;
	__u8 session_id[16];
	struct rec_trailer totals; /* body of the next trailers */
	__u8 slot;		   /* of the key; 0: blocks get no tag */
	__u8 board_key[KEY_SIZE];
	/* private */
	__u16 salt;
	struct record block[BLOCK_RECORDS_MAX];
	unsigned int used;
};

/* A buffer of its own, a session id made from @number, a clock that begins at 2025-01-01. */
void encoder_open(struct encoder *encoder, unsigned int number);
void encoder_release(struct encoder *encoder);
/* The same session, written to a new buffer from here on. */
void encoder_drop_bytes(struct encoder *encoder);

/* From here on blocks get the tag that a board of this id has by @fleet_key. */
void encoder_set_key(struct encoder *encoder, const __u8 fleet_key[KEY_SIZE], unsigned int slot);

/* Number and sign @record, of which type, flags and body are set, and append it. */
void encode(struct encoder *encoder, const void *record);
/* Seal the open block, or an empty one: a heartbeat. */
void encode_block_end(struct encoder *encoder);
/* Seal the open block, or an empty one, as the session's last. */
void encode_closing(struct encoder *encoder);

/* Single records of use to many tests. */
void encode_text(struct encoder *encoder, enum text_kind kind, unsigned int probe,
		 const char *text);
/* The session record and its texts. */
void encode_about(struct encoder *encoder, const char *board, __u32 probes);
void encode_task(struct encoder *encoder, __u32 tid, __u64 start_ns, const char *comm);
/* A wait at the encoder's time; @prev_tid ~0: without a previous task. */
void encode_wait(struct encoder *encoder, const char *comm, __u32 tid, __u64 wait_ns,
		 __u32 prev_tid);
/* The encoder's clocks; with @before_ns: REALTIME was set and would have been that. */
void encode_clock(struct encoder *encoder, __u8 flags, __u32 max_error_us, __u64 before_ns);
/* What a receiver writes that heard the latest block, which has ended, at @realtime_ns. */
void encode_arrival(struct encoder *encoder, __u64 realtime_ns);
/* What a file has behind the latest block, which has ended. */
void encode_pad(struct encoder *encoder, __u32 sync_ms);
/* All columns of a probe's ledger. */
void encode_counters(struct encoder *encoder, unsigned int probe,
		     const __u64 columns[LEDGER_COLUMNS]);
/* A whole snapshot of the histogram of @count values; that of @shape and @key. */
void encode_snapshot(struct encoder *encoder, unsigned int probe, const __u64 *values,
		     size_t count);
/* The same for one key of several. */
void encode_snapshot_of(struct encoder *encoder, unsigned int probe, __u8 shape, __u32 key,
			const __u64 *values, size_t count);

/* The whole @block of @size bytes as it is sent by --seal, to @sealed; returns the size of that. */
size_t encode_sealed(const struct encoder *encoder, const void *block, size_t size,
		     unsigned char sealed[BLOCK_SIZE_MAX + SEAL_OVERHEAD]);

/* Sign a record again after a test changed it. */
void encode_sign(void *record);

/* The CRC-32C, a bit at a time. */
__u32 encode_crc(const void *bytes, size_t len);

/* A generator of numbers that are the same everywhere (xorshift64*). */
__u64 encode_random(__u64 *state);

#endif
