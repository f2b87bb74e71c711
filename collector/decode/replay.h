/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.h - which blocks were accepted before, by this receiver and by those before it
 *
 * A file, mapped: what is in it outlives the receiver, however that ends; a crash of the machine
 * may take what was accepted since the last replay_sync().  Of each session it has the ranges of
 * block numbers that were accepted.  When there are too many, the oldest hole is closed: what is
 * below cannot be told any longer, and counts as too old.  Sessions are never forgotten.
 *
 * The file is pairs of halves, the first pair its head, the others one session each.  A change
 * goes to the older half and then makes it the newer one: whenever the receiver is killed, one of
 * the two is whole.
 */
#ifndef TARSIER_DECODE_REPLAY_H
#define TARSIER_DECODE_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define REPLAY_RANGES 504
#define REPLAY_SESSIONS_MAX (1u << 20)

enum replay_verdict {
	REPLAY_new,
	REPLAY_seen,
	REPLAY_too_old,
};

struct replay;

/* NULL after having told the user. */
struct replay *replay_open(const char *path);
void replay_close(struct replay *replay);

/* Changes nothing. */
enum replay_verdict replay_look(const struct replay *replay, __u64 board_id,
				const __u8 session_id[16], __u64 number);

/* Number @number, which is new, is accepted.  0, or -errno: there is no room for its session. */
int replay_accept(struct replay *replay, __u64 board_id, const __u8 session_id[16], __u64 number);

/* To the medium, if anything has changed. */
void replay_sync(struct replay *replay);

#endif
