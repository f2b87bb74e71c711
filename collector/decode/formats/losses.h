/* SPDX-License-Identifier: GPL-2.0-or-later */
/* losses.h - what of a recording was lost or damaged, a sentence each */
#ifndef TARSIER_DECODE_LOSSES_H
#define TARSIER_DECODE_LOSSES_H

#include "session.h"
#include "writer.h"

/* No more are kept; the others are counted. */
#define LOSSES_KEPT 64
#define LOSSES_LENGTH 256

struct losses {
	__u64 count;
	char *sentence[LOSSES_KEPT]; /* text of text_escape(); NULL: no memory */
	bool no_memory;
};

/* All that was told may be a loss or not. */
void losses_row(struct losses *losses, const struct session *session, const struct row *row);
void losses_distribution(struct losses *losses, const struct session *session,
			 const struct distribution *distribution);
/* The last sentence of one that is not clean, and why is not known by then. */
void losses_end(struct losses *losses, struct writer *writer, bool clean);
void losses_release(struct losses *losses);

/* Each in a line that begins with @before. */
void losses_print(const struct losses *losses, FILE *out, const char *before);
/* Of a format that has no place for them: on standard error, where the command does not do that itself. */
void losses_tell(const struct losses *losses, const struct options *options);

#endif
