// SPDX-License-Identifier: GPL-2.0-or-later
/* views - the table of all views, from the list of all probes */
#include <stdio.h>
#include <string.h>

#include "view.h"

const struct view_entry view_entries[PROBE_ID_MAX + 1] = {
#define X(id, name, summary) [id] = { #name, summary, &view_##name },
	PROBES(X)
#undef X
};

unsigned int view_find(const char *name)
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (view_entries[i].name && !strcmp(view_entries[i].name, name))
			return i;
	return 0;
}

void view_by_event(__u8 probe_of_event[256])
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++) {
		const struct view *view = view_entries[i].view;

		for (unsigned int at = 0; view && view->events[at]; at++)
			probe_of_event[view->events[at]] = (__u8)i;
	}
}

const char *view_name(char to[VIEW_NAME], unsigned int probe)
{
	if (probe <= PROBE_ID_MAX && view_entries[probe].name)
		return view_entries[probe].name;
	snprintf(to, VIEW_NAME, "probe %u", probe);
	return to;
}
