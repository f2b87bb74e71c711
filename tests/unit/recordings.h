/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recordings.h - tests of whole files: golden recordings are changed and saved, and reports compared */
#ifndef TARSIER_TESTS_RECORDINGS_H
#define TARSIER_TESTS_RECORDINGS_H

#include "check.h"
#include "encode.h"
#include "options.h"

#define PATH_SIZE 64

struct bytes {
	unsigned char *at; /* to be freed */
	size_t length;
};

/* cmocka's set-up and tear-down of a group: a directory, and its removal with the files in it. */
int recordings_set_up(void **state);
int recordings_tear_down(void **state);

/* The path of a file in the directory. */
char *name_file(char path[PATH_SIZE], const char *name);
struct bytes load(const char *path);
/* To the directory. */
void save(const char *name, const void *bytes, size_t length);

/* With each @step-th golden recording, which may be changed, and with numbers from encode_random(). */
void for_each_golden(unsigned int step, __u64 random,
		     void (*check)(struct bytes *bytes, __u64 *random));

/* What a report of @path says with these options; to be freed. */
char *report_of(struct options options, char *path);

#endif
