// SPDX-License-Identifier: GPL-2.0-or-later
/* report - 'tarsier-decode report': everything that was recorded */
#include "report.h"

#include "exit.h"
#include "gather.h"
#include "tell.h"

static int run(const struct options *options)
{
	struct input_result result = { .failed = false };
	struct decoder *decoder = gather_open(options, WRITES_REPORT, stdout);
	bool clean = true;

	if (!decoder)
		return EXIT_IO;
	gather(decoder, &result);
	if (decoder->shared.writer)
		clean = tell(decoder, decoder->shared.writer);
	else if (decoder->records)
		clean = report(decoder);
	return gather_close(decoder, gather_status(decoder, &result, clean, stdout));
}

const struct command command_report = {
	.operands = "FILE|DIR|-...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name a file, a directory or -",
	.about = "Shows everything that was recorded in files, in all files of directories, or in\n"
		 "standard input (-): session by session the board and its clock, each probe's\n"
		 "histograms and tables, and the ledger, which says what was lost.",
	.example = "  " PROGRAM " report --interval 10 --probe runqlat /var/log/tarsier",
	.run = run,
};
