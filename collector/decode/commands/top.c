// SPDX-License-Identifier: GPL-2.0-or-later
/* top - 'tarsier-decode top': the tasks that used most CPU time */
#include "command.h"
#include "gather.h"
#include "probes.h"
#include "report.h"
#include "tell.h"
#include "verdict.h"

static const char *check(struct options *options)
{
	options->probe = PROBE_cputime;
	return NULL;
}

static void print(struct decoder *decoder, FILE *out)
{
	const struct sessions *sessions = &decoder->sessions;

	decoder_settle(decoder);
	table_end(&decoder->shared.table);
	for (unsigned int i = 0; i < sessions->count; i++) {
		const struct session *session = sessions->session[i];

		if (!session->view_state[PROBE_cputime] ||
		    !selection_takes_session(&decoder->shared.options->selection, session))
			continue;
		fprintf(out, "session %u of %u: ", session->number, sessions->begun);
		session_print_board(session, out);
		fputc('\n', out);
		report_views(session, out);
		fputc('\n', out);
	}
}

static bool show(struct decoder *decoder, FILE *out)
{
	if (decoder->shared.writer)
		tell(decoder, decoder->shared.writer);
	else
		print(decoder, out);
	fflush(out);
	verdict_print(decoder, stderr);
	return verdict(decoder);
}

static int run(const struct options *options)
{
	return gather_run(options, WRITES_REPORT, show);
}

const struct command command_top = {
	.operands = "FILE|DIR|-...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name a file, a directory or -",
	.about = "Shows which processes and threads used most CPU time, of what cputime recorded: "
		 "in\n"
		 "all, and with --interval in each step.",
	.example = "  " PROGRAM " top --interval 10 --rows 5 day.tsr",
	.check = check,
	.run = run,
};
