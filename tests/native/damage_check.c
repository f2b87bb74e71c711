// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * damage_check - a real recording cut and damaged everywhere: exactly the intact records come back
 *
 * usage: damage_check FILE OLDER	clean recordings of two sessions, each of at least 64 KiB of whole
 *					pages; prints TAP
 *
 * FILE is cut at each byte of its first 64 KiB, one bit is turned in each byte of its first 16 KiB, and
 * each of its sectors is overwritten; what the reader returns is compared byte by byte with what is
 * intact.  A sector of OLDER is intact, too, but of its own session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"

#define SPAN (64 * 1024)
#define FLIP_SPAN (16 * 1024)
#define SECTOR 512
#define RECORDS_PER_SECTOR (SECTOR / RECORD_SIZE)
#define NO_RECORD (~0u)

/* What the reader is expected to return: all records of the input but some that follow each other. */
struct expectation {
	const unsigned char *input;
	unsigned int next;
	unsigned int gone; /* the first of them */
	unsigned int gone_count;
	unsigned int wrong;
};

static void pass_gone(struct expectation *expected)
{
	if (expected->next == expected->gone)
		expected->next += expected->gone_count;
}

static void on_record(void *context, const struct record *record, __u64 offset)
{
	struct expectation *expected = context;

	pass_gone(expected);
	if (offset != expected->next * (__u64)RECORD_SIZE ||
	    memcmp(record, expected->input + offset, RECORD_SIZE) != 0)
		expected->wrong++;
	expected->next++;
}

static void on_damage(void *context, const struct damage *damage)
{
	(void)context;
	(void)damage;
}

static const struct reader_ops ops = { .record = on_record, .damage = on_damage };

/* Whether reading @size of @input gives all its whole records but @count from @gone on. */
static bool reads_as(const unsigned char *input, size_t size, unsigned int gone, unsigned int count)
{
	struct expectation expected = { .input = input, .gone = gone, .gone_count = count };
	static struct reader reader;

	reader_init(&reader, &ops, &expected);
	reader_feed(&reader, input, size);
	reader_end(&reader);
	pass_gone(&expected);
	return !expected.wrong && expected.next == size / RECORD_SIZE;
}

static unsigned int count_bad_cuts(const unsigned char *recording)
{
	unsigned int bad = 0;

	for (size_t size = 0; size <= SPAN; size++)
		bad += !reads_as(recording, size, NO_RECORD, 0);
	return bad;
}

static unsigned int count_bad_flips(const unsigned char *recording)
{
	static unsigned char damaged[FLIP_SPAN];
	unsigned int bad = 0;

	memcpy(damaged, recording, FLIP_SPAN);
	for (unsigned int at = 0; at < FLIP_SPAN; at++) {
		damaged[at] ^= (unsigned char)(1u << at % 8);
		bad += !reads_as(damaged, FLIP_SPAN, at / RECORD_SIZE, 1);
		damaged[at] = recording[at];
	}
	return bad;
}

/* Each sector in turn becomes what @fill makes of it. */
static unsigned int count_bad_sectors(const unsigned char *recording, void (*fill)(unsigned char *))
{
	static unsigned char damaged[SPAN];
	unsigned int bad = 0;

	memcpy(damaged, recording, SPAN);
	for (unsigned int at = 0; at < SPAN; at += SECTOR) {
		fill(damaged + at);
		bad += !reads_as(damaged, SPAN, at / RECORD_SIZE, RECORDS_PER_SECTOR);
		memcpy(damaged + at, recording + at, SECTOR);
	}
	return bad;
}

static void fill_zeros(unsigned char *sector)
{
	memset(sector, 0, SECTOR);
}

static void fill_erased(unsigned char *sector)
{
	memset(sector, 0xff, SECTOR);
}

static void fill_noise(unsigned char *sector)
{
	for (unsigned int i = 0; i < SECTOR; i++)
		sector[i] = (unsigned char)(rand() >> 7);
}

/* The records of the session of @salt. */
static __u64 records_of(const struct decoder *decoder, __u16 salt)
{
	__u64 records = 0;

	for (unsigned int i = 0; i < decoder->sessions.count; i++)
		if (decoder->sessions.session[i]->salt == salt)
			records += decoder->sessions.session[i]->records;
	return records;
}

/* A whole decoder: @older records are of @salt, and all others of the recording's own session. */
static bool decodes_as(const unsigned char *input, __u16 own_salt, __u16 older_salt, __u64 older)
{
	struct options options = options_default();
	FILE *nowhere = fopen("/dev/null", "w");
	struct decoder *decoder = nowhere ? decoder_open(&options, nowhere) : NULL;
	bool good;

	if (!decoder)
		return false;
	decoder_begin(decoder, "input", 0);
	reader_feed(&decoder->reader, input, SPAN);
	decoder_end(decoder);
	good = records_of(decoder, own_salt) == SPAN / RECORD_SIZE - older &&
	       records_of(decoder, older_salt) == older && !decoder->damages;
	sessions_release(&decoder->sessions);
	decoder_close(decoder);
	fclose(nowhere);
	return good;
}

/*
 * A sector that never reached the medium shows what was there before: records of an older session,
 * which are intact, and are of that session.
 */
static unsigned int count_bad_older(const unsigned char *recording, const unsigned char *older)
{
	static unsigned char mixed[SPAN] __attribute__((aligned(8)));
	const struct record *own = (const void *)recording, *other = (const void *)older;
	unsigned int bad = 0;

	memcpy(mixed, recording, SPAN);
	for (unsigned int at = 0; at < SPAN; at += SECTOR) {
		memcpy(mixed + at, older + at, SECTOR);
		bad += !reads_as(mixed, SPAN, NO_RECORD, 0);
		bad += !decodes_as(mixed, own->salt, other->salt, RECORDS_PER_SECTOR);
		memcpy(mixed + at, recording + at, SECTOR);
	}
	return bad;
}

static void report(unsigned int number, unsigned int bad, const char *what)
{
	printf("%sok %u - %s\n", bad ? "not " : "", number, what);
	if (bad)
		printf("# %u times not exactly the intact records\n", bad);
}

static bool read_span(const char *path, unsigned char bytes[SPAN])
{
	FILE *file = fopen(path, "rb");
	bool whole = file && fread(bytes, SPAN, 1, file) == 1;

	if (file)
		fclose(file);
	return whole;
}

int main(int argc, char **argv)
{
	static unsigned char recording[SPAN] __attribute__((aligned(8)));
	static unsigned char older[SPAN] __attribute__((aligned(8)));

	if (argc != 3 || !read_span(argv[1], recording) || !read_span(argv[2], older)) {
		fprintf(stderr, "damage_check: want two recordings of at least %d bytes\n", SPAN);
		return 2;
	}
	puts("1..6");
	report(1, count_bad_cuts(recording), "cut at every byte of 64 KiB");
	report(2, count_bad_flips(recording), "one bit turned in each byte of 16 KiB");
	report(3, count_bad_sectors(recording, fill_zeros), "each sector all 0x00");
	report(4, count_bad_sectors(recording, fill_erased), "each sector all 0xff");
	report(5, count_bad_sectors(recording, fill_noise), "each sector noise");
	report(6, count_bad_older(recording, older),
	       "each sector one of an older session, and shown as that");
	return 0;
}
