// SPDX-License-Identifier: GPL-2.0-or-later
/* decoding - tests of what a decoder says: records are encoded, fed to it, and its text is searched */
#include "decoding.h"

struct options options;
struct decoder *decoder;
struct encoder encoder;
char *text;
size_t text_length;
static FILE *out;

int decoding_open(void)
{
	out = open_memstream(&text, &text_length);
	decoder = decoder_open(&options, out);
	encoder_open(&encoder, 1);
	return !decoder;
}

int decoding_close(void **state)
{
	size_t left;

	(void)state;
	sessions_release(&decoder->sessions);
	left = decoder->shared.budget.left;
	decoder_close(decoder);
	encoder_release(&encoder);
	fclose(out);
	free(text);
	return left != options.memory_max;
}

void feed(const void *bytes, size_t length)
{
	decoder_begin(decoder, "input", 0);
	reader_feed(&decoder->reader, bytes, length);
	decoder_end(decoder);
	fflush(out);
}

void feed_all(void)
{
	feed(encoder.bytes, encoder.length);
}

bool add_report(void)
{
	bool clean = report(decoder);

	fflush(out);
	return clean;
}

void says(const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is not in:\n%s", what, text);
}

void says_not(const char *what)
{
	if (strstr(text, what))
		fail_msg("\"%s\" is in:\n%s", what, text);
}
