/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gather.h - from the options to a decoder that has read all there is to read */
#ifndef TARSIER_DECODE_GATHER_H
#define TARSIER_DECODE_GATHER_H

#include "decoder.h"
#include "input.h"

/*
 * A decoder with the keys that the options name, and a writer of what @wants (WRITES_...) where they
 * name a format; text goes to @out.  NULL after having told the user.
 */
struct decoder *gather_open(const struct options *options, unsigned int wants, FILE *out);
/* Returns @status, or EXIT_IO when the writer failed. */
int gather_close(struct decoder *decoder, int status);

/* Read the inputs. */
void gather(struct decoder *decoder, struct input_result *result);

/* What became of it, as an exit status.  @clean: what was read is whole; @out is flushed. */
int gather_status(const struct decoder *decoder, const struct input_result *result, bool clean,
		  FILE *out);

/*
 * All of it, for a command that reads its inputs once: @show tells on @out, or to the writer, what was
 * read, and whether nothing is damaged, missing or unexplained.  Returns an exit status.
 */
int gather_run(const struct options *options, unsigned int wants,
	       bool (*show)(struct decoder *decoder, FILE *out));

#endif
