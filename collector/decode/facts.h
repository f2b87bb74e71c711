/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.h - what a receiver knows of itself, for those who show it */
#ifndef TARSIER_DECODE_FACTS_H
#define TARSIER_DECODE_FACTS_H

#include "store.h"

struct facts {
	unsigned int port;
	__u64 datagrams;
	__u64 foreign; /* of these without a record */
	__u64 sealed;  /* of these not to be opened without keys */
	__u64 refused; /* of these kept out by the keys */
	__u64 dropped; /* by this machine's socket, before they could be counted */
	bool stores;
	__u64 unstorable; /* no whole block of a session that is known */
	struct store_counts store;
};

#endif
