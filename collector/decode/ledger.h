/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger.h - what the board says became of every event: entered = delivered + named losses
 *
 * From counters records, whose values are cumulative: of each column the latest counts.  Trailers
 * carry sums over all probes and fill in where counters records are missing; gap records tell when
 * something was lost.
 */
#ifndef TARSIER_DECODE_LEDGER_H
#define TARSIER_DECODE_LEDGER_H

#include <stdbool.h>

#include "budget.h"
#include "probes.h"
#include "wire.h"

/* Columns kept; those beyond LEDGER_COLUMNS come from a newer collector. */
#define LEDGER_SLOTS 32

__extension__ typedef __int128 s128;

struct account {
	__u64 value[LEDGER_SLOTS];
	__u64 time_ns[LEDGER_SLOTS];
	__u32 heard; /* a bit for each column */
};

struct loss {
	__u64 gaps;
	__u64 lost;
	__u64 from_ns;
	__u64 to_ns;
};

#define LEDGER_TOTALS 7

struct ledger {
	struct account *account[PROBE_ID_MAX + 1]; /* 0: the sinks of the session */
	struct loss *losses;			   /* LEDGER_SLOTS, by cause */
	__u32 totals[LEDGER_TOTALS]; /* of the latest trailer, in the order of TRAILER_TOTALS */
	__u64 totals_ns;
	bool has_totals;
	__u64 refused; /* records without a place */
};

void ledger_counters(struct ledger *ledger, const struct rec_counters *record,
		     struct budget *budget);
void ledger_gap(struct ledger *ledger, const struct rec_gap *record, struct budget *budget);
void ledger_trailer(struct ledger *ledger, const struct rec_trailer *record);
/* All that @other knows; gaps add up: no record may be in both. */
void ledger_merge(struct ledger *ledger, const struct ledger *other, struct budget *budget);
void ledger_release(struct ledger *ledger, struct budget *budget);

/* NULL: a newer collector's. */
const char *ledger_name(unsigned int column);

/* What entered and is neither delivered nor named as lost; 0 when the books balance. */
s128 account_remainder(const struct account *account);
/* All columns known are of one moment: the remainder cannot come from a missing record. */
bool account_is_of_one_moment(const struct account *account);
/* It is known what entered. */
bool account_is_usable(const struct account *account);

/* By how much the latest trailer is ahead of the counters in its total number @total. */
__u64 ledger_total_ahead(const struct ledger *ledger, unsigned int total);
const char *ledger_total_name(unsigned int total);

/* Records that the board itself lost on the way to a file or to the network. */
__u64 ledger_sink_lost(const struct ledger *ledger, enum ledger_id column);

#endif
