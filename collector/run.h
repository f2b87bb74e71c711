/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - one session from its first to its closing block */
#ifndef TARSIER_RUN_H
#define TARSIER_RUN_H

#include "options.h"

/* Record until a signal or the duration ends it; returns an enum exit_status. */
int run(const struct options *options, int argc, char **argv);

#endif
