/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decoding.h - tests of what a decoder says: records are encoded, fed to it, and its text is searched */
#ifndef TARSIER_TESTS_DECODING_H
#define TARSIER_TESTS_DECODING_H

#include "check.h"
#include "decoder.h"
#include "encode.h"
#include "report.h"

extern struct options options;
extern struct decoder *decoder;
extern struct encoder encoder;
/* What was said until now. */
extern char *text;
extern size_t text_length;

/* A new decoder of these options, and an empty encoder: the end of a cmocka set-up. */
int decoding_open(void);
/* A cmocka tear-down: it fails where memory is not given back to the decoder's budget. */
int decoding_close(void **state);

/* As an input of its own: these bytes, or all that is encoded. */
void feed(const void *bytes, size_t length);
void feed_all(void);
/* The report is added to what was said.  Is it clean? */
bool add_report(void);

void says(const char *what);
void says_not(const char *what);

#endif
