/* SPDX-License-Identifier: GPL-2.0-or-later */
/* own_use - how full the collector's own memory is, and whether it keeps to its budget */
#ifndef TARSIER_OWN_USE_H
#define TARSIER_OWN_USE_H

#include "hook.h"

/* Recording begins; @budget_ppm: millionths of one CPU that may be used, 0: as much as it takes. */
void own_use_begin(__u32 budget_ppm);

/* Before events are taken out of the ring buffer. */
void own_use_before_events(void);
/* Every second with a budget, and after events: look whether it is kept, and shed events or take them again. */
void own_use_watch(void);
/* The same, unless that was done a moment ago. */
void own_use_after_events(void);

/* Write what was used since the last time; @cost is that of the hooks. */
void own_use_write(const struct bpf_cost *cost, struct stream *stream);

#endif
