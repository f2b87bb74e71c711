// SPDX-License-Identifier: GPL-2.0-or-later
/* main - tarsier-decode: shows what Tarsier's collector recorded */
#include <string.h>

#include "command.h"
#include "exit.h"
#include "help.h"
#include "options.h"

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

int main(int argc, char **argv)
{
	enum command_id id = argc > 1 ? command_find(argv[1]) : COMMANDS_COUNT;
	bool named = id < COMMANDS_COUNT;
	struct options options;
	int status;

	if (argc == 2 && is_help(argv[1])) {
		help_overview();
		return EXIT_CLEAN;
	}
	if (!named)
		id = COMMAND_report;
	if (command_entries[id].command->run_alone)
		return command_entries[id].command->run_alone(argc - 1, argv + 1);
	if (!options_parse(id, argc - named, argv + named, &options, &status))
		return status;
	return command_entries[id].command->run(&options);
}
