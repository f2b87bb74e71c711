/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the command line */
#ifndef TARSIER_DECODE_OPTIONS_H
#define TARSIER_DECODE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "command.h"
#include "selection.h"
#include "text.h"

#ifndef TARSIER_VERSION
#define TARSIER_VERSION "unversioned"
#endif

#define PROGRAM "tarsier-decode"

enum bucket_style {
	BUCKETS_LOG2,
	BUCKETS_H2,
};

struct options {
	enum command_id command;
	const char *listen; /* [HOST:]PORT; NULL: read the inputs */
	const char *save;
	const char *http; /* [HOST:]PORT of the metrics; NULL: none */
	const char *user; /* to become where root begins; NULL: who it is depends */
	const char *dir;  /* of the store; NULL: none */
	__u64 dir_size;
	const char *keys;  /* file of keys; NULL: tags are not checked */
	const char *state; /* file of what was received before; NULL: beside the keys */
	bool until_closed;
	bool plain;	 /* no live view, even on a terminal */
	bool live;	 /* there is one */
	__u32 timeout_s; /* 0: none */
	__u64 rows;	 /* of events, and histograms at a time; ~0: all */
	const struct unit *unit;
	enum bucket_style buckets;
	unsigned int probe;		   /* the only one shown; 0: all */
	__u64 interval_ns;		   /* of the steps shown besides the totals; 0: no steps */
	const struct format_entry *format; /* NULL: text */
	const char *table;  /* the only one of CSV; NULL: all, or the most useful one */
	const char *output; /* file or directory to make; NULL: standard output */
	bool verbose;
	char **inputs;
	int input_count;
	struct selection selection;
	unsigned int jobs; /* threads that decode */
	size_t part_size;  /* of what each of them takes at a time */
	size_t memory_max; /* for what grows with the input */
	bool memory_given; /* by the user */
};

/* Are there steps, be they of an interval or what --since and --until cut out? */
static inline bool options_have_steps(const struct options *options)
{
	return options->interval_ns ||
	       (selection_has_range(&options->selection) && options->command != COMMAND_events);
}

/* What holds before any option is read. */
struct options options_default(void);

/*
 * Fill in @options with what is behind the name of @command, argv[0].  True: go on.  False: the user has been told all there is to tell, end with
 * *@status.
 */
bool options_parse(enum command_id command, int argc, char **argv, struct options *options,
		   int *status);

#endif
