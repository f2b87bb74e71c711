// SPDX-License-Identifier: GPL-2.0-or-later
/* verify - 'tarsier-decode verify': are recordings whole, and do their books balance? */
#include "command.h"
#include "gather.h"
#include "report.h"

static void print_session(const struct session *session, unsigned int sessions, FILE *out)
{
	report_heading(session, sessions, out);
	if (session_is_unsupported(session))
		return;
	report_ledger(session, out);
	report_records(session, out);
}

static bool show(struct decoder *decoder, FILE *out)
{
	return !decoder->records || report_each(decoder, print_session, out);
}

static int run(const struct options *options)
{
	return gather_run(options, 0, show);
}

static const char *check(struct options *options)
{
	options->rows = 0;
	return NULL;
}

const struct command command_verify = {
	.operands = "FILE|DIR|-...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name a file, a directory or -",
	.about =
		"Looks at every byte: is each record intact, is each block whole, is any missing,\n"
		"do the ledgers balance, and is all here that the boards say they wrote?  Nothing "
		"is\n"
		"changed.  The exit status tells: 0 all is well, 3 not.",
	.example = "  " PROGRAM " verify /var/lib/tarsier || echo look at it",
	.check = check,
	.run = run,
};
