// SPDX-License-Identifier: GPL-2.0-or-later
/* main - tarsier-decode: shows what Tarsier's collector recorded */
#include <errno.h>
#include <string.h>

#include "exit.h"
#include "input.h"
#include "keycmd.h"
#include "listen.h"
#include "report.h"

/* What can be read twice is read for its clocks, up to its end. */
static void find_dates(struct shared *shared)
{
	struct decoder *dating = decoder_open_dating(shared->options);
	struct input_result ignored = { .quiet = true };
	struct gate gate;

	if (!dating)
		return;
	if (shared->ring) { /* nothing is believed whose tag was not seen */
		gate_open_beside(&gate, shared->ring);
		decoder_guard(dating, &gate);
	}
	for (int i = 0; i < shared->options->input_count; i++)
		input_read(dating, shared->options->inputs[i], &ignored);
	boots_merge(&shared->boots, &dating->shared.boots);
	decoder_close(dating);
}

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
	struct gate *gate = NULL;
	struct decoder *decoder;
	int status;

	if (argc > 1 && !strcmp(argv[1], "key"))
		return keycmd(argc - 1, argv + 1);
	if (!options_parse(argc, argv, &options, &status))
		return status;
	decoder = decoder_open(&options, stdout);
	if (!decoder) {
		fputs(PROGRAM ": out of memory\n", stderr);
		return EXIT_IO;
	}
	if (options.keys) {
		gate = gate_open(&options);
		if (!gate) {
			decoder_close(decoder);
			return EXIT_IO;
		}
		decoder_guard(decoder, gate);
	}
	decoder->shared.find_dates = find_dates;
	gather(decoder, &options, &result);
	decoder->shared.find_dates = NULL;
	status = conclude(decoder, &result);
	decoder_close(decoder);
	gate_close(gate);
	return status;
}
