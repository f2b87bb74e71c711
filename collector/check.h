/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.h - 'tarsier check': what a recording would find on this board */
#ifndef TARSIER_CHECK_H
#define TARSIER_CHECK_H

#include "options.h"

/* Try all of it, leave nothing, and report on standard output; returns an enum exit_status. */
int check(const struct options *options);

#endif
