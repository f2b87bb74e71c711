// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict - is everything here, whole and explained? */
#include "verdict.h"

#include "balance.h"

static bool is_clean(const struct session *session)
{
	return !session_is_unsupported(session) && balance_session_is_clean(session);
}

bool verdict(const struct decoder *decoder)
{
	for (unsigned int i = 0; i < decoder->sessions.count; i++)
		if (!is_clean(decoder->sessions.session[i]))
			return false;
	return decoder_is_clean(decoder) && !decoder->stopped;
}

__u64 verdict_lost(const struct session *session)
{
	__u64 lost = 0;

	for (unsigned int probe = 1; probe <= PROBE_ID_MAX; probe++)
		for (unsigned int i = LEDGER_FIRST_LOSS; i < LEDGER_FIRST_SINK; i++)
			if (session->ledger.account[probe] && LEDGER_IS_LOSS(i))
				lost += session->ledger.account[probe]->value[i];
	return lost;
}

static void print_session(const struct session *session, FILE *out)
{
	__u64 missing = seqset_missing(&session->data), lost = verdict_lost(session);

	if (is_clean(session) && !lost)
		return;
	fprintf(out, PROGRAM ": session %u, ", session->number);
	session_print_board(session, out);
	if (session_is_unsupported(session)) {
		fprintf(out, ": format %u.%u is not known here\n", session->major, session->minor);
		return;
	}
	fprintf(out, ": %llu event%s lost on the board, %llu record%s missing%s\n", lost,
		text_plural(lost), missing, text_plural(missing),
		is_clean(session) ? "" : "; see " PROGRAM " verify");
}

void verdict_print(const struct decoder *decoder, FILE *out)
{
	for (unsigned int i = 0; i < decoder->sessions.count; i++)
		print_session(decoder->sessions.session[i], out);
	if (decoder->stopped)
		fputs(PROGRAM ": input: reading was stopped before its end\n", out);
	if (!decoder_is_clean(decoder))
		fprintf(out,
			PROGRAM ": input: %llu damaged range%s of %llu bytes, %llu records passed "
				"over\n",
			decoder->damages, text_plural(decoder->damages), decoder->damaged_bytes,
			decoder->shared.homeless);
}
