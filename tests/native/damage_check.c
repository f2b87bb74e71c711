// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * damage_check - a real recording cut and damaged everywhere: exactly the intact records come back
 *
 * usage: damage_check FILE	a clean recording of at least 64 KiB; prints TAP
 *
 * The file is cut at each byte of its first 64 KiB, and one bit is turned in each byte of its first
 * 16 KiB; what the reader returns is compared byte by byte with what is intact.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

#define CUT_SPAN (64 * 1024)
#define FLIP_SPAN (16 * 1024)
#define NO_RECORD (~0u)

/* What the reader is expected to return: all records of the input but one. */
struct expectation {
	const unsigned char *original;
	unsigned int next;
	unsigned int left_out;
	unsigned int wrong;
};

static void on_record(void *context, const struct record *record, __u64 offset)
{
	struct expectation *expected = context;

	if (expected->next == expected->left_out)
		expected->next++;
	if (offset != expected->next * (__u64)RECORD_SIZE ||
	    memcmp(record, expected->original + offset, RECORD_SIZE) != 0)
		expected->wrong++;
	expected->next++;
}

static void on_damage(void *context, const struct damage *damage)
{
	(void)context;
	(void)damage;
}

static const struct reader_ops ops = { .record = on_record, .damage = on_damage };

/* Whether reading @size of @input gives all whole records of @original but @left_out. */
static bool reads_as(const unsigned char *input, size_t size, const unsigned char *original,
		     unsigned int left_out)
{
	struct expectation expected = { .original = original, .left_out = left_out };
	static struct reader reader;

	reader_init(&reader, &ops, &expected);
	reader_feed(&reader, input, size);
	reader_end(&reader);
	if (expected.next == left_out)
		expected.next++;
	return !expected.wrong && expected.next == size / RECORD_SIZE;
}

static unsigned int count_bad_cuts(const unsigned char *recording)
{
	unsigned int bad = 0;

	for (size_t size = 0; size <= CUT_SPAN; size++)
		bad += !reads_as(recording, size, recording, NO_RECORD);
	return bad;
}

static unsigned int count_bad_flips(const unsigned char *recording)
{
	static unsigned char damaged[FLIP_SPAN];
	unsigned int bad = 0;

	memcpy(damaged, recording, FLIP_SPAN);
	for (unsigned int at = 0; at < FLIP_SPAN; at++) {
		damaged[at] ^= (unsigned char)(1u << at % 8);
		bad += !reads_as(damaged, FLIP_SPAN, recording, at / RECORD_SIZE);
		damaged[at] = recording[at];
	}
	return bad;
}

static void report(unsigned int number, unsigned int bad, const char *what)
{
	printf("%sok %u - %s\n", bad ? "not " : "", number, what);
	if (bad)
		printf("# %u times not exactly the intact records\n", bad);
}

int main(int argc, char **argv)
{
	static unsigned char recording[CUT_SPAN];
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;

	if (!file || fread(recording, sizeof(recording), 1, file) != 1) {
		fprintf(stderr, "damage_check: want a recording of at least %d bytes\n", CUT_SPAN);
		return 2;
	}
	fclose(file);
	puts("1..2");
	report(1, count_bad_cuts(recording), "cut at every byte of 64 KiB");
	report(2, count_bad_flips(recording), "one bit turned in each byte of 16 KiB");
	return 0;
}
