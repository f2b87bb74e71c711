// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_parts - any bytes decoded as a whole and in parts that are merged: the same report, byte for byte
 *
 * The input's first byte chooses the options, the second the size of the parts; the others are the
 * recording, whose CRCs are mended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gather.h"
#include "mend.h"
#include "report.h"
#include "tell.h"

#define CHOICES 2
#define JOBS 2 /* how many does not change what is merged, nor in which order */

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

struct printed {
	char *at;
	size_t length;
};

static struct options choose(unsigned char choice)
{
	struct options options = options_default();

	options.rows = choice & 7;
	options.buckets = choice & 8 ? BUCKETS_H2 : BUCKETS_LOG2;
	if (choice & 16)
		for (const struct format_entry *entry = format_entries; entry->name; entry++)
			if (!strcmp(entry->name, "json"))
				options.format = entry;
	return options;
}

/* @part_size 0: as a whole */
static struct printed decode(struct options options, size_t part_size)
{
	struct input_result result = { .quiet = true };
	struct printed printed = { 0 };
	FILE *out = open_memstream(&printed.at, &printed.length);
	struct writer *writer = NULL;
	struct decoder *decoder;

	options.jobs = part_size ? JOBS : 1;
	options.part_size = part_size;
	decoder = decoder_open(&options, out);
	if (options.format) {
		writer = writer_open_stream(options.format, WRITES_REPORT, out, &options);
		decoder->shared.writer = writer;
	}
	gather(decoder, &result);
	if (writer) {
		tell(decoder, writer);
		writer_close(writer);
	} else {
		report(decoder);
	}
	decoder_close(decoder);
	fclose(out);
	return printed;
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
	static int fd = -1;
	static char path[32], *inputs[] = { path };
	struct options options;
	struct printed whole, parts;
	unsigned char *bytes;

	if (size <= CHOICES)
		return 0;
	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	options = choose(input[0]);
	options.inputs = inputs;
	options.input_count = 1;
	size -= CHOICES;
	bytes = malloc(size);
	if (!bytes || fd < 0)
		abort();
	memcpy(bytes, input + CHOICES, size);
	mend(bytes, size);
	if (ftruncate(fd, 0) || pwrite(fd, bytes, size, 0) != (ssize_t)size)
		abort();
	whole = decode(options, 0);
	parts = decode(options, 64 + 8u * input[1]);
	if (whole.length != parts.length || memcmp(whole.at, parts.at, whole.length) != 0) {
		fprintf(stderr, "as a whole:\n%sin parts:\n%s", whole.at, parts.at);
		abort();
	}
	free(whole.at);
	free(parts.at);
	free(bytes);
	return 0;
}
