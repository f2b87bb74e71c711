/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.h - what --help prints */
#ifndef TARSIER_DECODE_HELP_H
#define TARSIER_DECODE_HELP_H

#include "command.h"

/* All commands, one line each. */
void help_overview(void);
/* One of them, with its options. */
void help_command(enum command_id id);

#endif
