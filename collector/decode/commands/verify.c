// SPDX-License-Identifier: GPL-2.0-or-later
/* verify - 'tarsier-decode verify': are recordings whole, and do their books balance? */
#include "command.h"
#include "gather.h"
#include "report.h"
#include "tell.h"
#include "verdict.h"

static bool show(struct decoder *decoder, FILE *out)
{
	const struct sessions *sessions = &decoder->sessions;

	if (!decoder->records)
		return true;
	decoder_settle(decoder);
	for (unsigned int i = 0; i < sessions->count; i++) {
		const struct session *session = sessions->session[i];

		if (!selection_takes_session(&decoder->shared.options->selection, session))
			continue;
		report_heading(session, sessions->begun, out);
		if (!session_is_unsupported(session)) {
			report_ledger(session, out);
			report_records(session, out);
		}
		fputc('\n', out);
	}
	return report_input(decoder, verdict(decoder), out);
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
