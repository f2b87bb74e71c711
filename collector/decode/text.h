/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - what came from outside, made fit to be printed: strings, times, numbers with a unit */
#ifndef TARSIER_DECODE_TEXT_H
#define TARSIER_DECODE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

#define NS_PER_SEC 1000000000ULL
#define NS_PER_DAY (24 * 60 * 60 * NS_PER_SEC)
#define NS_PER_US 1000ULL

struct unit {
	const char *name;   /* as the option and the tables spell it */
	const char *plural; /* as bcc spells it above a histogram */
	__u64 ns;
	int decimals; /* down to a nanosecond */
};

/* NULL: there is no such unit. */
const struct unit *unit_find(const char *name);

/* What text_escape() writes at most for @len bytes. */
#define TEXT_ESCAPED(len) (4 * (len) + 1)

/*
 * Write the @len bytes at @from, or those up to a NUL, to @to (TEXT_ESCAPED(@len) bytes): printable
 * UTF-8 stays; control characters, quotes, backslashes, what reorders a line, and what is not UTF-8
 * become \xNN.  Returns the end, a NUL.
 */
char *text_escape(char *to, const void *from, size_t len);
/* Are all @len bytes ASCII that text_escape() leaves as it is? */
bool text_is_plain(const void *text, size_t len);
/* How many columns a terminal needs for what text_escape() wrote. */
unsigned int text_columns(const char *escaped);

/* Print the escaped bytes, padded to @width columns. */
void text_print(FILE *out, const void *bytes, size_t len, unsigned int width);
void text_print_string(FILE *out, const char *string);

/*
 * The same bytes as well-formed UTF-8, to @to, TEXT_UTF8(@len) bytes: what is not becomes U+FFFD.  For
 * formats with an escaping of their own; returns @to.
 */
#define TEXT_UTF8(len) (3 * (len) + 1)
const char *text_utf8(char *to, const void *from, size_t len);

/* A number of nanoseconds, exact, in @unit. */
#define TEXT_NUMBER 32
const char *text_ns(char to[TEXT_NUMBER], __u64 ns, const struct unit *unit);

/* "2025-01-31 12:34:56.123456 UTC", and only the time of the day. */
#define TEXT_TIME 48
const char *text_date(char to[TEXT_TIME], __u64 realtime_ns);
const char *text_time_of_day(char to[TEXT_TIME], __u64 realtime_ns);
#define TEXT_TIME_OF_DAY_LENGTH 15
/* "2025-01-31T12:34:56.123456789Z" */
#define TEXT_RFC3339_LENGTH 30
const char *text_rfc3339(char to[TEXT_TIME], __u64 realtime_ns);
/* "123.456789 s" */
const char *text_seconds(char to[TEXT_TIME], __u64 ns);

/* The last @count digits of @number, and no NUL; returns the end. */
char *text_digits(char *to, __u64 number, unsigned int count);

/* "s" unless @number is 1 */
const char *text_plural(__u64 number);

#endif
