// SPDX-License-Identifier: GPL-2.0-or-later
/* main - tarsier-decode: shows what Tarsier's collector recorded */
#include <errno.h>
#include <string.h>

#include "exit.h"
#include "input.h"
#include "listen.h"
#include "report.h"

/* Read all there is to read. */
static void gather(struct decoder *decoder, const struct options *options,
		   struct input_result *result)
{
	if (options->listen && listen_run(decoder, options))
		result->failed = true;
	for (int i = 0; i < options->input_count; i++)
		input_read(decoder, options->inputs[i], result);
}

static int conclude(struct decoder *decoder, const struct input_result *result)
{
	bool clean = !result->recordless;

	if (decoder->records)
		clean &= report(decoder);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, PROGRAM ": cannot write the report: %s\n", strerror(errno));
		return EXIT_IO;
	}
	if (result->failed)
		return EXIT_IO;
	if (!decoder->records)
		return EXIT_NOTHING;
	return clean ? EXIT_CLEAN : EXIT_DAMAGED;
}

int main(int argc, char **argv)
{
	struct input_result result = { .failed = false };
	struct options options;
	struct decoder *decoder;
	int status;

	if (!options_parse(argc, argv, &options, &status))
		return status;
	decoder = decoder_open(&options, stdout);
	if (!decoder) {
		fputs(PROGRAM ": out of memory\n", stderr);
		return EXIT_IO;
	}
	gather(decoder, &options, &result);
	status = conclude(decoder, &result);
	decoder_close(decoder);
	return status;
}
