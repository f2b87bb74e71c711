/* SPDX-License-Identifier: GPL-2.0-or-later */
/* funclat_programs.h - the programs of funclat.bpf.c, loaded and put on a function in one way or another */
#ifndef TARSIER_FUNCLAT_PROGRAMS_H
#define TARSIER_FUNCLAT_PROGRAMS_H

#include "funclat_hook.h"

struct bpf_program;

/* The programs of one way: those for the entry, for the return, and for the end of a thread. */
struct programs {
	struct bpf_program *entry, *exit, *gone;
};

/* One way to be at a function's entry and return; the better ones come first. */
struct funclat_way {
	struct rung rung;
	enum function_way id;
	/* NULL, or why this kernel cannot do it. */
	const char *(*lacking)(void);
	void (*choose)(const struct funclat *self, struct funclat_bpf *skel,
		       struct programs *programs);
	struct bpf_link *(*attach)(struct bpf_program *program, bool returns, const char *function);
};

extern const struct funclat_way funclat_ways[FUNCLAT_WAYS];

/*
 * Put programs with the settings @config on @function.  0, and the caller owns *@skel and @links; on failure,
 * -errno and the reason in @why, and nothing is left.
 */
int funclat_put_on(const struct funclat *self, const struct funclat_way *way, const char *function,
		   struct funclat_config config, struct funclat_bpf **skel,
		   struct bpf_link *links[FUNCLAT_LINKS], char why[LADDER_WHY]);

/* Remove them; the maps stay. */
void funclat_take_off(struct bpf_link *links[FUNCLAT_LINKS]);

#endif
