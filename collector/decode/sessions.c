// SPDX-License-Identifier: GPL-2.0-or-later
/* sessions - which session a record belongs to */
#include "sessions.h"

#include <string.h>

void sessions_init(struct sessions *sessions, struct shared *shared)
{
	sessions->shared = shared;
}

void sessions_release(struct sessions *sessions)
{
	for (unsigned int i = 0; i < sessions->count; i++) {
		sessions->by_salt[sessions->session[i]->salt] = NULL;
		session_close(sessions->session[i]);
	}
	boots_release(&sessions->shared->boots);
	sessions->count = 0;
	sessions->begun = 0;
}

static struct session *begin(struct sessions *sessions, __u16 salt)
{
	struct session *session = NULL;

	if (sessions->count < SESSIONS_MAX)
		session = session_open(sessions->shared, sessions->begun + 1, salt);
	if (!session)
		return NULL;
	session->same_salt = sessions->by_salt[salt];
	sessions->by_salt[salt] = session;
	sessions->session[sessions->count++] = session;
	sessions->begun++;
	return session;
}

void sessions_end(struct sessions *sessions, struct session *session)
{
	struct session **link = &sessions->by_salt[session->salt];
	unsigned int at = 0;

	while (*link != session)
		link = &(*link)->same_salt;
	*link = session->same_salt;
	while (sessions->session[at] != session)
		at++;
	sessions->count--;
	memmove(&sessions->session[at], &sessions->session[at + 1],
		(sessions->count - at) * sizeof(sessions->session[0]));
	session_close(session);
}

/* The board is part of it: one that has a key is never mixed up with one that says to be the same. */
static bool is_of(const struct session *session, const struct rec_header *header)
{
	return session->board_id == header->board_id &&
	       !memcmp(session->id, header->session_id, sizeof(session->id));
}

/* The session of this id, moved to the front of its salt's chain. */
static struct session *find_named(struct sessions *sessions, const struct rec_header *header,
				  unsigned int *chained)
{
	struct session **link = &sessions->by_salt[header->salt], *session;

	for (*chained = 0; (session = *link); link = &session->same_salt, ++*chained) {
		if (session->named && !is_of(session, header))
			continue;
		*link = session->same_salt;
		session->same_salt = sessions->by_salt[header->salt];
		sessions->by_salt[header->salt] = session;
		return session;
	}
	return NULL;
}

static struct session *find_by_header(struct sessions *sessions, const struct rec_header *header)
{
	unsigned int chained;
	struct session *session = find_named(sessions, header, &chained);

	if (!session && chained < SESSIONS_PER_SALT)
		session = begin(sessions, header->salt);
	if (!session || session->named)
		return session;
	session->named = true;
	session->board_id = header->board_id;
	memcpy(session->id, header->session_id, sizeof(session->id));
	return session;
}

const struct session *sessions_look(const struct sessions *sessions,
				    const struct rec_header *header)
{
	const struct session *session = sessions->by_salt[header->salt];

	while (session && session->named && !is_of(session, header))
		session = session->same_salt;
	return session;
}

struct session *sessions_find(struct sessions *sessions, const struct record *record)
{
	const struct rec_header *header = (const struct rec_header *)record;
	struct session *session = sessions->by_salt[record->salt];

	if (record->type == REC_header && header->magic == WIRE_MAGIC)
		return find_by_header(sessions, header);
	return session ? session : begin(sessions, record->salt);
}

const struct session *sessions_known(const struct sessions *sessions,
				     const struct rec_header *header)
{
	const struct session *session = sessions->by_salt[header->salt];

	while (session && !(session->named && is_of(session, header)))
		session = session->same_salt;
	return session;
}
