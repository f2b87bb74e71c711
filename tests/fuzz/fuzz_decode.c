// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_decode - any bytes through the whole decoder: reader, sessions, views, report
 *
 * The input's first two bytes choose the options and the size of the chunks, so that the fuzzer
 * reaches those as well; all others are the recording.  CRCs are mended first, at every 64 bytes
 * that carry a type: else nearly every mutation would end at the reader.  The choice says when not
 * to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"
#include "mend.h"
#include "report.h"

#define CHOICES 2

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

static struct options choose(unsigned char choice)
{
	static const char *const units[] = { "us", "ms", "ns", "us" };
	static const __u64 intervals_ns[] = { 1000000, 1000000000, 7, 3600000000000 };
	struct options options = options_default();

	options.unit = unit_find(units[choice & 3]);
	options.buckets = choice & 4 ? BUCKETS_H2 : BUCKETS_LOG2;
	options.verbose = choice & 8;
	options.rows = choice & 16 ? 3 : ~0ULL;
	if (choice & 32)
		options.memory_max = 20000;
	if (choice & 128)
		options.interval_ns = intervals_ns[choice & 3];
	return options;
}

static void decode(const struct options *options, const unsigned char *bytes, size_t size,
		   size_t chunk)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	struct decoder *decoder = decoder_open(options, out);

	decoder_begin(decoder, "input", 0);
	for (size_t at = 0; at < size; at += chunk)
		reader_feed(&decoder->reader, bytes + at, size - at < chunk ? size - at : chunk);
	/* every byte is in a record or in a damaged range, unless there is no record at all */
	if (decoder_end(decoder) && decoder->bytes != size)
		abort();
	report(decoder);
	sessions_release(&decoder->sessions);
	if (decoder->shared.budget.left != options->memory_max)
		abort();
	decoder_close(decoder);
	fclose(out);
	/* whatever the names are, a terminal sees only text */
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
	struct options options;
	unsigned char *bytes;

	if (size < CHOICES)
		return 0;
	options = choose(input[0]);
	bytes = malloc(size);
	if (!bytes)
		return 0;
	memcpy(bytes, input + CHOICES, size - CHOICES);
	if (!(input[0] & 64))
		mend(bytes, size - CHOICES);
	decode(&options, bytes, size - CHOICES, input[1] ? input[1] : size);
	free(bytes);
	return 0;
}
