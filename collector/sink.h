/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink.h - where blocks go: a UDP socket, files, standard output; several at once
 *
 * Files keep what they are given; others that could not pass on a block at once come back for it
 * (find) as long as it is kept.
 */
#ifndef TARSIER_SINK_H
#define TARSIER_SINK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

#define SINKS_MAX 8
#define SINK_DETAIL_SIZE 256

struct sink;

struct block {
	const void *bytes;
	size_t size;
	unsigned int records; /* between header and trailer */
	__u64 number;	      /* blocks of the session before this one */
	__u64 first; /* data records of the session before this block; found ones: low 32 bits */
};

/* One option of an output: KIND:TARGET,NAME=VALUE,... */
struct sink_option {
	const char *name;
	const char *argument; /* what VALUE is */
	const char *help;
	/* 0, or -EINVAL for a value that does not fit. */
	int (*set)(struct sink *sink, const char *value);
};

/* One kind of sink.  Functions return 0 or -errno; from sync on they may be NULL. */
struct sink_kind {
	const char *prefix; /* of an output's name, as in udp://HOST:PORT */
	const char *help;
	const struct sink_option *options; /* ends with a NULL name; NULL: it has none */
	enum ledger_id loss;		   /* where its losses are booked */
	/*
	 * Whether @target, the name without prefix and options, can be one, found out without opening
	 * or asking anything; NULL: whatever it is.  0, or -EINVAL with @detail saying what is wrong.
	 */
	int (*check)(const char *target, char detail[SINK_DETAIL_SIZE]);
	/* Open @target.  On failure @detail says what to do. */
	int (*open)(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE]);
	/*
	 * Take one block whole, or fail.  @kept: a file has it.  What is lost, of this block and of
	 * those before, is added to sink->lost.
	 */
	int (*write)(struct sink *sink, const struct block *block, bool kept);
	int (*close)(struct sink *sink);
	/* Undo open: the recording does not begin.  NULL where close does. */
	int (*abandon)(struct sink *sink);

	/* Make what was written survive a power cut. */
	int (*sync)(struct sink *sink);
	/*
	 * The block of this session that has this number, valid until the next call.  -ENOENT: there
	 * is none; -ESTALE: nor is there an older one.
	 */
	int (*find)(struct sink *sink, __u64 number, struct block *block);
	/* Wait in the loop for what concerns it. */
	int (*watch)(struct sink *sink);
	/* Before the last snapshot: pass on what waits as far as that takes no time. */
	void (*finish)(struct sink *sink);
};

struct sink {
	const struct sink_kind *kind;
	const char *name; /* as the user gave it */
	void *own;	  /* the kind's, from the first option on */
	int fd;		  /* of what is open; -1 */
	int error;	  /* of the last write, 0 when it worked: each change is told once */
	__u64 lost;	  /* records */
	__u64 waiting;	  /* records not passed on yet that a file keeps */
	unsigned int block_records_max; /* what fits; 0: no limit of its own */
};

extern const struct sink_kind sink_udp, sink_file, sink_stdout;

/* The kinds there are, for --help: NULL-terminated. */
extern const struct sink_kind *const sink_kinds[];

/* The kind of the output @name; NULL: there is none. */
const struct sink_kind *sink_kind_of(const char *name);
/*
 * Take the options off the end of @name, which are given to @sink, and its kind off the beginning:
 * @target is what is left.  0, or -EINVAL after @detail was filled in.
 */
int sink_parse(struct sink *sink, const char *name, char *target, size_t size,
	       char detail[SINK_DETAIL_SIZE]);
/* What @name asks for can be a sink; if not, the user has been told.  Nothing is opened or asked. */
bool sinks_know(const char *name);

/* How long file output may stay off the medium; before anything is opened. */
void sinks_set_sync(__u64 sync_ms);
__u64 sinks_sync_ms(void);

/* Open the output @name, files first.  0, or -errno after having told the user. */
int sinks_open(const char *name);
/* Whether files keep what others could not pass on. */
bool sinks_keep(void);
/* Once the loop is there.  0 or -errno. */
int sinks_watch(void);
/* The largest block, in records, that every sink takes. */
unsigned int sinks_block_records(void);
/* Whether somebody may be waiting for each block: not, where all goes to files. */
bool sinks_are_live(void);
/* A file was begun, which is to tell who recorded it. */
bool sinks_want_announcement(void);
/* For kinds: ask for that. */
void sinks_ask_announcement(void);

void sinks_write(const struct block *block);
/* For kinds: say that the sink works no more (@err), or again (0); nothing where that was said. */
void sink_note(struct sink *sink, int err, bool kept);
/* The kept block of that number, in any file: as a kind's find(). */
int sinks_find(__u64 number, struct block *block);
void sinks_sync(void);
void sinks_finish(void);
void sinks_close(void);
/* Close them before anything was written, and leave nothing behind. */
void sinks_abandon(void);

/* Records in column @id (file_lost, send_lost or send_waiting), over all sinks. */
__u64 sinks_count(enum ledger_id id);
/* Whether the only sinks there are will never take a block again. */
bool sinks_all_gone(void);

/* "64k", "16m", "1g", or bytes: 0 or -EINVAL. */
int parse_size(const char *text, __u64 least, __u64 most, __u64 *size);

#endif
