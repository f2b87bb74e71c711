/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * callrows.h - calls of a function by CPU and thread, as rows of text or of a writer's table
 *
 * @row is in the order of the rows; those that are not selected are left out.
 */
#ifndef TARSIER_DECODE_CALLROWS_H
#define TARSIER_DECODE_CALLROWS_H

#include <stdio.h>

#include "funclat.h"
#include "steps.h"
#include "writer.h"

/* As many as the options want; @row is changed. */
void callrows_print(const struct rec_calls **row, unsigned int count, const struct session *session,
		    FILE *out);

/* To @writer, of the whole recording; to the session's writer, of a step. */
void callrows_tell(const struct rec_calls **row, unsigned int count, const struct session *session,
		   unsigned int probe, struct writer *writer);
void callrows_tell_step(const struct rec_calls **row, unsigned int count,
			const struct session *session, const struct step *step);

#endif
