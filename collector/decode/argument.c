// SPDX-License-Identifier: GPL-2.0-or-later
/* argument - what may stand for an argument as the help calls it: for shells that complete it */
#include "argument.h"

#include <ctype.h>
#include <string.h>

#include "view.h"

bool argument_takes_files(const char *argument)
{
	return strstr(argument, "FILE") || strstr(argument, "DIR");
}

static void print_probes(FILE *out)
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (view_entries[i].name)
			fprintf(out, " %s", view_entries[i].name);
}

static void print_formats(FILE *out)
{
	fputs(" text", out);
	for (const struct format_entry *entry = format_entries; entry->name; entry++)
		fprintf(out, " %s", entry->name);
}

static void print_commands(FILE *out)
{
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		fprintf(out, " %s", command_entries[id].name);
}

/* One of several between bars: small letters stand for themselves. */
static void print_word(const char *word, size_t length, FILE *out)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} lists[] = {
		{ "PROBE", print_probes },
		{ "FORMAT", print_formats },
		{ "[COMMAND]", print_commands },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strlen(lists[i].name) == length && !strncmp(lists[i].name, word, length))
			lists[i].print(out);
	if (islower((unsigned char)*word))
		fprintf(out, " %.*s", (int)length, word);
}

void argument_print_words(const char *argument, FILE *out)
{
	while (*argument) {
		size_t length = strcspn(argument, "| ");

		if (length)
			print_word(argument, length, out);
		argument += length;
		argument += *argument != '\0';
	}
}

const struct option_row *option_of_command(const struct option_row *row, enum command_id command)
{
	while (row->name && !(row->in >> command & 1))
		row++;
	return row->name ? row : NULL;
}
