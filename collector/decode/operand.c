// SPDX-License-Identifier: GPL-2.0-or-later
/* operand - an operand that names a command, of help and manual */
#include "operand.h"

enum command_id operand_command(const struct options *options)
{
	return options->input_count ? command_find(options->inputs[0]) : COMMANDS_COUNT;
}

const char *operand_check_command(struct options *options)
{
	return options->input_count && operand_command(options) == COMMANDS_COUNT
		       ? "there is no such command"
		       : NULL;
}
