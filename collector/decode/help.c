// SPDX-License-Identifier: GPL-2.0-or-later
/* help - what --help prints */
#include "help.h"

#include <stdio.h>

#include "exit.h"
#include "option_rows.h"
#include "view.h"

static void print_exit_statuses(void)
{
	puts("\nexit status:");
#define X(name, number, text) puts("  " #number "  " text);
	EXIT_STATUSES(X)
#undef X
}

void help_overview(void)
{
	puts("usage: " PROGRAM " [COMMAND] [OPTION...] [OPERAND...]\n"
	     "\n"
	     "Shows what Tarsier's collector recorded.  Without a command: report.\n"
	     "\n"
	     "commands (each has its own --help):");
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		printf("  %-12s %s\n", command_entries[id].name, command_entries[id].summary);
	puts("\nprobes:");
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (view_entries[i].name)
			printf("  %-12s %s\n", view_entries[i].name, view_entries[i].summary);
	puts("\nformats:");
	for (const struct format_entry *entry = format_entries; entry->name; entry++)
		printf("  %-12s %s\n", entry->name, entry->summary);
	print_exit_statuses();
}

static void print_row(const struct option_row *row)
{
	char left[40];

	snprintf(left, sizeof(left), "-%c, --%s%s%s", row->letter, row->name,
		 row->argument ? " " : "", row->argument ? row->argument : "");
	printf("  %-28s %s", left, row->help);
	if (row->otherwise)
		printf(" (default: %s)", row->otherwise);
	putchar('\n');
}

void help_command(enum command_id id)
{
	const struct command_entry *entry = &command_entries[id];
	const struct command *command = entry->command;

	printf("usage: " PROGRAM " %s %s%s\n\n%s\n\n", entry->name,
	       command->run_alone ? "" : "[OPTION...] ", command->operands, command->about);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->in >> id & 1)
			print_row(row);
	if (command->example)
		printf("\nexample:\n%s\n", command->example);
	print_exit_statuses();
}
