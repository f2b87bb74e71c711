// SPDX-License-Identifier: GPL-2.0-or-later
/* gather - from the options to a decoder that has read all there is to read */
#include "gather.h"

#include <errno.h>
#include <string.h>

#include "exit.h"
#include "interrupt.h"

struct decoder *gather_open(const struct options *options, unsigned int wants, FILE *out)
{
	struct decoder *decoder = decoder_open(options, out);
	struct gate *gate;

	if (!decoder) {
		fputs(PROGRAM ": out of memory\n", stderr);
		return NULL;
	}
	if (options->format) {
		decoder->shared.writer =
			writer_open(options->format, wants, options->output, options);
		if (!decoder->shared.writer) {
			decoder_close(decoder);
			return NULL;
		}
	}
	if (!options->keys)
		return decoder;
	gate = gate_open(options);
	if (!gate) {
		decoder_close(decoder);
		return NULL;
	}
	decoder_guard(decoder, gate);
	return decoder;
}

int gather_close(struct decoder *decoder, int status)
{
	struct gate *gate = decoder->gate;
	struct writer *writer = decoder->shared.writer;

	if (writer && !writer_close(writer))
		status = EXIT_IO;
	decoder_close(decoder);
	gate_close(gate);
	return status;
}

/* What can be read twice is read for its clocks, up to its end. */
static void find_dates(struct shared *shared)
{
	struct decoder *dating = decoder_open_dating(shared->options);
	struct input_result ignored = { .quiet = true };
	struct gate gate;

	if (!dating) {
		shared->budget.refused++;
		return;
	}
	if (shared->ring) { /* nothing is believed whose tag was not seen */
		gate_open_beside(&gate, shared->ring);
		decoder_guard(dating, &gate);
	}
	inputs_read(dating, 1, &ignored);
	boots_merge(&shared->boots, &dating->shared.boots);
	decoder_close(dating);
}

void gather(struct decoder *decoder, struct input_result *result)
{
	const struct options *options = decoder->shared.options;

	decoder->shared.find_dates = find_dates;
	inputs_read(decoder, options->jobs, result);
	decoder->shared.find_dates = NULL;
}

int gather_status(const struct decoder *decoder, const struct input_result *result, bool clean,
		  FILE *out)
{
	if (!decoder->shared.writer &&
	    (fflush(out) || ferror(out))) { /* a writer tells by itself */
		fprintf(stderr, PROGRAM ": cannot write the report: %s\n", strerror(errno));
		return EXIT_IO;
	}
	if (result->failed)
		return EXIT_IO;
	if (!decoder->records && !decoder->stopped)
		return EXIT_NOTHING;
	return clean && !result->recordless && !result->stopped ? EXIT_CLEAN : EXIT_DAMAGED;
}

int gather_run(const struct options *options, unsigned int wants,
	       bool (*show)(struct decoder *decoder, FILE *out))
{
	struct input_result result = { .failed = false };
	struct decoder *decoder = gather_open(options, wants, stdout);
	bool clean;

	if (!decoder)
		return EXIT_IO;
	interrupt_catch();
	gather(decoder, &result);
	interrupt_release();
	clean = show(decoder, stdout);
	return gather_close(decoder, gather_status(decoder, &result, clean, stdout));
}
