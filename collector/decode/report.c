// SPDX-License-Identifier: GPL-2.0-or-later
/* report - everything that was found, as text */
#include "report.h"

#include "verdict.h"
#include "view.h"

void report_views(const struct session *session, FILE *out)
{
	const struct options *options = session->shared->options;

	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++) {
		if (!session->view_state[i] || (options->probe && options->probe != i))
			continue;
		fprintf(out, "\n%s: %s\n", view_entries[i].name, view_entries[i].summary);
		view_entries[i].view->report(session->view_state[i], session, out);
	}
}

void report_session(const struct session *session, unsigned int sessions, FILE *out)
{
	report_heading(session, sessions, out);
	if (session_is_unsupported(session)) {
		fprintf(out, "\nformat %u.%u, but %d.%d is known here: use a newer " PROGRAM "\n",
			session->major, session->minor, WIRE_MAJOR, WIRE_MINOR);
		fprintf(out, "%llu records counted, none decoded\n", session->records);
		return;
	}
	if (!selection_has_range(&session->shared->options->selection))
		report_views(session, out);
	report_ledger(session, out);
	report_records(session, out);
}

/* What the newer ones among the collectors wrote and this decoder does not know. */
static void report_unknown(const struct shared *shared, FILE *out)
{
	for (unsigned int type = 0; type < 256; type++) {
		__u64 count = shared->unknown[type];

		if (!count || (type & RECORD_MAY_BE_IGNORED && !shared->options->verbose))
			continue;
		fprintf(out, "%llu record%s of unknown kind 0x%02x%s\n", count, text_plural(count),
			type, type & RECORD_MAY_BE_IGNORED ? ", which may be ignored" : "");
	}
	if (shared->unknown_probe)
		fprintf(out, "%llu histogram record%s of unknown probes\n", shared->unknown_probe,
			text_plural(shared->unknown_probe));
	if (shared->homeless || shared->budget.refused)
		fprintf(out,
			"more sessions, threads or histograms than are kept: %llu records "
			"passed over\n",
			shared->homeless);
}

static void report_damage(const struct decoder *decoder, FILE *out)
{
	for (unsigned int i = 0; i < DAMAGE_LISTED && i < decoder->damages; i++) {
		const struct damage_entry *entry = &decoder->damage[i];

		text_print_string(out, entry->input ? entry->input : "?");
		fprintf(out, ": offset %llu, %llu bytes: %s\n", entry->damage.offset,
			entry->damage.length, damage_texts[entry->damage.kind]);
	}
	if (decoder->damages > DAMAGE_LISTED)
		fprintf(out, "... and %llu more damaged ranges\n",
			decoder->damages - DAMAGE_LISTED);
}

/* What is not of any session, and the result, which is returned. */
static bool report_input(const struct decoder *decoder, bool clean, FILE *out)
{
	report_unknown(&decoder->shared, out);
	fprintf(out, "input: %llu bytes, %llu record%s intact", decoder->bytes, decoder->records,
		text_plural(decoder->records));
	fprintf(out, ", %llu damaged range%s of %llu bytes\n", decoder->damages,
		text_plural(decoder->damages), decoder->damaged_bytes);
	report_damage(decoder, out);
	if (decoder->stopped)
		fputs("reading was stopped: this is what was known by then\n", out);
	report_refused(decoder, out);
	fputs(clean ? "result: clean\n" : "result: damaged or incomplete\n", out);
	return clean;
}

bool report_each(struct decoder *decoder,
		 void (*print)(const struct session *session, unsigned int sessions, FILE *out),
		 FILE *out)
{
	const struct selection *selection = &decoder->shared.options->selection;
	const struct sessions *sessions = &decoder->sessions;

	decoder_settle(decoder);
	table_end(&decoder->shared.table);
	for (unsigned int i = 0; i < sessions->count; i++) {
		if (!selection_takes_session(selection, sessions->session[i]))
			continue;
		print(sessions->session[i], sessions->begun, out);
		fputc('\n', out);
	}
	return report_input(decoder, verdict(decoder), out);
}

bool report(struct decoder *decoder)
{
	return report_each(decoder, report_session, decoder->shared.table.out);
}
