// SPDX-License-Identifier: GPL-2.0-or-later
/* report_records - of what the board produced, what is here, and what could be fetched */
#include "report.h"

#define HOLES_LISTED 64 /* as many as one command takes */

/* "17-20,33" */
static void print_holes(const struct seqset *blocks, FILE *out)
{
	unsigned int listed = 0;
	__u64 from, to;

	for (unsigned int i = 0; i <= blocks->ranges && listed < HOLES_LISTED; i++) {
		if (!seqset_hole(blocks, i, &from, &to))
			continue;
		fprintf(out, listed++ ? ",%u" : "%u", (__u32)from);
		if (to - from > 1)
			fprintf(out, "-%u", (__u32)(to - 1));
	}
}

/* In the words of the command that sends them. */
static void report_missing_blocks(const struct session *session, FILE *out)
{
	fputs("     where the board keeps files, they can be fetched: tarsier send DIRECTORY "
	      "udp://HOST:PORT\n     --session ",
	      out);
	for (size_t i = 0; i < sizeof(session->id); i++)
		fprintf(out, "%02x", session->id[i]);
	fputs(" --blocks ", out);
	print_holes(&session->blocks, out);
	fputc('\n', out);
}

/* Of what the board produced, what is here? */
void report_records(const struct session *session, FILE *out)
{
	const struct seqset *data = &session->data, *blocks = &session->blocks;
	__u64 missing = seqset_missing(data), before = seqset_missing_before(data);
	__u64 waiting = missing ? ledger_sink_lost(&session->ledger, LEDGER_send_waiting) : 0;
	__u64 endless = session_endless_blocks(session), headers = seqset_missing(blocks);

	fprintf(out, "\nrecords: %llu received, %llu missing", data->seen, missing);
	if (before)
		fprintf(out, " (%llu before the first one here)", before);
	fprintf(out, ", %llu twice, %llu late\n", data->duplicates, data->late);
	if (missing)
		fprintf(out, "     the board says: %llu not written to a file, %llu not sent\n",
			ledger_sink_lost(&session->ledger, LEDGER_file_lost),
			ledger_sink_lost(&session->ledger, LEDGER_send_lost));
	if (waiting)
		fprintf(out, "     %llu more were not sent, and wait in the board's files\n",
			waiting);
	if (data->too_late)
		fprintf(out, "     %llu not shown: too late to tell from what was seen before\n",
			data->too_late);
	fprintf(out, "blocks: %llu header%s received, %llu missing", blocks->seen,
		text_plural(blocks->seen), headers);
	if (seqset_missing_before(blocks))
		fprintf(out, " (%llu before the first one here)", seqset_missing_before(blocks));
	fprintf(out, ", %llu twice", blocks->duplicates);
	if (endless)
		fprintf(out, ", %llu block%s without an end", endless, text_plural(endless));
	fputc('\n', out);
	if (headers && session->named)
		report_missing_blocks(session, out);
}
