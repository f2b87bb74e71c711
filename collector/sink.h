/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sink.h - where blocks go: a UDP socket, a file, standard output; several at once */
#ifndef TARSIER_SINK_H
#define TARSIER_SINK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

#define SINKS_MAX 8
#define SINK_DETAIL_SIZE 256

struct sink;

/* One kind of sink.  Functions return 0 or -errno. */
struct sink_kind {
	const char *prefix; /* of an output's name, as in udp://HOST:PORT */
	const char *help;
	enum ledger_id loss; /* where its losses are booked */
	/* Open @target, the name without the prefix.  On failure @detail says what to do. */
	int (*open)(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE]);
	/* Take one block whole, or fail. */
	int (*write)(struct sink *sink, const void *block, size_t size);
	/* Make what was written survive a power cut; NULL where that means nothing. */
	int (*sync)(struct sink *sink);
	int (*close)(struct sink *sink);
	/* Undo open: the recording does not begin.  NULL where close does. */
	int (*abandon)(struct sink *sink);
};

struct sink {
	const struct sink_kind *kind;
	const char *name; /* as the user gave it */
	int fd;
	int error;   /* of the last write, 0 when it worked: each change is told once */
	int refused; /* set by write: an error that came back for the block before this one */
	unsigned int last_records;	/* data records of that block */
	__u64 unsynced;			/* records written since the last sync */
	__u64 lost;			/* records */
	unsigned int block_records_max; /* what fits; 0: no limit of its own */
};

/*
 * A sink's write for descriptors that take any number of bytes.  A block that does not fit whole
 * counts as lost; the part that was written stays, and readers find the intact records in it.
 */
int sink_write_all(struct sink *sink, const void *block, size_t size);

extern const struct sink_kind sink_udp, sink_file, sink_stdout;

/* Whether there is a kind of sink for @name; if not, the user has been told. */
bool sinks_know(const char *name);
/* Open the output @name.  0, or -errno after having told the user. */
int sinks_open(const char *name);
/* The largest block, in records, that every sink takes. */
unsigned int sinks_block_records(void);
/* Write a block with @data_records to every sink; count what is lost. */
void sinks_write(const void *block, size_t size, unsigned int data_records);
void sinks_sync(void);
void sinks_close(void);
/* Close them before anything was written, and leave nothing behind. */
void sinks_abandon(void);
/* Records lost in column @loss (file_lost or send_lost), over all sinks. */
__u64 sinks_lost(enum ledger_id loss);
/* Whether the only sinks there are will never take a block again. */
bool sinks_all_gone(void);
/* The kinds there are, for --help: NULL-terminated. */
extern const struct sink_kind *const sink_kinds[];

#endif
