/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox_landlock.h - no file but below the directories that are needed */
#ifndef TARSIER_SANDBOX_LANDLOCK_H
#define TARSIER_SANDBOX_LANDLOCK_H

#include "sandbox_filter.h"

/* The version of Landlock's interface in this kernel; 0: it has none, or it is switched off. */
int sandbox_landlock_version(void);

/* Restrict this process to the directories of @needs; 0 or -errno.  Files that are open stay so. */
int sandbox_landlock_enter(int version, const struct sandbox_needs *needs);

#endif
