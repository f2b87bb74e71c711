// SPDX-License-Identifier: GPL-2.0-or-later
/* kept - rows that wait to be printed until all is read */
#include "kept.h"

#include <string.h>

#include "session.h"
#include "view.h"

void kept_init(struct kept *kept, bool open)
{
	*kept = (struct kept) { .open = open };
}

bool kept_add(struct session *session, unsigned int probe, const void *bytes, size_t size)
{
	struct kept *kept = &session->shared->kept;
	struct kept_row *row;

	if (!kept->open)
		return false;
	row = budget_take(&session->shared->budget, sizeof(*row) + size);
	/* a part that lacks memory has nowhere to print: it is read anew, see merge_can() */
	if (!row && session->shared->is_part)
		return true;
	if (!row) {
		kept_print(session->shared);
		return false;
	}
	row->session = session;
	row->probe = probe;
	row->size = size;
	memcpy(row->bytes, bytes, size);
	*(kept->first ? kept->last : &kept->first) = row;
	kept->last = &row->next;
	return true;
}

static void drop_first(struct shared *shared)
{
	struct kept_row *row = shared->kept.first;

	shared->kept.first = row->next;
	budget_give(&shared->budget, row, sizeof(*row) + row->size);
}

void kept_print(struct shared *shared)
{
	shared->kept.open = false;
	while (shared->kept.first) {
		const struct kept_row *row = shared->kept.first;

		view_entries[row->probe].view->show(row->session, row->bytes);
		drop_first(shared);
	}
}

void kept_release(struct shared *shared)
{
	while (shared->kept.first)
		drop_first(shared);
}
