/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hooks.h - all hooks in use, each once however many probes share it */
#ifndef TARSIER_HOOKS_H
#define TARSIER_HOOKS_H

#include "hook.h"
#include "loop.h"

/* Attach @hook unless that was tried before; 0, or -errno of that attempt. */
int hooks_attach(struct hook *hook);

/* Call @ready, from the loop, when events wait.  0 or -errno. */
int hooks_watch(void (*ready)(struct watch *watch));
/* Hand out at most @most events of each hook; returns how many there were. */
unsigned int hooks_drain(unsigned int most);

/* Of all hooks together. */
struct ring_use hooks_ring_use(void);
/* See struct hook. */
void hooks_take_in_bulk(bool in_bulk);
void hooks_shed(__u32 mask);

/* Recording begins. */
void hooks_begin(void);
void hooks_tick(void);
struct bpf_cost hooks_cost(void);
void hooks_detach(void);
void hooks_close(void);

#endif
