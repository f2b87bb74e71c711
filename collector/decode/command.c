// SPDX-License-Identifier: GPL-2.0-or-later
/* command - what tarsier-decode can be told to do */
#include "command.h"

#include <string.h>

#define X(name, summary) extern const struct command command_##name;
COMMANDS(X)
#undef X

const struct command_entry command_entries[COMMANDS_COUNT] = {
#define X(name, summary) [COMMAND_##name] = { #name, summary, &command_##name },
	COMMANDS(X)
#undef X
};

enum command_id command_find(const char *name)
{
	unsigned int id = 0;

	while (id < COMMANDS_COUNT && strcmp(command_entries[id].name, name))
		id++;
	return id;
}
