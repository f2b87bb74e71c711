// SPDX-License-Identifier: GPL-2.0-or-later
/* tell_books - what became of every event, and what is missing */
#include "balance.h"
#include "tell.h"
#include "view.h"

static const struct column ledger_columns[] = {
	{ "probe", CELL_TEXT, true, "whose events; sinks: records on their way off the board" },
	{ "column", CELL_TEXT, true, "what became of them" },
	{ "events", CELL_COUNT, false, "how many" },
	{ "lost", CELL_FLAG, false, "they are lost" },
};

static const struct table_kind ledger_kind =
	TABLE("ledger", "what the board says became of every event", ledger_columns);

static const struct column balance_columns[] = {
	{ "probe", CELL_TEXT, true, "its name" },
	{ "remainder", CELL_REAL, false, "entered, and neither delivered nor named as lost" },
	{ "received", CELL_COUNT, false, "events that are here" },
	{ "shortage", CELL_REAL, false, "delivered on the board, and not here" },
	{ "excused", CELL_FLAG, false, "records are missing that may explain it" },
	{ "even", CELL_FLAG, false, "the books balance" },
};

static const struct table_kind balance_kind =
	TABLE("balances", "entered = delivered + named losses, and delivered = received",
	      balance_columns);

static const struct column record_columns[] = {
	{ "received", CELL_COUNT, false, "data records that are here" },
	{ "missing", CELL_COUNT, false, "data records that the board wrote, and are not here" },
	{ "missing_before", CELL_COUNT, false, "of these, before the first one here" },
	{ "duplicate", CELL_COUNT, false, "here more than once" },
	{ "late", CELL_COUNT, false, "here behind a younger one" },
	{ "too_late", CELL_COUNT, false, "too late to tell from what was seen before: not used" },
	{ "blocks_received", CELL_COUNT, false, "blocks whose header is here" },
	{ "blocks_missing", CELL_COUNT, false, "blocks whose header is not" },
	{ "blocks_duplicate", CELL_COUNT, false, "headers here more than once" },
	{ "blocks_endless", CELL_COUNT, false, "blocks without their trailer" },
	{ "complete", CELL_FLAG, false, "nothing is missing" },
};

static const struct table_kind record_kind =
	TABLE("records", "of what the board wrote, what is here", record_columns);

static const struct column gap_columns[] = {
	{ "cause", CELL_TEXT, true, "as in the ledger" },
	{ "lost", CELL_COUNT, false, "how many" },
	{ "gaps", CELL_COUNT, false, "in how many gaps" },
	{ "from", CELL_TIME, false, "not before" },
	{ "to", CELL_TIME, false, "not after" },
};

static const struct table_kind gap_kind = TABLE("gaps", "when something was lost", gap_columns);

static const char *column_name(char to[VIEW_NAME], unsigned int column)
{
	const char *name = ledger_name(column);

	if (name)
		return name;
	snprintf(to, VIEW_NAME, "cause %u", column);
	return to;
}

static void tell_account(const struct session *session, const char *name,
			 const struct account *account, unsigned int first, struct writer *writer)
{
	for (unsigned int i = first; i < LEDGER_SLOTS; i++) {
		char column[VIEW_NAME];
		const struct cell cells[] = {
			cell_string(name),
			cell_string(column_name(column, i)),
			cell_number(account->value[i]),
			cell_number(LEDGER_IS_LOSS(i)),
		};

		ASSERT_CELLS(cells, ledger_columns);
		if (account->value[i] || i <= LEDGER_delivered)
			tell_row(session, &ledger_kind, cells, writer);
	}
}

static void tell_balance(const struct session *session, unsigned int probe, struct writer *writer)
{
	const struct account *account = session->ledger.account[probe];
	struct balance balance = balance_of(session, probe);
	char buffer[VIEW_NAME];
	const char *name = view_name(buffer, probe);
	const struct cell cells[] = {
		cell_string(name),
		cell_real(true, balance.remainder),
		balance.counts_received ? cell_number(balance.received) : cell_unknown(),
		cell_real(balance.counts_received, balance.shortage),
		cell_number(!balance_is_even(&balance) &&
			    (!balance.remainder || balance.remainder_excused) &&
			    (!balance.shortage || balance.shortage_excused)),
		cell_number(balance_is_even(&balance)),
	};

	ASSERT_CELLS(cells, balance_columns);
	if (!account || !balance.usable)
		return;
	tell_account(session, name, account, 0, writer);
	tell_row(session, &balance_kind, cells, writer);
}

static void tell_records(const struct session *session, struct writer *writer)
{
	const struct seqset *data = &session->data, *blocks = &session->blocks;
	const struct cell cells[] = {
		cell_number(data->seen),
		cell_number(seqset_missing(data)),
		cell_number(seqset_missing_before(data)),
		cell_number(data->duplicates),
		cell_number(data->late),
		cell_number(data->too_late),
		cell_number(blocks->seen),
		cell_number(seqset_missing(blocks)),
		cell_number(blocks->duplicates),
		cell_number(session_endless_blocks(session)),
		cell_number(balance_records_are_whole(session)),
	};

	ASSERT_CELLS(cells, record_columns);
	tell_row(session, &record_kind, cells, writer);
}

static void tell_gaps(const struct session *session, struct writer *writer)
{
	for (unsigned int i = 0; session->ledger.losses && i < LEDGER_SLOTS; i++) {
		const struct loss *loss = &session->ledger.losses[i];
		char cause[VIEW_NAME];
		const struct cell cells[] = {
			cell_string(column_name(cause, i)),
			cell_number(loss->lost),
			cell_number(loss->gaps),
			cell_number(loss->from_ns),
			cell_number(loss->to_ns),
		};

		ASSERT_CELLS(cells, gap_columns);
		if (loss->gaps)
			tell_row(session, &gap_kind, cells, writer);
	}
}

void tell_books(const struct session *session, struct writer *writer)
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (session->ledger.account[i] || session->view_state[i])
			tell_balance(session, i, writer);
	if (session->ledger.account[0])
		tell_account(session, "sinks", session->ledger.account[0], LEDGER_FIRST_SINK,
			     writer);
	tell_records(session, writer);
	tell_gaps(session, writer);
}
