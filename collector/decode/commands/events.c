// SPDX-License-Identifier: GPL-2.0-or-later
/* events - 'tarsier-decode events': single events, in the order in which they were recorded */
#include "command.h"
#include "gather.h"
#include "option_rows.h"
#include "verdict.h"

static const char *check(struct options *options)
{
	if (options->rows == OPTION_ROWS_UNSET)
		options->rows = OPTION_ROWS_ALL;
	return NULL;
}

static bool show(struct decoder *decoder, FILE *out)
{
	bool clean;

	decoder_settle(decoder);
	clean = verdict(decoder);
	if (decoder->shared.writer)
		writer_end(decoder->shared.writer, clean);
	fflush(out);
	verdict_print(decoder, stderr);
	return clean;
}

static int run(const struct options *options)
{
	return gather_run(options, WRITES_EVENTS, show);
}

const struct command command_events = {
	.operands = "FILE|DIR|-...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name a file, a directory or -",
	.about =
		"Prints single events and nothing else, in the order in which they were recorded:\n"
		"waits over the threshold of runqslower.  What is missing is told on standard "
		"error.",
	.example = "  " PROGRAM " events --comm 'kworker*' --since +10 day.tsr\n"
		   "  " PROGRAM " events --format jsonl day.tsr | jq 'select(.wait_ns > 1e7)'",
	.check = check,
	.run = run,
};
