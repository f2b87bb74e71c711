/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_rows.h - the options: which commands take them, what they mean, what fits */
#ifndef TARSIER_DECODE_OPTION_ROWS_H
#define TARSIER_DECODE_OPTION_ROWS_H

#include "options.h"

/* Everything that is said about an option stands in its row: parser, help, manual and completion read it. */
struct option_row {
	unsigned int in;  /* the commands that take it, a bit each by id */
	const char *name; /* without the dashes */
	char letter;
	const char *argument;  /* what the help calls it, "A|B" a choice; NULL: takes none */
	const char *otherwise; /* what holds without it; NULL: nothing to say */
	const char *help;
	/* False: @value does not fit.  NULL: the parser itself knows what to do. */
	bool (*set)(struct options *options, const char *value);
};

/* Ends with a row without a name. */
extern const struct option_row option_rows[];

/* --rows: all, and not given */
#define OPTION_ROWS_ALL (~0ULL)
#define OPTION_ROWS_UNSET (OPTION_ROWS_ALL - 1)

#endif
