/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * histstep.h - what a histogram counted during a step: what it holds less what it held before
 *
 * A snapshot comes in pieces that may be lost, late or older than what is here.  What a histogram
 * holds is taken for the state at the end of a step only when it is proven to be: its buckets add up
 * to its summary, and that is of this snapshot, or no record is missing since, or the ledger agrees.
 * Otherwise the step says nothing, and a later one, for which there is proof, reaches back to where
 * this one began.
 */
#ifndef TARSIER_DECODE_HISTSTEP_H
#define TARSIER_DECODE_HISTSTEP_H

#include "histset.h"
#include "ledger.h"
#include "steps.h"

enum histstep_state {
	HISTSTEP_SAME, /* nothing was counted */
	HISTSTEP_COUNTED,
	HISTSTEP_UNSURE,  /* records are missing */
	HISTSTEP_NO_BASE, /* no memory for what it held before */
	HISTSTEP_STATES
};

struct histstep {
	__u64 from_ns; /* that of the step or earlier; 0: since recording began */
	struct histogram buckets;
	struct moments moments; /* min is 0 and max all ones where they are not known */
	bool backwards;		/* a count fell, which no kernel's does */
};

/*
 * @account, of the snapshot at the end of the step, counts as many values as are in @set: then all
 * of it is proven, whatever else is missing.  To be asked before the histograms are judged.
 */
void histstep_prove(struct histset *set, const struct account *account, const struct step *step);

enum histstep_state histstep_judge(const struct histset *set, const struct keyed_histogram *keyed,
				   const struct step *step);

/* Values counted during the step; only when it is HISTSTEP_COUNTED. */
__u64 histstep_count(const struct keyed_histogram *keyed);
void histstep_take(const struct keyed_histogram *keyed, const struct step *step,
		   struct histstep *to);

/* The step has been shown: what each histogram holds now is what the next ones are compared with. */
void histstep_next(struct histset *set, const struct step *step);

#endif
