// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_formats - any bytes through the decoder and every format
 *
 * The input's first byte chooses the format, the second the options; the others are the recording, whose CRCs
 * are mended as in fuzz_decode.  What is written is text without control characters, as far as the
 * format has no use for them, and JSON is JSON.
 */
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decoder.h"
#include "mend.h"
#include "tell.h"

#define CHOICES 2

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

static struct options choose(unsigned char choice, const struct format_entry *entry)
{
	static const __u64 intervals_ns[] = { 0, 1000000, 1000000000, 3600000000000 };
	struct options options = options_default();

	options.rows = choice & 16 ? 3 : ~0ULL;
	options.interval_ns = intervals_ns[choice & 3];
	options.format = entry;
	if (choice & 32)
		options.memory_max = 20000;
	if (choice & 8)
		options.table = "ledger";
	return options;
}

static const struct format_entry *choose_format(unsigned char choice)
{
	unsigned int count = 0;

	while (format_entries[count].name)
		count++;
	return &format_entries[choice % count];
}

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *where)
{
	(void)status;
	(void)flag;
	(void)where;
	return remove(path);
}

/* Whatever the names are, it is text, and JSON where it should be. */
static void look(const struct format_entry *entry, const char *text, size_t length)
{
	bool is_json = !strcmp(entry->name, "json") || !strcmp(entry->name, "chrome");
	bool is_csv = !strcmp(entry->name, "csv");
	json_t *value;

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n' && !is_csv &&
		    !strstr("openmetrics prometheus", entry->name))
			abort();
	if (!is_json)
		return;
	value = json_loadb(text, length, 0, NULL);
	if (!value)
		abort();
	json_decref(value);
}

static void tell_to(struct decoder *decoder, struct writer *writer, const unsigned char *bytes,
		    size_t size)
{
	decoder->shared.writer = writer;
	decoder_begin(decoder, "input", 0);
	reader_feed(&decoder->reader, bytes, size);
	decoder_end(decoder);
	tell(decoder, writer);
	writer_close(writer);
}

static void to_stream(struct decoder *decoder, const struct format_entry *entry,
		      const struct options *options, const unsigned char *bytes, size_t size)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	struct writer *writer =
		writer_open_stream(entry, WRITES_REPORT | WRITES_EVENTS, out, options);

	if (!writer)
		abort();
	tell_to(decoder, writer, bytes, size);
	fclose(out);
	look(entry, text, length);
	free(text);
}

static void to_directory(struct decoder *decoder, const struct format_entry *entry,
			 const struct options *options, const unsigned char *bytes, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	char folder[256], path[264];
	struct writer *writer;

	snprintf(folder, sizeof(folder), "%s/fuzz_formats.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/out", folder);
	writer = writer_open(entry, WRITES_REPORT | WRITES_EVENTS, path, options);
	if (!writer)
		abort();
	tell_to(decoder, writer, bytes, size);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
	static FILE *null;
	const struct format_entry *entry;
	struct decoder *decoder;
	struct options options;
	unsigned char *bytes;

	if (size < CHOICES)
		return 0;
	if (!null) /* what writers complain of; a sanitizer's report goes by the descriptor */
		stderr = null = fopen("/dev/null", "w");
	entry = choose_format(input[0]);
	options = choose(input[1], entry);
	bytes = malloc(size);
	decoder = decoder_open(&options, null);
	if (!bytes || !decoder)
		abort();
	memcpy(bytes, input + CHOICES, size - CHOICES);
	mend(bytes, size - CHOICES);
	if (entry->format->makes == MAKES_DIRECTORY ||
	    (entry->format->makes == MAKES_EITHER && input[1] & 64))
		to_directory(decoder, entry, &options, bytes, size - CHOICES);
	else
		to_stream(decoder, entry, &options, bytes, size - CHOICES);
	decoder_close(decoder);
	free(bytes);
	return 0;
}
