/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - all that is known of one run of the collector on one board
 *
 * Takes the session's records as they come, counts them by sequence number, keeps what serves every
 * view (clock, names, texts, ledger) and hands the rest to the views, each record once.
 */
#ifndef TARSIER_DECODE_SESSION_H
#define TARSIER_DECODE_SESSION_H

#include "boots.h"
#include "devices.h"
#include "kept.h"
#include "keyring.h"
#include "ledger.h"
#include "options.h"
#include "owncost.h"
#include "seqset.h"
#include "steps.h"
#include "table.h"
#include "tally.h"
#include "tasks.h"
#include "texts.h"
#include "writer.h"

/* What all sessions share. */
struct shared {
	const struct options *options;
	struct keyring *ring; /* NULL: tags are not checked */
	struct budget budget;
	struct boots boots;
	struct table table; /* where views print rows as they come */
	struct kept kept;
	struct writer *writer; /* instead of all text; NULL: text */
	/* Read all inputs for what tells the time, once; NULL: it was done, or cannot be. */
	void (*find_dates)(struct shared *shared);
	__u64 arrival_ns;	 /* when the datagram came that is being read; 0: not listening */
	struct rec_arrival news; /* an arrival worth being saved; type 0: none */
	__u8 probe_of_event[256];
	__u64 unknown[256];  /* records of kinds not known here, by type */
	__u64 unknown_probe; /* histogram records of probes not known here */
	bool is_part;	     /* what is read is a part of an input */
	__u64 homeless;	     /* records of a session or view for which there was no memory */
};

void shared_init(struct shared *shared, const struct options *options, FILE *out);

/* The block that is being read: is it whole? */
struct block_watch {
	bool open;	/* its header was here, its trailer not yet */
	__u32 next_seq; /* what its trailer must say */
	__u64 endless;	/* blocks without their trailer */
};

#define CLOCK_SETS_LISTED 8

/* The times that a board's wall clock was set. */
struct clock_sets {
	__u64 count;
	struct {
		__u64 boot_ns;
		__u64 from_ns;
		__u64 to_ns;
	} listed[CLOCK_SETS_LISTED]; /* the first ones */
};

/* A part of an input may begin with names that the end of the part before waits for. */
#define LEADING_MAX 16

struct leading {
	unsigned int count;
	bool over; /* something else has come */
	struct rec_task task[LEADING_MAX];
};

struct session {
	struct shared *shared;
	struct session *same_salt; /* the next one with this salt */
	unsigned int number;	   /* from 1, in order of appearance */
	__u16 salt;
	bool named; /* a header was heard: id and board are known */
	bool closed;
	bool monotonic;
	bool in_table; /* rows of it were printed under its name */
	__u8 major;
	__u8 minor;
	__u8 id[16];
	__u64 board_id;
	__u8 slots;    /* of keys that blocks have tags by, a bit each; bit 0: without a tag */
	__u64 records; /* intact ones, headers and trailers included */
	__u64 first_ns;
	__u64 last_ns;
	__u64 heard_ns; /* when its latest block came, by the receiver's clock; 0: from a file */
	struct seqset data;
	struct seqset blocks;
	struct block_watch block;
	struct clock *clock; /* the boot's, or its own as long as the boot is unknown */
	struct clock own_clock;
	struct clock_sets clock_sets;
	__u64 arrival_distance_ns; /* REALTIME of the receiver less BOOTTIME, as last saved; 0: never */
	struct rec_session about; /* type 0: not heard */
	struct owncost owncost;
	struct rec_pad pad; /* the latest; type 0: none, it did not come from a file */
	struct texts texts;
	struct tasks *tasks;
	struct devices *devices;
	struct ledger ledger;
	void *view_state[PROBE_ID_MAX + 1];
	struct tally *tally;	 /* NULL: not asked for */
	struct steps *steps;	 /* NULL: none are asked for */
	struct leading *leading; /* NULL: it is not a part that is read, but all */
	__u32 held;		 /* probes whose views wait for what follows, a bit each */
};

/* A session of which only the salt is known; NULL: no memory. */
struct session *session_open(struct shared *shared, unsigned int number, __u16 salt);
void session_close(struct session *session);

void session_take(struct session *session, const struct record *record);
/* A whole block, from its header to as many records as that says, all of this session. */
void session_take_block(struct session *session, const struct record *records, unsigned int count);
/* Of @record only what tells the time. */
void session_date(struct session *session, const struct record *record);

/* The record that says when the block of @header came; to be placed behind it. */
void session_arrival(struct rec_arrival *arrival, const struct rec_header *header,
		     __u64 arrival_ns);

/* What dates its times: for what is printed while the input is read, too. */
const struct clock *session_clock(const struct session *session);

/* The input pauses or ends: nothing that was held back waits any longer. */
void session_settle(struct session *session);

/* For merge.h: what waits for names gets those that @after, the next part, began with. */
void session_take_leading(struct session *session, const struct session *after);
/* For merge.h: @after has told more of the clock, or of the boot, unless it was another one. */
bool session_can_adopt_clock(const struct session *session, const struct session *after);
void session_adopt_clock(struct session *session, const struct session *after);

/* For views: call settle() of @probe once the task records that follow have been read. */
void session_hold(struct session *session, enum probe_id probe);

/* The name of a thread at a time; NULL: unknown. */
const __u8 *session_task(const struct session *session, __u32 tid, __u64 time_ns);
/* The same of the thread that began at @start_ns. */
const __u8 *session_task_named(const struct session *session, __u32 tid, __u64 start_ns);

/* A device's name for a writer; unknown where it is not known. */
struct cell session_device_cell(const struct session *session, __u32 device);

/* Print a device's name, or its number, padded to @width columns. */
void session_print_device(const struct session *session, __u32 device, unsigned int width,
			  FILE *out);

/* The first time known: the session record tells it even where the first blocks are missing. */
__u64 session_started_ns(const struct session *session);

/* What --since and --until mean on its clock: 0 and ~0 where they were not given. */
__u64 session_since_ns(const struct session *session);
__u64 session_until_ns(const struct session *session);
bool session_is_in_range(const struct session *session, __u64 time_ns);

/* Its format is newer than what is understood here: records are only counted. */
bool session_is_unsupported(const struct session *session);

/* What it lost, by who lost it. */
struct session_losses {
	__u64 network; /* blocks that the board sent and are not here */
	__u64 events;  /* by its probes */
	__u64 sinks;   /* records on their way off the board */
};
struct session_losses session_losses(const struct session *session);

/* Blocks whose trailer is not there, the one that is open included. */
__u64 session_endless_blocks(const struct session *session);

/* Print "board", its name or number. */
void session_print_board(const struct session *session, FILE *out);

#endif
