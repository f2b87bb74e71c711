/* SPDX-License-Identifier: GPL-2.0-or-later */
/* histtell.h - the histograms of a probe, told to a writer */
#ifndef TARSIER_DECODE_HISTTELL_H
#define TARSIER_DECODE_HISTTELL_H

#include "histset.h"
#include "session.h"
#include "writer.h"

/* All that was counted. */
void histtell(const struct histset *set, const struct session *session, unsigned int probe,
	      struct writer *writer);

/* A histogram of single events, about all tasks on all CPUs. */
void histtell_all(const struct histogram *buckets, const struct moments *moments,
		  const struct session *session, unsigned int probe, struct writer *writer);
void histtell_step_all(const struct histogram *buckets, const struct moments *moments,
		       const struct session *session, const struct step *step);

/* What was counted during the step that has ended; then the next one begins. */
void histtell_step(struct histset *set, const struct session *session, const struct step *step);

#endif
