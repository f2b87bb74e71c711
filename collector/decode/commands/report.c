// SPDX-License-Identifier: GPL-2.0-or-later
/* report - 'tarsier-decode report': everything that was recorded */
#include "report.h"

#include "gather.h"
#include "tell.h"

static bool show(struct decoder *decoder, FILE *out)
{
	(void)out;
	if (decoder->shared.writer)
		return tell(decoder, decoder->shared.writer);
	return !decoder->records || report(decoder);
}

static int run(const struct options *options)
{
	return gather_run(options, WRITES_REPORT, show);
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
