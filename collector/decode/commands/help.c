// SPDX-License-Identifier: GPL-2.0-or-later
/* help - 'tarsier-decode help': what --help prints */
#include "help.h"

#include "exit.h"
#include "operand.h"

static int run(const struct options *options)
{
	enum command_id id = operand_command(options);

	if (id < COMMANDS_COUNT)
		help_command(id);
	else
		help_overview();
	return fflush(stdout) ? EXIT_IO : EXIT_CLEAN;
}

const struct command command_help = {
	.operands = OPERAND_COMMAND,
	.operands_most = 1,
	.wanted = OPERAND_COMMAND_WANTED,
	.about = "Prints what --help does.",
	.example = "  " PROGRAM " help report",
	.check = operand_check_command,
	.run = run,
};
