/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare.h - what programs share that hold a recording against something else: reading it, and giving up */
#ifndef TARSIER_COMPARE_H
#define TARSIER_COMPARE_H

#include <stdio.h>
#include <stdlib.h>

#include "wire.h"

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

static inline FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		fail(path);
	return file;
}

/* Each record of a file, one after another. */
static inline void read_records(const char *path, void (*take)(const struct record *record))
{
	FILE *file = open_file(path);
	struct record record;

	while (fread(&record, sizeof(record), 1, file) == 1)
		take(&record);
	fclose(file);
}

#endif
