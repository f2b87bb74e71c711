/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * wire.h - the contract: records and blocks, byte for byte, in a file and in a datagram
 *
 * Everything is a record of 64 bytes, little-endian.  Up to 16 records make a block: a header, data
 * records, a trailer.  One datagram is one block; a file is blocks one after another; both hold the
 * same bytes.  There is no length field inside a record and no index outside: a reader steps 64
 * bytes after an intact record and one byte after anything else.
 *
 * Rules for whoever extends this:
 *  - Reserved bytes are written 0 and ignored when read.
 *  - A changed body gets a new type.  Bit 7 of the type set: an old reader may pass over it in
 *    silence; clear: it must say that it passed over records of an unknown kind.
 *  - `minor` counts additions (types, flags, reserved bytes put to use); `major` moves only when the
 *    frame or the header does.
 *  - Ids in the lists below are append only.
 */
#ifndef TARSIER_WIRE_H
#define TARSIER_WIRE_H

#include <linux/types.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "records are little-endian by declaration, and are used in place: build for a little-endian machine"
#endif

#define WIRE_MAGIC 0x52535254u /* "TRSR" */
#define WIRE_MAJOR 1
#define WIRE_MINOR 2

#define RECORD_SIZE 64
#define RECORD_CRC_SPAN 60 /* the CRC-32C covers bytes 0..59 */
#define BLOCK_RECORDS_MAX 16
#define BLOCK_RECORDS_MIN 2 /* header and trailer: a heartbeat */
#define BLOCK_SIZE_MAX (BLOCK_RECORDS_MAX * RECORD_SIZE)
#define COMM_SIZE 16 /* the kernel's TASK_COMM_LEN; NUL-padded, not always NUL-terminated */

/*
 * X(type, name, one line).  0x00 (never written) and 0xff (erased flash) are no types.
 * 0x01-0x1f: the frame and what serves every probe; 0x20-0x7f: records of single probes.
 */
#define RECORDS(X)                                                                                 \
	X(0x01, header, "first record of a block")                                                 \
	X(0x02, trailer, "last record of a block, with the ledger's totals")                       \
	X(0x03, session, "the run, the kernel's boot and the machine")                             \
	X(0x04, text, "part of a string about the session or a probe")                             \
	X(0x05, task, "dictionary: thread id and start time to name")                              \
	X(0x06, clock, "one moment on several clocks")                                             \
	X(0x07, gap, "a loss: its cause, extent and time")                                         \
	X(0x08, counters, "a probe's ledger, cumulative")                                          \
	X(0x09, slice, "consecutive histogram buckets, cumulative")                                \
	X(0x0a, summary, "a histogram's count, sum and sum of squares, cumulative")                \
	X(0x0b, range, "a histogram's least and greatest value")                                   \
	X(0x0c, device, "dictionary: device number to name")                                       \
	X(0x0d, function, "which kernel function a probe measures, and its own bias")              \
	X(0x0e, calls, "calls of a function by one task on one CPU, cumulative")                   \
	X(0x0f, sealed, "first 64 bytes of a sealed block, in a datagram alone")                   \
	X(0x20, runqslower, "a wait for a CPU over the threshold")                                 \
	X(0x21, cputime, "CPU time of a thread or a process, cumulative")                          \
	X(0x22, cputime_children, "CPU time of the children that a process waited for")            \
	X(0x23, cputime_system, "what the CPUs did, and which tasks were left out")                \
	X(0x24, iopf, "what became of the IO page faults of one device and PASID")                 \
	X(0x81, self, "what the collector itself costs")                                           \
	X(0x82, pad, "fills a file's page before it is made durable")                              \
	X(0x83, use, "how full the collector's memory was, and its budget")                        \
	X(0x84, arrival, "when a receiver heard the board, written by the receiver")

enum record_type {
#define X(type, name, summary) REC_##name = type,
	RECORDS(X)
#undef X
};

#define RECORD_MAY_BE_IGNORED 0x80

/*
 * Records that are no data: they take no sequence number.  That of a pad or an arrival is the latest
 * data record's, which to readers of minor versions before 2 is a record received twice.
 */
#define RECORD_IS_DATA(type)                                                                       \
	((type) != REC_header && (type) != REC_trailer && (type) != REC_sealed &&                  \
	 (type) != REC_pad && (type) != REC_arrival)

/*
 * The ledger.  For each probe: entered = delivered + the sum of the columns from there up to
 * LEDGER_FIRST_SINK, which are losses but for in_flight, known only at the end.  From there on the columns count records that left the probes
 * but not the board.  X(id, name, one line); a gap record names its cause by the same ids.
 */
#define LEDGER(X)                                                                                  \
	X(0, entered, "events that the probe's hook saw and its filter let through")               \
	X(1, delivered, "events counted in a histogram or written as a record")                    \
	X(2, ring_full, "events lost because the ring buffer was full")                            \
	X(3, map_full, "events lost because a map was full")                                       \
	X(4, unstamped, "what ended without a known start")                                        \
	X(5, missed, "hook runs that the kernel skipped; each probe of the hook is charged")       \
	X(6, user_dropped, "events that the collector dropped on purpose")                         \
	X(7, in_flight, "what had begun and not ended when recording did")                         \
	X(16, file_lost, "records that could not be written to a file")                            \
	X(17, send_lost, "records that could not be sent")                                         \
	X(18, send_waiting, "records not sent yet, kept in a file to be sent")

enum ledger_id {
#define X(id, name, summary) LEDGER_##name = id,
	LEDGER(X)
#undef X
		LEDGER_COLUMNS
};

#define LEDGER_FIRST_LOSS LEDGER_ring_full
#define LEDGER_FIRST_SINK 16
#define LEDGER_IS_LOSS(column)                                                                     \
	((column) >= LEDGER_FIRST_LOSS && (column) != LEDGER_in_flight &&                          \
	 (column) != LEDGER_send_waiting)

/*
 * What every record starts with.
 * salt: low 16 bits of the CRC-32C of the session id: ties a record to its session without a header.
 * seq: data records produced in this session before this one, low 32 bits (the rule of IPFIX, RFC
 *      7011); in a header it is that of the block's first data record, in a trailer that of the next
 *      block's first.  A jump tells exactly how many records are missing.
 * time_ns: CLOCK_BOOTTIME; CLOCK_MONOTONIC where the block's header says HEADER_MONOTONIC.
 */
#define RECORD_FRAME                                                                               \
	__u8 type;                                                                                 \
	__u8 flags;                                                                                \
	__u16 salt;                                                                                \
	__u32 seq;                                                                                 \
	__u64 time_ns

#define ASSERT_RECORD(tag)                                                                         \
	_Static_assert(sizeof(struct tag) == RECORD_SIZE, #tag " is one record");                  \
	_Static_assert(__builtin_offsetof(struct tag, crc) == RECORD_CRC_SPAN,                     \
		       #tag " ends in its CRC")

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

struct record {
	RECORD_FRAME;
	__u8 body[44];
	__u32 crc;
};
ASSERT_RECORD(record);

/* flags of a header */
#define HEADER_SYNCED 0x01  /* realtime_ns comes from a synchronised clock */
#define HEADER_FIRST 0x02   /* first block of the session */
#define HEADER_CLOSING 0x04 /* last block: hooks are detached, buffers drained, counts final */
#define HEADER_MONOTONIC                                                                           \
	0x08 /* this kernel gave no CLOCK_BOOTTIME: all times are CLOCK_MONOTONIC */

struct rec_header {
	RECORD_FRAME;
	__u32 magic;
	__u8 major;
	__u8 minor;
	__u8 records; /* in this block, header and trailer included */
	__u8 auth;    /* AUTH(), see below; 0: the block carries no tag */
	__u64 board_id;
	__u8 session_id[16];
	__u64 realtime_ns; /* CLOCK_REALTIME at time_ns */
	__u32 block_seq;   /* blocks of this session before this one, low 32 bits */
	__u32 crc;
};
ASSERT_RECORD(rec_header);

/* The totals over all probes that a trailer carries, low 32 bits each, in this order. */
#define TRAILER_TOTALS(X)                                                                          \
	X(entered)                                                                                 \
	X(ring_full)                                                                               \
	X(unmeasured) /* map_full + unstamped */                                                   \
	X(missed)                                                                                  \
	X(user_dropped)                                                                            \
	X(file_lost)                                                                               \
	X(send_lost)

struct rec_trailer {
	RECORD_FRAME;
#define X(name) __u32 name;
	TRAILER_TOTALS(X)
#undef X
	__u8 tag[16]; /* authentication tag over the block; 0 without a key */
	__u32 crc;
};
ASSERT_RECORD(rec_trailer);

/*
 * Authentication.  A board has a key of 32 bytes; slots 1 and 2 let a new one be tried before the old
 * one goes.  Keys are derived as libsodium's crypto_kdf_blake2b does (BLAKE2b, RFC 7693, keyed, with
 * the subkey's number as salt and the context as personalisation):
 *
 *	board key = derive(fleet key, KEY_CONTEXT_BOARD, number: board_id)
 *	tag key, seal key = derive(board key, KEY_CONTEXT_USE, number: enum key_use)
 *
 * Suite AUTH_TAG: the trailer's tag is the keyed BLAKE2b, 16 bytes long, of all bytes of the block
 * before it, under the tag key.  Such a block's number is of 40 bits: flags of its trailer are bits
 * 32 to 39 of what block_seq holds the lower ones of, so that no two blocks of a session have the
 * same (in 3 years at 10000 a second).
 *
 * Suite AUTH_SEAL, in datagrams alone: a sealed record, then the whole tagged block encrypted, then
 * 16 bytes of Poly1305: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, libsodium's
 * crypto_aead_xchacha20poly1305_ietf) under the seal key, the sealed record being the associated
 * data.  The nonce is used for this block alone, and is the same when it is sent again.
 */
#define AUTH_TAG 1
#define AUTH_SEAL 2
#define AUTH(suite, slot) ((__u8)((slot) << 4 | (suite)))
#define AUTH_SUITE(auth) ((auth)&0x0f)
#define AUTH_SLOT(auth) ((auth) >> 4)

#define KEY_SIZE 32
#define KEY_SLOTS 2 /* numbered from 1 */
#define KEY_CONTEXT_BOARD "TSRboard"
#define KEY_CONTEXT_USE "TSRusage"

enum key_use { KEY_FOR_TAG = 1, KEY_FOR_SEAL = 2 };

#define TAG_SPAN __builtin_offsetof(struct rec_trailer, tag) /* of the trailer under the tag */
#define BLOCK_NUMBER(header, trailer) ((__u64)(trailer)->flags << 32 | (header)->block_seq)

/* Nothing but what a receiver needs to find the key: salt, seq, flags and time_ns are 0. */
struct rec_sealed {
	RECORD_FRAME;
	__u32 magic;
	__u8 auth;    /* AUTH(AUTH_SEAL, slot) */
	__u8 records; /* in the block */
	__u8 reserved[2];
	__u64 board_id;
	__u8 session_id[16]; /* this and the next are the nonce */
	__u64 block_number;
	__u32 reserved2;
	__u32 crc;
};
ASSERT_RECORD(rec_sealed);

#define SEAL_NONCE_SIZE 24
#define SEAL_MAC_SIZE 16
#define SEAL_OVERHEAD (RECORD_SIZE + SEAL_MAC_SIZE)

/* First in a session, and repeated with its texts about every 64 blocks. */
struct rec_session {
	RECORD_FRAME;
	__u8 boot_id[16];    /* /proc/sys/kernel/random/boot_id, as bytes */
	__u64 started_ns;    /* CLOCK_BOOTTIME */
	__u32 probes_wanted; /* 1 << probe id */
	__u32 probes_active;
	__u32 interval_ms; /* between snapshots; 0: only the closing one */
	__u32 ring_bytes;
	__u16 cpus_possible;
	__u16 cpus_online;
	__u32 crc;
};
ASSERT_RECORD(rec_session);

/* X(id, name, one line) */
#define TEXTS(X)                                                                                   \
	X(1, board, "name of the board")                                                           \
	X(2, release, "kernel release")                                                            \
	X(3, machine, "hardware name")                                                             \
	X(4, collector, "version of the collector")                                                \
	X(5, command, "command line")                                                              \
	X(6, attached, "how a probe is attached")                                                  \
	X(7, unavailable, "why a probe, or a better way to attach it, is not available")           \
	X(8, function, "name of the kernel function that a probe measures")                        \
	X(9, sandbox, "what the collector gave up before it began to record")

enum text_kind {
#define X(id, name, summary) TEXT_##name = id,
	TEXTS(X)
#undef X
};

#define TEXT_PART_SIZE 40

struct rec_text {
	RECORD_FRAME;
	__u8 kind;
	__u8 probe; /* which probe it is about; 0: the session */
	__u8 part;  /* 0 .. parts - 1 */
	__u8 parts;
	__u8 text[TEXT_PART_SIZE]; /* UTF-8 or any bytes, NUL-padded */
	__u32 crc;
};
ASSERT_RECORD(rec_text);

struct rec_task {
	RECORD_FRAME;
	__u64 start_ns; /* CLOCK_BOOTTIME; with tid it names a thread across reuse of ids */
	__u32 tid;
	__u32 tgid;
	__u8 comm[COMM_SIZE];
	__u8 reserved[12];
	__u32 crc;
};
ASSERT_RECORD(rec_task);

/* flags of a clock record */
#define CLOCK_SYNCED 0x01  /* the kernel holds REALTIME synchronised */
#define CLOCK_STEPPED 0x02 /* REALTIME was set since the clock record before this one */

/*
 * REALTIME and BOOTTIME are slewed together: but for steps their difference is the same for a whole
 * boot.  Written with each snapshot, and at once when a clock was set.
 */
struct rec_clock {
	RECORD_FRAME;
	__u64 realtime_ns;
	__u64 monotonic_ns;
	__u64 monotonic_raw_ns;
	__u32 max_error_us; /* as adjtimex(2) estimates it */
	__u8 reserved[4];
	__u64 before_ns; /* what REALTIME would be now without the step; 0 unless CLOCK_STEPPED */
	__u32 reserved2;
	__u32 crc;
};
ASSERT_RECORD(rec_clock);

struct rec_gap {
	RECORD_FRAME;
	__u8 cause; /* enum ledger_id */
	__u8 probe; /* 0: all */
	__u8 reserved[6];
	__u64 from_ns; /* the loss lies between these two times */
	__u64 to_ns;
	__u64 lost;  /* in this gap */
	__u64 total; /* of this cause since the session began, this gap included */
	__u32 reserved2;
	__u32 crc;
};
ASSERT_RECORD(rec_gap);

#define COUNTERS_PER_RECORD 4

/*
 * A probe's ledger takes several records of the same time_ns; columns that are 0 may be left out.  In
 * a snapshot it follows what else there is of the probe; that of the sinks is the snapshot's last.
 */
struct rec_counters {
	RECORD_FRAME;
	__u8 probe; /* 0: the sinks of the session */
	__u8 first; /* enum ledger_id of value[0] */
	__u8 reserved[6];
	__u64 value[COUNTERS_PER_RECORD];
	__u32 reserved2;
	__u32 crc;
};
ASSERT_RECORD(rec_counters);

/*
 * Histograms.  All records of one snapshot have the same time_ns; unchanged slices may be left out,
 * and the closing snapshot holds every slice that is not all zero.  Values are in nanoseconds.
 * shape: low nibble: H2 precision; high nibble: enum hist_scope, what `key` is.
 */
enum hist_scope {
	SCOPE_ALL = 0, /* key 0 */
	SCOPE_CPU = 1,
	SCOPE_TGID = 2,
	SCOPE_TID = 3,
	SCOPE_DEVICE = 4, /* DEVICE_KEY() */
	SCOPE_IDLE = 5,	  /* a CPU: its idle task */
};

/* A device's number, see rec_device, and a PASID of 20 bits (PCI Express 4.0, 6.20.2). */
#define DEVICE_KEY(device, pasid) ((__u32)(device) << 20 | (pasid))
#define DEVICE_OF_KEY(key) ((key) >> 20)
#define PASID_OF_KEY(key) ((key)&0xfffff)

#define HIST_FRAME                                                                                 \
	RECORD_FRAME;                                                                              \
	__u8 probe;                                                                                \
	__u8 shape

#define HIST_SHAPE(scope, precision) ((__u8)((scope) << 4 | (precision)))
#define HIST_SCOPE(shape) ((shape) >> 4)
#define HIST_PRECISION(shape) ((shape)&0x0f)

#define SLICE_BUCKETS 6

struct rec_slice {
	HIST_FRAME;
	__u16 first; /* bucket of count 0 */
	__u32 key;
	__u32 count_low[SLICE_BUCKETS];
	__u16 count_high[SLICE_BUCKETS]; /* bits 32..47 */
	__u32 crc;
};
ASSERT_RECORD(rec_slice);

struct rec_summary {
	HIST_FRAME;
	__u8 reserved[2];
	__u32 key;
	__u64 count;
	__u64 sum;
	__u64 squares_low; /* sum of squares, 128 bits */
	__u64 squares_high;
	__u32 slices; /* not all zero in this snapshot: tells whether any is missing */
	__u32 crc;
};
ASSERT_RECORD(rec_summary);

struct rec_range {
	HIST_FRAME;
	__u8 reserved[2];
	__u32 key;
	__u64 min; /* meaningless while the summary's count is 0 */
	__u64 max;
	__u8 reserved2[20];
	__u32 crc;
};
ASSERT_RECORD(rec_range);

#define DEVICE_NAME_SIZE 32

struct rec_device {
	RECORD_FRAME;
	__u32 device;		     /* its number in this session, from 1; below 4096 */
	__u8 name[DEVICE_NAME_SIZE]; /* NUL-padded, not always NUL-terminated */
	__u8 reserved[8];
	__u32 crc;
};
ASSERT_RECORD(rec_device);

#define SELF_BPF_STATS 0x01 /* flags of a self record: the kernel counted bpf_run_ns */

struct rec_self {
	RECORD_FRAME;
	__u64 cpu_ns;	  /* user and system time of the collector since it started */
	__u64 bpf_run_ns; /* time inside its BPF programs; 0 unless SELF_BPF_STATS */
	__u64 bpf_runs;
	__u32 rss_kib;
	__u32 peak_rss_kib;
	__u32 maps_kib;	  /* kernel memory of its maps */
	__u32 ring_bytes; /* waiting in the ring buffer right now */
	__u32 wakeups;	  /* times the loop woke up, low 32 bits */
	__u32 crc;
};
ASSERT_RECORD(rec_self);

#define USE_EXCEEDED 0x01 /* flags: more than the budget, with no event left to drop */
#define USE_SHED_ALL 0xff

/* Behind each self record. */
struct rec_use {
	RECORD_FRAME;
	__u32 ring_bytes;   /* size of the ring buffer for single events; 0: there is none */
	__u32 ring_peak;    /* the most that waited there, in bytes, since the record before */
	__u32 entries_used; /* of the map, among those that can be full, that is the fullest */
	__u32 entries_room;
	__u32 budget_ppm; /* of one CPU, in millionths; 0: there is none */
	__u32 used_ppm;	  /* the most in any window since the record before; with a budget only */
	__u32 window_ms;
	__u8 shed; /* of 2^shed single events one goes on; USE_SHED_ALL: none */
	__u8 reserved[15];
	__u32 crc;
};
ASSERT_RECORD(rec_use);

/* The frame and nothing else: what fills the rest of a page, which is never written again. */
struct rec_pad {
	RECORD_FRAME;
	__u64 synced_ns; /* when the sync before this one had been done; 0: this is the first */
	__u32 sync_ms; /* longest time between two; up to that much before a power cut may be lost */
	__u8 reserved[32];
	__u32 crc;
};
ASSERT_RECORD(rec_pad);

/* Behind the block that was heard, whose time_ns and latest data record's seq it has. */
struct rec_arrival {
	RECORD_FRAME;
	__u64 realtime_ns; /* the receiver's CLOCK_REALTIME when the block came */
	__u8 reserved[36];
	__u32 crc;
};
ASSERT_RECORD(rec_arrival);

#pragma GCC diagnostic pop

#endif
