/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - who records what on which board: identity, and the records that tell it */
#ifndef TARSIER_SESSION_H
#define TARSIER_SESSION_H

#include <stdbool.h>

#include "hook.h"

struct session {
	const char *board;   /* name given by the user; NULL: found on the board */
	const char *command; /* command line */
	__u32 probes_wanted; /* 1 << probe id */
	__u32 probes_active;
	__u32 interval_ms;
	__u32 ring_bytes;
	bool sealed; /* the session's id is part of what must never be used twice */

	/* private */
	char board_name[64];
	__u8 boot_id[16];
	__u16 cpus_possible;
	__u16 cpus_online;
	__u64 started_ns;
};

/* Draw the session's id and find the board's; sets both in @stream. */
void session_begin(struct session *session, struct stream *stream);

/* Session record and texts: written first, and again every 64 blocks. */
void session_write(const struct session *session, struct stream *stream);
/* What the collector itself costs, @cost its BPF part; @bpf_stats: the kernel counts BPF run time. */
void session_write_self(struct stream *stream, struct bpf_cost cost, bool bpf_stats);

/* Files that the records above need are opened once: nothing is looked up later.  0 or -errno. */
int session_open_files(void);

#endif
