// SPDX-License-Identifier: GPL-2.0-or-later
/* options - the command line */
#include "options.h"

#include <getopt.h>
#include <sched.h>
#include <string.h>

#include "command.h"
#include "exit.h"
#include "help.h"
#include "option_rows.h"
#include "writer.h"

#define MEMORY_MAX (10u << 20)
#define ROWS_OF_A_FILE 40
#define ROWS_MAX 64
#define PART_SIZE (32u << 20)

/* getopt's two ways to spell the rows; those of other commands too, to say whose they are. */
static void spell(struct option longs[ROWS_MAX + 1], char letters[2 * ROWS_MAX + 2])
{
	*letters++ = ':';
	for (const struct option_row *row = option_rows; row->name; row++) {
		*longs++ = (struct option) {
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = row->letter,
		};
		*letters++ = row->letter;
		if (row->argument)
			*letters++ = ':';
	}
	*letters = '\0';
	*longs = (struct option) { 0 };
}

/* That of @command, where it is one of its options; commands may mean different things by a letter. */
static const struct option_row *find_row(int letter, enum command_id command)
{
	const struct option_row *found = NULL;

	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->letter == letter && (!found || row->in >> command & 1))
			found = row;
	return found;
}

static void print_mistake(const char *what, const char *word)
{
	fprintf(stderr, PROGRAM ": %s ", what);
	text_print_string(stderr, word);
	fputs(" (see " PROGRAM " --help)\n", stderr);
}

static void print_misplaced(const struct option_row *row, enum command_id command)
{
	fprintf(stderr, PROGRAM ": --%s is not an option of %s, but of", row->name,
		command_entries[command].name);
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		if (row->in >> id & 1)
			fprintf(stderr, " %s", command_entries[id].name);
	fputc('\n', stderr);
}

/* Act on the option that getopt has just found; false: end with *@status. */
static bool act(int letter, char **argv, struct options *options, int *status)
{
	const struct option_row *row = find_row(letter, options->command);

	*status = EXIT_USAGE;
	if (letter == '?') {
		print_mistake("unknown or misused option", argv[optind - 1]);
	} else if (letter == ':') {
		print_mistake("a value is missing for", argv[optind - 1]);
	} else if (letter == 'h') {
		help_command(options->command);
		*status = EXIT_CLEAN;
	} else if (letter == 'V') {
		puts(PROGRAM " " TARSIER_VERSION);
		*status = EXIT_CLEAN;
	} else if (!(row->in >> options->command & 1)) {
		print_misplaced(row, options->command);
	} else if (!row->set(options, optarg)) {
		fprintf(stderr, PROGRAM ": --%s: expected %s, not \"", row->name, row->argument);
		text_print_string(stderr, optarg);
		fputs("\"\n", stderr);
	} else {
		return true;
	}
	return false;
}

/* What only makes sense together, and the defaults that depend on it. */
static bool check(struct options *options)
{
	const struct command *command = command_entries[options->command].command;
	const char *mistake = NULL;

	if (options->input_count < command->operands_least ||
	    options->input_count > command->operands_most)
		mistake = command->wanted;
	else if (command->check)
		mistake = command->check(options);
	if (mistake)
		fprintf(stderr, PROGRAM ": %s (see " PROGRAM " %s --help)\n", mistake,
			command_entries[options->command].name);
	if (options->format && !options->interval_ns)
		options->interval_ns = options->format->format->interval_ns;
	if (options->rows == OPTION_ROWS_UNSET)
		options->rows = options->format ? OPTION_ROWS_ALL : ROWS_OF_A_FILE;
	return !mistake;
}

/* Those that this process may use. */
static unsigned int count_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned int)CPU_COUNT(&set);
}

struct options options_default(void)
{
	return (struct options) {
		.rows = OPTION_ROWS_UNSET,
		.unit = unit_find("us"),
		.memory_max = MEMORY_MAX,
		.selection = { .cpu = SELECT_ANY, .pid = SELECT_ANY },
		.jobs = count_cpus(),
		.part_size = PART_SIZE,
	};
}

bool options_parse(enum command_id command, int argc, char **argv, struct options *options,
		   int *status)
{
	struct option longs[ROWS_MAX + 1];
	char letters[2 * ROWS_MAX + 2];
	int letter;

	*options = options_default();
	options->command = command;
	spell(longs, letters);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		if (!act(letter, argv, options, status))
			return false;
	options->inputs = argv + optind;
	options->input_count = argc - optind;
	*status = EXIT_USAGE;
	return check(options);
}
