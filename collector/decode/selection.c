// SPDX-License-Identifier: GPL-2.0-or-later
/* selection - which sessions, CPUs and tasks are asked for */
#include "selection.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "histset.h"
#include "session.h"

#define DIGITS_LEAST 4 /* of an id: fewer are a number */

static bool begins_hex(const char *wanted, const char *id)
{
	return strlen(wanted) >= DIGITS_LEAST && !strncasecmp(id, wanted, strlen(wanted));
}

static bool is_board(const char *wanted, const struct session *session)
{
	const struct text *name = texts_find(&session->texts, TEXT_board, 0);
	char joined[TEXT_JOINED + 1], id[17];

	snprintf(id, sizeof(id), "%016llx", session->board_id);
	if (session->named && begins_hex(strncmp(wanted, "0x", 2) ? wanted : wanted + 2, id))
		return true;
	if (!name)
		return false;
	joined[text_join(name, joined)] = '\0';
	return !fnmatch(wanted, joined, 0);
}

static bool is_session(const char *wanted, const struct session *session)
{
	char id[2 * sizeof(session->id) + 1], number[16];

	for (size_t i = 0; i < sizeof(session->id); i++)
		snprintf(id + 2 * i, 3, "%02x", session->id[i]);
	snprintf(number, sizeof(number), "%u", session->number);
	return !strcmp(wanted, number) || (session->named && begins_hex(wanted, id));
}

bool selection_takes_session(const struct selection *selection, const struct session *session)
{
	return (!selection->board || is_board(selection->board, session)) &&
	       (!selection->session || is_session(selection->session, session));
}

static bool is_comm(const char *wanted, const void *comm)
{
	char name[COMM_SIZE + 1] = "";

	if (!comm)
		return false;
	memcpy(name, comm, COMM_SIZE);
	return !fnmatch(wanted, name, 0);
}

bool selection_takes(const struct selection *selection, const struct subject *subject)
{
	if (selection->cpu != SELECT_ANY && (!subject->has_cpu || subject->cpu != selection->cpu))
		return false;
	if (selection->pid != SELECT_ANY && subject->tid != selection->pid &&
	    subject->tgid != selection->pid)
		return false;
	return !selection->comm || is_comm(selection->comm, subject->comm);
}

bool selection_takes_histogram(const struct selection *selection, const struct session *session,
			       const struct keyed_histogram *keyed)
{
	unsigned int scope = HIST_SCOPE(keyed->shape);
	struct subject subject = { .has_cpu = scope == SCOPE_CPU || scope == SCOPE_IDLE };

	if (!selection_is_narrow(selection))
		return true;
	if (subject.has_cpu)
		subject.cpu = keyed->key;
	if (scope == SCOPE_TGID || scope == SCOPE_TID) {
		subject.tid = subject.tgid = keyed->key;
		subject.comm = session_task(session, keyed->key, session->last_ns);
	} else if (selection->pid != SELECT_ANY) {
		return false; /* of all tasks, and 0 is one */
	}
	return selection_takes(selection, &subject);
}
