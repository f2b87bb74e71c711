/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dry_run.h - what a recording with these options would be, without touching anything */
#ifndef TARSIER_DRY_RUN_H
#define TARSIER_DRY_RUN_H

#include "options.h"

/* Print it; returns an enum exit_status. */
int dry_run(const struct options *options);

#endif
