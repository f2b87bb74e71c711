/* SPDX-License-Identifier: GPL-2.0-or-later */
/* balance.h - do a probe's books balance, on the board and between the board and here? */
#ifndef TARSIER_DECODE_BALANCE_H
#define TARSIER_DECODE_BALANCE_H

#include "session.h"

struct balance {
	bool usable;		/* counters were received; else nothing below is set */
	s128 remainder;		/* entered - delivered - losses */
	bool remainder_excused; /* records are missing that may explain it */
	bool counts_received;	/* the probe's records tell how many events are here */
	bool as_records;	/* an event is a record of its own; else it is in a bucket */
	__u64 received;
	s128 shortage;	       /* delivered - received; 0 until both are final */
	bool shortage_excused; /* as many records are missing */
};

struct balance balance_of(const struct session *session, unsigned int probe);
bool balance_is_even(const struct balance *balance);

/* Of what the board produced, is all here? */
bool balance_records_are_whole(const struct session *session);

/* All of this for the whole session, which is of a format known here. */
bool balance_session_is_clean(const struct session *session);

#endif
