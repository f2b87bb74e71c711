// SPDX-License-Identifier: GPL-2.0-or-later
/* manual - 'tarsier-decode manual': manual pages */
#include "roff.h"

#include "exit.h"
#include "operand.h"

static int run(const struct options *options)
{
	enum command_id id = operand_command(options);

	if (id < COMMANDS_COUNT)
		roff_command(id, stdout);
	else
		roff_overview(stdout);
	return fflush(stdout) ? EXIT_IO : EXIT_CLEAN;
}

const struct command command_manual = {
	.operands = OPERAND_COMMAND,
	.operands_most = 1,
	.wanted = OPERAND_COMMAND_WANTED,
	.about = "Prints a manual page, in the language of man(7).",
	.example = "  " PROGRAM " manual report | man -l -",
	.check = operand_check_command,
	.run = run,
};
