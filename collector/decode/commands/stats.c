// SPDX-License-Identifier: GPL-2.0-or-later
/* stats - 'tarsier-decode stats': what recordings consist of, and how much there is of it */
#include "command.h"
#include "gather.h"
#include "report.h"
#include "tally.h"
#include "verdict.h"

static void print_rate(const char *what, __u64 count, __u64 length_ns, FILE *out)
{
	fprintf(out, "  %-18s %14llu", what, count);
	if (length_ns)
		fprintf(out, "  %14.2f per second", (double)count * 1e9 / (double)length_ns);
	fputc('\n', out);
}

static void print_kinds(const struct session *session, __u64 all, FILE *out)
{
	char name[TALLY_NAME];

	fprintf(out, "\n  %-18s %14s %8s\n", "KIND", "RECORDS", "SHARE");
	for (unsigned int type = 0; session->tally && type < 256; type++) {
		__u64 count = session->tally->records[type];

		if (count)
			fprintf(out, "  %-18s %14llu %7.2f%%\n", tally_name(type, name), count,
				100.0 * (double)count / (double)all);
	}
}

static void print_session(const struct session *session, unsigned int sessions, FILE *out)
{
	__u64 started_ns = session_started_ns(session);
	__u64 length_ns = session->last_ns - started_ns, lost = verdict_lost(session);
	char text[TEXT_TIME];

	fprintf(out, "session %u of %u: ", session->number, sessions);
	session_print_board(session, out);
	fprintf(out, "\n  %-18s %14s\n", "length", text_seconds(text, length_ns));
	print_rate("bytes", session->records * RECORD_SIZE, length_ns, out);
	print_rate("records", session->records, length_ns, out);
	print_rate("blocks", session->blocks.seen, length_ns, out);
	if (length_ns)
		fprintf(out, "  %-18s %14.2f MB\n", "a day at that rate",
			(double)session->records * RECORD_SIZE * 86400e3 / (double)length_ns);
	print_rate("events lost", lost, 0, out);
	print_rate("records missing", seqset_missing(&session->data), 0, out);
	print_kinds(session, session->records, out);
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

const struct command command_stats = {
	.operands = "FILE|DIR|-...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name a file, a directory or -",
	.about = "Tells what recordings consist of: records of each kind, bytes, and rates.",
	.example = "  " PROGRAM " stats day.tsr",
	.check = check,
	.run = run,
};
