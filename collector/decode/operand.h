/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operand.h - an operand that names a command, of help and manual */
#ifndef TARSIER_DECODE_OPERAND_H
#define TARSIER_DECODE_OPERAND_H

#include "options.h"

#define OPERAND_COMMAND "[COMMAND]"
#define OPERAND_COMMAND_WANTED "name a command, or none"

/* COMMANDS_COUNT: none is named. */
enum command_id operand_command(const struct options *options);
/* For the check() of a command. */
const char *operand_check_command(struct options *options);

#endif
