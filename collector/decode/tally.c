// SPDX-License-Identifier: GPL-2.0-or-later
/* tally - how many records of each kind a session has */
#include "tally.h"

#include <stdio.h>

#include "wire.h"

const char *tally_name(unsigned int type, char to[TALLY_NAME])
{
	static const char *const names[256] = {
#define X(type, name, summary) [type] = #name,
		RECORDS(X)
#undef X
	};

	if (names[type])
		return names[type];
	snprintf(to, TALLY_NAME, "0x%02x", type);
	return to;
}
