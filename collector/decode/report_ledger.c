// SPDX-License-Identifier: GPL-2.0-or-later
/* report_ledger - what the board says became of every event, held against what is here */
#include "balance.h"
#include "report.h"
#include "view.h"

static const char *const explanations[LEDGER_COLUMNS] = {
#define X(id, name, summary) [id] = summary,
	LEDGER(X)
#undef X
};

static void print_column(const struct account *account, unsigned int column, FILE *out)
{
	const char *name = ledger_name(column);

	if (name && column < LEDGER_COLUMNS)
		fprintf(out, "     %-13s %20llu  %s%s\n", name, account->value[column],
			LEDGER_IS_LOSS(column) ? "LOST: " : "", explanations[column]);
	else
		fprintf(out, "     cause %-7u %20llu  LOST: a cause not known here\n", column,
			account->value[column]);
}

/* Clipped: the columns come from outside and may be anything. */
static void print_amount(s128 amount, FILE *out)
{
	s128 size = amount < 0 ? -amount : amount;

	fprintf(out, "%s%llu%s", amount < 0 ? "-" : "",
		size > ~0ULL ? ~0ULL : (unsigned long long)size, size > ~0ULL ? " or more" : "");
}

/* @excuse: what else than a false count may have caused the difference; NULL: nothing. */
static void print_difference(s128 difference, const char *excuse, FILE *out)
{
	if (!difference)
		return;
	fputs(excuse ? "     not accounted for: " : "     UNEXPLAINED ", out);
	print_amount(difference, out);
	fprintf(out, "%s%s\n", excuse ? ": " : "", excuse ? excuse : "");
}

static void print_remainder(const struct balance *balance, FILE *out)
{
	if (!balance->remainder)
		fprintf(out, "     %-13s %20d\n", "remainder", 0);
	print_difference(balance->remainder,
			 balance->remainder_excused ? "counters records are missing" : NULL, out);
}

static void print_received(const struct balance *balance, FILE *out)
{
	if (!balance->counts_received)
		return;
	fprintf(out, "     %-13s %20llu  %s\n", "received", balance->received,
		balance->as_records ? "of these as records" : "of these in buckets");
	print_difference(balance->shortage,
			 balance->shortage_excused ? "records are missing" : NULL, out);
}

static void report_account(const struct session *session, unsigned int probe, FILE *out)
{
	const struct account *account = session->ledger.account[probe];
	struct balance balance = balance_of(session, probe);
	char name[VIEW_NAME];

	fprintf(out, "\nledger: %s\n", view_name(name, probe));
	if (!account || !balance.usable) {
		fputs("     no counters were received\n", out);
		return;
	}
	for (unsigned int i = 0; i < LEDGER_SLOTS; i++)
		if (i <= LEDGER_delivered || account->value[i])
			print_column(account, i, out);
	print_remainder(&balance, out);
	print_received(&balance, out);
}

/* The account of the session itself: records lost after the probes had delivered. */
static void report_sinks(const struct session *session, FILE *out)
{
	const struct account *account = session->ledger.account[0];
	bool headed = false;

	for (unsigned int i = LEDGER_FIRST_SINK; account && i < LEDGER_SLOTS; i++) {
		if (!account->value[i])
			continue;
		if (!headed)
			fputs("\nledger: sinks\n", out);
		headed = true;
		print_column(account, i, out);
	}
}

static void report_totals_ahead(const struct session *session, FILE *out)
{
	bool headed = false;

	for (unsigned int i = 0; i < LEDGER_TOTALS; i++) {
		__u64 ahead = ledger_total_ahead(&session->ledger, i);

		if (!ahead)
			continue;
		if (!headed)
			fputs("\nledger: beyond these counters, the last trailer says\n", out);
		headed = true;
		fprintf(out, "     %-22s %11llu more\n", ledger_total_name(i), ahead);
	}
}

static void report_gaps(const struct session *session, FILE *out)
{
	char from[TEXT_TIME], to[TEXT_TIME];

	for (unsigned int i = 0; session->ledger.losses && i < LEDGER_SLOTS; i++) {
		const struct loss *loss = &session->ledger.losses[i];
		const char *name = ledger_name(i);

		if (!loss->gaps)
			continue;
		fprintf(out, "\ngaps: %s: %llu lost in %llu gap%s from %s to %s\n",
			name ? name : "a cause not known here", loss->lost, loss->gaps,
			text_plural(loss->gaps),
			clock_date(from, session_clock(session), loss->from_ns),
			clock_date(to, session_clock(session), loss->to_ns));
	}
}

void report_ledger(const struct session *session, FILE *out)
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (session->ledger.account[i] || session->view_state[i])
			report_account(session, i, out);
	report_sinks(session, out);
	report_totals_ahead(session, out);
	report_gaps(session, out);
}
