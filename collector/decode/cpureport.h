/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpureport.h - tasks by the CPU time they used, the greatest first, and what the CPUs did meanwhile */
#ifndef TARSIER_DECODE_CPUREPORT_H
#define TARSIER_DECODE_CPUREPORT_H

#include "cputable.h"
#include "view.h"

enum cpu_since {
	SINCE_STEP,
	SINCE_RECORDING,
	SINCE_START, /* all that the tasks used in their lives */
};

struct cpu_span {
	enum cpu_since since;
	__u64 from_ns;
	__u64 to_ns;
};

/* Processes, and below them threads where there are any. */
void cpureport_tasks(const struct cputable *table, const struct cpu_span *span,
		     const struct session *session, FILE *out);

/* The same to a writer. */
void cpureport_tell(const struct cputable *table, const struct cpu_span *span,
		    const struct session *session, struct writer *writer);

/* One line: the tasks' time and that of idle CPUs make up all there is. */
void cpureport_balance(const struct rec_cputime_system *from, const struct rec_cputime_system *to,
		       FILE *out);

#endif
