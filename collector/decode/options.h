/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the command line */
#ifndef TARSIER_DECODE_OPTIONS_H
#define TARSIER_DECODE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

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
	const char *listen; /* [HOST:]PORT; NULL: read the inputs */
	const char *save;
	const char *keys;  /* file of keys; NULL: tags are not checked */
	const char *state; /* file of what was received before; NULL: beside the keys */
	bool until_closed;
	__u32 timeout_s; /* 0: none */
	__u64 rows;	 /* of events, and histograms at a time; ~0: all */
	const struct unit *unit;
	enum bucket_style buckets;
	unsigned int probe; /* the only one shown; 0: all */
	__u64 interval_ns;  /* of the steps shown besides the totals; 0: no steps */
	bool verbose;
	char **inputs;
	int input_count;
	size_t memory_max; /* for what grows with the input */
};

/* What holds before any option is read. */
struct options options_default(void);

/*
 * Fill in @options.  True: go on.  False: the user has been told all there is to tell, end with
 * *@status.
 */
bool options_parse(int argc, char **argv, struct options *options, int *status);

#endif
