/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - what is known, in words that every format understands
 *
 * Between the views and the formats: views tell rows of tables, distributions and single events, and
 * know no format; formats write these, and know no probe.  Numbers are exact and without a unit of
 * the user's: times are nanoseconds, CLOCK_BOOTTIME where they name a moment.  Bytes come from outside
 * and may be anything: each format escapes them by its own rules.
 *
 * A format is a file in formats/ that ends in a struct format named format_<name>, and a line in
 * FORMATS.
 */
#ifndef TARSIER_DECODE_WRITER_H
#define TARSIER_DECODE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "histogram.h"

struct decoder;
struct options;
struct session;

/* X(name, one line), in the order in which they are listed */
#define FORMATS(X)                                                                                 \
	X(json, "one JSON document")                                                               \
	X(jsonl, "JSON Lines: an object a line, as it comes")                                      \
	X(csv, "RFC 4180: a directory of tables, or one of them")                                  \
	X(openmetrics, "OpenMetrics 1.0, dated, for promtool to load")                             \
	X(prometheus, "text format of Prometheus, as a textfile collector reads it")               \
	X(influx, "line protocol of InfluxDB")                                                     \
	X(chrome, "trace of events, for ui.perfetto.dev and chrome://tracing")                     \
	X(hgrm, "percentiles, for HdrHistogram's plotters: a directory, or one of them")           \
	X(gnuplot, "script with its data")                                                         \
	X(svg, "pictures: a directory of them, or one")                                            \
	X(html, "one page with everything, that needs nothing else")                               \
	X(ctf, "events in Common Trace Format 1.8, for babeltrace2: a directory")

enum cell_kind {
	CELL_COUNT,    /* how many */
	CELL_ID,       /* a number that names something, a CPU or a thread */
	CELL_DURATION, /* ns */
	CELL_TIME,     /* a moment, ns of CLOCK_BOOTTIME; the session's clock dates it */
	CELL_BYTES,    /* how much memory */
	CELL_REAL,
	CELL_FLAG,
	CELL_TEXT,
	CELL_ESCAPED, /* text of text_escape() already: harmless on a terminal, not in a format */
};

/* A duration's name ends without a unit; a format adds it as is its custom. */
struct column {
	const char *name; /* lower case, words joined by _ */
	enum cell_kind kind;
	bool is_label; /* says what the row is about; others say what was found of it */
	const char *help;
};

struct cell {
	bool known; /* false: nothing is known, the value means nothing */
	union {
		__u64 number; /* a flag is 0 or 1 */
		long double real;
		struct {
			const void *bytes;
			size_t length; /* at most: it ends at a NUL before */
		} text;
	};
};

/* What all rows of a table have in common. */
struct table_kind {
	const char *name; /* what its rows are, in the plural */
	const char *summary;
	const struct column *column;
	unsigned int columns;
	unsigned int probe; /* whose it is; 0: the session's, or the input's */
	bool is_of_input;   /* of the whole input: there is no session */
	bool is_of_steps;   /* each row has a time of its own */
};

#define TABLE_COLUMNS_MAX 24

/* A row of the report.  Figures are those of from_ns to to_ns. */
struct row {
	const struct table_kind *kind;
	const struct cell *cell; /* kind->columns of them */
	__u64 from_ns;
	__u64 to_ns;
	bool is_step; /* of --interval; false: of the whole recording */
};

/* What a histogram may be about; the label columns of each are in scope_kinds. */
struct distribution {
	unsigned int probe;
	unsigned int scope; /* enum hist_scope; greater: a newer collector's */
	const struct table_kind *kind;
	const struct cell *label; /* kind->columns of them */
	const struct histogram *buckets;
	const struct moments *moments; /* count 0: not known */
	__u64 missing;		       /* counts that were made, and whose buckets are not here */
	__u64 from_ns;
	__u64 to_ns;
	bool is_step;
};

/* Something that happened, with a row of its own. */
struct event {
	const struct table_kind *kind;
	const struct cell *cell;
	__u64 time_ns;	   /* when it ended */
	__u64 duration_ns; /* 0: a moment */
	const char *what;  /* it is called on a time line */
	__u32 cpu;	   /* EVENT_NO_CPU: of none */
	__u32 tid;
	__u32 tgid; /* 0: not known */
	const void *comm;
};

#define EVENT_NO_CPU (~0u)

struct writer;

enum format_makes {
	MAKES_FILE,
	MAKES_DIRECTORY,
	/* A directory with all there is, or, to standard output or a name with its suffix, a part of it. */
	MAKES_EITHER,
};

struct format {
	const char *suffix; /* of a file in it, with the dot */
	enum format_makes makes;
	unsigned int takes; /* WRITES_... */
	unsigned int needs; /* of these what it gets without being asked for */
	__u64 interval_ns;  /* of the steps that it gets where none are asked for */
	size_t size;	    /* of its own state, zeroed */
	/* Each may be NULL.  Events and rows and distributions of steps come first, as they are read. */
	bool (*begin)(struct writer *writer); /* false: told the user */
	void (*event)(struct writer *writer, const struct session *session,
		      const struct event *event);
	/* The report of one session: its rows and distributions between these two. */
	void (*session)(struct writer *writer, const struct session *session);
	void (*row)(struct writer *writer, const struct session *session, const struct row *row);
	void (*distribution)(struct writer *writer, const struct session *session,
			     const struct distribution *distribution);
	void (*session_end)(struct writer *writer, const struct session *session);
	/* Rows of the input, without a session, come after the sessions; then it ends. */
	void (*end)(struct writer *writer, bool clean);
	/* Give back what it has; called once, also after a begin() that failed. */
	void (*close)(struct writer *writer);
};

#define WRITES_REPORT 0x1
#define WRITES_EVENTS 0x2

struct writer {
	const struct format *format;
	const char *name; /* of the format */
	const struct options *options;
	FILE *out;	    /* NULL: a directory */
	bool is_lent;	    /* @out is somebody else's */
	const char *path;   /* what the user called it; NULL: standard output */
	unsigned int wants; /* WRITES_...: of what the format takes, what was asked for */
	bool failed;	    /* told the user */
	void *state;
};

struct format_entry {
	const char *name;
	const char *summary;
	const struct format *format;
};

/* Ends with a name that is NULL. */
extern const struct format_entry format_entries[];

/* NULL: there is no such format. */
const struct format_entry *format_find(const char *name);

/*
 * A writer of what @wants of @entry to @path, "-" or NULL for standard output; a file that exists is not overwritten.
 * NULL after having told the user.
 */
struct writer *writer_open(const struct format_entry *entry, unsigned int wants, const char *path,
			   const struct options *options);
/* The same to @out, which remains the caller's: of a format that can be one file. */
struct writer *writer_open_stream(const struct format_entry *entry, unsigned int wants, FILE *out,
				  const struct options *options);
/* Is it worth telling single events? */
bool writer_wants_events(const struct writer *writer);
void writer_event(struct writer *writer, const struct session *session, const struct event *event);
void writer_session(struct writer *writer, const struct session *session);
void writer_row(struct writer *writer, const struct session *session, const struct row *row);
void writer_distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution);
void writer_session_end(struct writer *writer, const struct session *session);
void writer_end(struct writer *writer, bool clean);
/* False: something could not be written; the user was told. */
bool writer_close(struct writer *writer);

/*
 * For formats
 */

/* Tell the user, once. */
void writer_fail(struct writer *writer, const char *why);
void writer_lacks_memory(struct writer *writer);
/* Ends an open_memstream(); false after having told the user: *@text is NULL. */
bool writer_text_end(struct writer *writer, FILE *out, char **text);
/* A new file in the directory; NULL after having told the user. */
FILE *writer_file_open(struct writer *writer, const char *name);
void writer_file_close(struct writer *writer, FILE *file);
/* A new directory in it; false after having told the user. */
bool writer_folder_make(struct writer *writer, const char *name);

/*
 * Cells
 */

static inline struct cell cell_unknown(void)
{
	return (struct cell) { .known = false };
}

static inline struct cell cell_number(__u64 number)
{
	return (struct cell) { .known = true, .number = number };
}

static inline struct cell cell_real(bool known, long double real)
{
	return (struct cell) { .known = known, .real = real };
}

/* @bytes NULL: unknown */
static inline struct cell cell_text(const void *bytes, size_t length)
{
	return (struct cell) { .known = bytes, .text = { bytes, length } };
}

struct cell cell_string(const char *string);

#endif
