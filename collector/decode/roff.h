/* SPDX-License-Identifier: GPL-2.0-or-later */
/* roff.h - manual pages, made of the same rows as the help */
#ifndef TARSIER_DECODE_ROFF_H
#define TARSIER_DECODE_ROFF_H

#include <stdio.h>

#include "command.h"

/* tarsier-decode(1) */
void roff_overview(FILE *out);
/* tarsier-decode-COMMAND(1) */
void roff_command(enum command_id id, FILE *out);

#endif
