/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sessions.h - which session a record belongs to
 *
 * A header names its session by id; any other record belongs to the session whose header was the
 * latest with the same salt.  Before that header it belongs to a session without a name, which gets
 * its name when the header turns up.
 */
#ifndef TARSIER_DECODE_SESSIONS_H
#define TARSIER_DECODE_SESSIONS_H

#include "session.h"

#define SESSIONS_MAX 4096
/* By chance not more than three of 4096 share a salt; bounded so that none costs time. */
#define SESSIONS_PER_SALT 16

struct sessions {
	struct shared *shared;
	struct session *session[SESSIONS_MAX]; /* in order of appearance */
	unsigned int count;
	unsigned int begun;		   /* those that are over and out of here included */
	struct session *by_salt[1u << 16]; /* the latest first */
};

/* @sessions is all zeros, most of which nobody touches ever: what they take is half a megabyte. */
void sessions_init(struct sessions *sessions, struct shared *shared);
void sessions_release(struct sessions *sessions);

/* The session that this header would be of, perhaps one without a name yet; NULL: a new one. */
const struct session *sessions_look(const struct sessions *sessions,
				    const struct rec_header *header);

/* Forget @session. */
void sessions_end(struct sessions *sessions, struct session *session);

/* The session of @record; NULL: there are too many. */
struct session *sessions_find(struct sessions *sessions, const struct record *record);

/* The one that @header names, if it has a place. */
const struct session *sessions_known(const struct sessions *sessions,
				     const struct rec_header *header);

#endif
