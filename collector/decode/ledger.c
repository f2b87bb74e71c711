// SPDX-License-Identifier: GPL-2.0-or-later
/* ledger - what the board says became of every event: entered = delivered + named losses */
#include "ledger.h"

#include <string.h>

#define X(name) +1
_Static_assert(LEDGER_TOTALS == 0 TRAILER_TOTALS(X), "a place for each of the trailer's totals");
#undef X
_Static_assert(LEDGER_COLUMNS <= LEDGER_SLOTS && LEDGER_SLOTS <= 32, "a place for each column");

const char *ledger_name(unsigned int column)
{
	static const char *const names[] = {
#define X(id, name, summary) [id] = #name,
		LEDGER(X)
#undef X
	};

	return column < LEDGER_COLUMNS ? names[column] : NULL;
}

void ledger_counters(struct ledger *ledger, const struct rec_counters *record,
		     struct budget *budget)
{
	struct account **account;

	if (record->probe > PROBE_ID_MAX || record->first >= LEDGER_SLOTS) {
		ledger->refused++;
		return;
	}
	account = &ledger->account[record->probe];
	if (!*account)
		*account = budget_take(budget, sizeof(**account));
	if (!*account) {
		ledger->refused++;
		return;
	}
	for (unsigned int i = 0; i < COUNTERS_PER_RECORD; i++) {
		unsigned int column = record->first + i;

		if (column >= LEDGER_SLOTS || record->time_ns < (*account)->time_ns[column])
			continue;
		(*account)->value[column] = record->value[i];
		(*account)->time_ns[column] = record->time_ns;
		(*account)->heard |= 1u << column;
	}
}

void ledger_gap(struct ledger *ledger, const struct rec_gap *record, struct budget *budget)
{
	struct loss *loss;

	if (!ledger->losses)
		ledger->losses = budget_take(budget, LEDGER_SLOTS * sizeof(*ledger->losses));
	if (!ledger->losses || record->cause >= LEDGER_SLOTS) {
		ledger->refused++;
		return;
	}
	loss = &ledger->losses[record->cause];
	if (!loss->gaps || record->from_ns < loss->from_ns)
		loss->from_ns = record->from_ns;
	if (record->to_ns > loss->to_ns)
		loss->to_ns = record->to_ns;
	loss->gaps++;
	loss->lost += record->lost;
}

void ledger_trailer(struct ledger *ledger, const struct rec_trailer *record)
{
	unsigned int i = 0;

	if (ledger->has_totals && record->time_ns < ledger->totals_ns)
		return;
	ledger->has_totals = true;
	ledger->totals_ns = record->time_ns;
#define X(name) ledger->totals[i++] = record->name;
	TRAILER_TOTALS(X)
#undef X
}

static void merge_account(struct ledger *ledger, unsigned int probe, const struct account *other,
			  struct budget *budget)
{
	struct account **account = &ledger->account[probe];

	if (!*account)
		*account = budget_take(budget, sizeof(**account));
	for (unsigned int i = 0; *account && i < LEDGER_SLOTS; i++) {
		if (!(other->heard >> i & 1) || other->time_ns[i] < (*account)->time_ns[i])
			continue;
		(*account)->value[i] = other->value[i];
		(*account)->time_ns[i] = other->time_ns[i];
		(*account)->heard |= 1u << i;
	}
}

static void merge_loss(struct loss *loss, const struct loss *other)
{
	if (!other->gaps)
		return;
	if (!loss->gaps || other->from_ns < loss->from_ns)
		loss->from_ns = other->from_ns;
	if (other->to_ns > loss->to_ns)
		loss->to_ns = other->to_ns;
	loss->gaps += other->gaps;
	loss->lost += other->lost;
}

void ledger_merge(struct ledger *ledger, const struct ledger *other, struct budget *budget)
{
	for (unsigned int i = 0; i <= PROBE_ID_MAX; i++)
		if (other->account[i])
			merge_account(ledger, i, other->account[i], budget);
	if (other->losses && !ledger->losses)
		ledger->losses = budget_take(budget, LEDGER_SLOTS * sizeof(*ledger->losses));
	for (unsigned int i = 0; other->losses && ledger->losses && i < LEDGER_SLOTS; i++)
		merge_loss(&ledger->losses[i], &other->losses[i]);
	if (other->has_totals && (!ledger->has_totals || other->totals_ns >= ledger->totals_ns)) {
		memcpy(ledger->totals, other->totals, sizeof(ledger->totals));
		ledger->totals_ns = other->totals_ns;
		ledger->has_totals = true;
	}
	ledger->refused += other->refused;
}

void ledger_release(struct ledger *ledger, struct budget *budget)
{
	for (unsigned int i = 0; i <= PROBE_ID_MAX; i++)
		budget_give(budget, ledger->account[i], sizeof(*ledger->account[i]));
	budget_give(budget, ledger->losses, LEDGER_SLOTS * sizeof(*ledger->losses));
	memset(ledger, 0, sizeof(*ledger));
}

/* Columns of a probe that count events; records lost in a sink were events delivered before. */
static bool counts_events(unsigned int column)
{
	return column != LEDGER_file_lost && column != LEDGER_send_lost;
}

s128 account_remainder(const struct account *account)
{
	s128 remainder = account->value[LEDGER_entered];

	for (unsigned int i = LEDGER_delivered; i < LEDGER_SLOTS; i++)
		if (counts_events(i))
			remainder -= account->value[i];
	/* Columns that are past 2^64 begin again: whole turns are nothing. */
	return (__u64)remainder ? remainder : 0;
}

bool account_is_of_one_moment(const struct account *account)
{
	/* A column that is 0 may have been left out; one that was not 0 stays so. */
	for (unsigned int i = 1; i < LEDGER_FIRST_SINK; i++)
		if (account->value[i] && account->time_ns[i] != account->time_ns[0])
			return false;
	return true;
}

bool account_is_usable(const struct account *account)
{
	return account->heard & 1u << LEDGER_entered;
}

/* The columns that each total is the sum of. */
#define COLUMN(name) (1u << LEDGER_##name)

static const struct {
	const char *name;
	__u32 columns;
} totals[LEDGER_TOTALS] = {
	{ "entered", COLUMN(entered) },
	{ "ring_full", COLUMN(ring_full) },
	{ "map_full or unstamped", COLUMN(map_full) | COLUMN(unstamped) },
	{ "missed", COLUMN(missed) },
	{ "user_dropped", COLUMN(user_dropped) },
	{ "file_lost", COLUMN(file_lost) },
	{ "send_lost", COLUMN(send_lost) },
};

/* The sum of @columns over all accounts. */
static __u64 sum_of(const struct ledger *ledger, __u32 columns)
{
	__u64 sum = 0;

	for (unsigned int probe = 0; probe <= PROBE_ID_MAX; probe++)
		for (unsigned int i = 0; ledger->account[probe] && i < LEDGER_SLOTS; i++)
			if (columns >> i & 1)
				sum += ledger->account[probe]->value[i];
	return sum;
}

const char *ledger_total_name(unsigned int total)
{
	return totals[total].name;
}

__u64 ledger_total_ahead(const struct ledger *ledger, unsigned int total)
{
	__u32 ahead = ledger->totals[total] - (__u32)sum_of(ledger, totals[total].columns);

	/* more than half the range is not ahead but behind: the counters are newer */
	return ledger->has_totals && ahead >> 31 == 0 ? ahead : 0;
}

__u64 ledger_sink_lost(const struct ledger *ledger, enum ledger_id column)
{
	__u64 lost = sum_of(ledger, 1u << column);

	for (unsigned int i = 0; i < LEDGER_TOTALS; i++)
		if (totals[i].columns == 1u << column)
			lost += ledger_total_ahead(ledger, i);
	return lost;
}
