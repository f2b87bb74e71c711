/* SPDX-License-Identifier: GPL-2.0-or-later */
/* argument.h - what may stand for an argument as the help calls it: for shells that complete it */
#ifndef TARSIER_DECODE_ARGUMENT_H
#define TARSIER_DECODE_ARGUMENT_H

#include <stdbool.h>
#include <stdio.h>

#include "command.h"
#include "option_rows.h"

/* Files and directories fit @argument, "FILE|DIR...". */
bool argument_takes_files(const char *argument);
/* The words that fit @argument, parted by spaces: those of "us|ms|ns", and the names of what is in a list. */
void argument_print_words(const char *argument, FILE *out);

/* The next row from @row on that @command takes, itself included; NULL: there is none. */
const struct option_row *option_of_command(const struct option_row *row, enum command_id command);

#endif
