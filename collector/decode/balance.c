// SPDX-License-Identifier: GPL-2.0-or-later
/* balance - do a probe's books balance, on the board and between the board and here? */
#include "balance.h"

#include "view.h"

/* delivered - received, at most as much as records are missing.  Both are final once closed. */
static void weigh_received(const struct session *session, unsigned int probe,
			   const struct account *account, struct balance *balance)
{
	const struct view *view = view_entries[probe].view;
	const void *state = session->view_state[probe];
	__u64 missing = seqset_missing(&session->data);

	if (!view || !view->received)
		return;
	balance->counts_received = true;
	balance->as_records = *view->events && !view->in_buckets;
	balance->received = state ? view->received(state) : 0;
	if (!session->closed || session->shared->homeless)
		return;
	balance->shortage = (s128)account->value[LEDGER_delivered] - balance->received;
	balance->shortage_excused =
		missing && !(balance->as_records && balance->shortage > missing);
}

struct balance balance_of(const struct session *session, unsigned int probe)
{
	const struct account *account = session->ledger.account[probe];
	struct balance balance = { .usable = account && account_is_usable(account) };

	if (!balance.usable)
		return balance;
	balance.remainder = account_remainder(account);
	/* a snapshot is consistent, single columns of several are not */
	balance.remainder_excused =
		!account_is_of_one_moment(account) && seqset_missing(&session->data);
	weigh_received(session, probe, account, &balance);
	return balance;
}

bool balance_is_even(const struct balance *balance)
{
	return !balance->remainder && !balance->shortage;
}

bool balance_records_are_whole(const struct session *session)
{
	return !seqset_missing(&session->data) && !seqset_missing(&session->blocks) &&
	       !session_endless_blocks(session) && session->named;
}

bool balance_session_is_clean(const struct session *session)
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++) {
		struct balance balance = balance_of(session, i);

		if (!balance_is_even(&balance))
			return false;
	}
	return balance_records_are_whole(session);
}
