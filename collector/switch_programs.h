/* SPDX-License-Identifier: GPL-2.0-or-later */
/* switch_programs.h - the programs at a context switch, loaded and attached in one way or another */
#ifndef TARSIER_SWITCH_PROGRAMS_H
#define TARSIER_SWITCH_PROGRAMS_H

#include <stdbool.h>

#include "ladder.h"
#include "sched_state.h"

struct bpf_link;
struct bpf_object;

#define SWITCH_WAYS 5
#define SWITCH_LINKS 5

/* For the ladder: the better ways come first. */
extern const struct rung switch_rungs[SWITCH_WAYS + 1];

/* What is loaded. */
struct switch_programs {
	struct bpf_object *object; /* NULL: nothing */
	struct sched_shared *shared;
	struct sched_cpu *cpus;
	unsigned int cpu_places; /* in cpus, a power of two */
	bool by_event;		 /* they see tracepoints' records, not tasks */
	/* private */
	struct bpf_link *links[SWITCH_LINKS];
	unsigned int link_count;
};

/* How much room there has to be. */
struct switch_sizes {
	__u32 keys;	  /* processes and threads with a histogram of their own */
	__u32 ring_bytes; /* a power of two and a multiple of the page size */
};

/*
 * Load the programs of the way @rung that @config wants, and attach them; nothing is counted yet.  0,
 * and the caller owns *@programs (switch_programs_close()); on failure, -errno and the reason in @why.
 */
int switch_programs_open(struct switch_programs *programs, unsigned int rung,
			 const struct sched_config *config, const struct switch_sizes *sizes,
			 char why[LADDER_WHY]);
/* Remove the programs from the kernel's hooks; the memory stays readable. */
void switch_programs_detach(struct switch_programs *programs);
void switch_programs_close(struct switch_programs *programs);

/* "also: ", and the hooks of these programs that the rung's text does not name; empty: none. */
#define SWITCH_ALSO 80
const char *switch_programs_also(const struct switch_programs *programs, char to[SWITCH_ALSO]);

/* Does each process or thread, or each CPU's idle task, get a histogram of its own? */
bool switch_wants_keys(const struct sched_config *config);

#endif
