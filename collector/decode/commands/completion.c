// SPDX-License-Identifier: GPL-2.0-or-later
/* completion - 'tarsier-decode completion': what lets a shell complete the words of a command line */
#include <string.h>

#include "exit.h"
#include "options.h"
#include "argument.h"

/* In single quotes of a shell; @special gets a backslash. */
static void print_quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\'", stdout);
		else if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

static void print_names(char separator)
{
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++) {
		if (id)
			putchar(separator);
		fputs(command_entries[id].name, stdout);
	}
}

/* An option is meant by the same name in all commands: the first row says what it takes. */
static bool is_first_of_name(const struct option_row *row)
{
	for (const struct option_row *other = option_rows; other < row; other++)
		if (!strcmp(other->name, row->name))
			return false;
	return true;
}

/*
 * bash
 */

static void bash_reply(const char *argument)
{
	fputs("COMPREPLY=($(compgen ", stdout);
	if (argument_takes_files(argument))
		fputs("-f ", stdout);
	fputs("-W '", stdout);
	argument_print_words(argument, stdout);
	puts("' -- \"$word\"))");
}

static void bash_values(void)
{
	puts("\tcase $before in");
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!row->argument || !is_first_of_name(row))
			continue;
		printf("\t-%c|--%s) ", row->letter, row->name);
		bash_reply(row->argument);
		puts("\t\treturn ;;");
	}
	puts("\tesac");
}

static void bash_command(enum command_id id)
{
	const struct option_row *row = option_rows;

	printf("\t%s)\n\t\tif [[ $word == -* ]]; then\n\t\t\tCOMPREPLY=($(compgen -W '",
	       command_entries[id].name);
	for (; (row = option_of_command(row, id)); row++)
		printf(" --%s", row->name);
	fputs("' -- \"$word\"))\n\t\telse\n\t\t\t", stdout);
	bash_reply(command_entries[id].command->operands);
	puts("\t\tfi ;;");
}

static void print_bash(void)
{
	puts("# bash completion of " PROGRAM "\n"
	     "_tarsier_decode()\n"
	     "{\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	     "\tlocal command=report\n"
	     "\n"
	     "\t# --unit=ms is three words here\n"
	     "\tif [ \"$before\" = = ]; then\n"
	     "\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n"
	     "\telif [ \"$word\" = = ]; then\n"
	     "\t\tword=\n"
	     "\tfi");
	bash_values();
	fputs("\tcase ${COMP_WORDS[1]} in\n\t", stdout);
	print_names('|');
	puts(") command=${COMP_WORDS[1]} ;;\n\tesac");
	fputs("\tif [ \"$COMP_CWORD\" -eq 1 ] && [[ $word != -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -f -W '",
	      stdout);
	print_names(' ');
	puts("' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $command in");
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		bash_command(id);
	puts("\tesac\n}\ncomplete -o filenames -F _tarsier_decode " PROGRAM);
}

/*
 * zsh
 */

/* What _arguments says and does for an argument. */
static void zsh_action(const char *argument)
{
	putchar(':');
	print_quoted(argument, ":[]");
	putchar(':');
	if (argument_takes_files(argument)) {
		fputs("_files", stdout);
		return;
	}
	putchar('(');
	argument_print_words(argument, stdout);
	putchar(')');
}

static void zsh_command(enum command_id id)
{
	const struct option_row *row = option_rows;

	printf("\t%s) _arguments", command_entries[id].name);
	for (; (row = option_of_command(row, id)); row++) {
		printf(" \\\n\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", row->letter, row->name, row->letter,
		       row->argument ? "+" : "", row->name, row->argument ? "=" : "");
		print_quoted(row->help, ":[]");
		putchar(']');
		if (row->argument)
			zsh_action(row->argument);
		putchar('\'');
	}
	fputs(" \\\n\t\t'*", stdout);
	zsh_action(command_entries[id].command->operands);
	puts("' ;;");
}

static void print_zsh(void)
{
	puts("#compdef " PROGRAM "\n"
	     "_tarsier_decode() {\n"
	     "\tlocal command=report\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++) {
		printf("\t\t'%s:", command_entries[id].name);
		print_quoted(command_entries[id].summary, "");
		puts("'");
	}
	fputs("\t)\n"
	      "\tif (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
	      "\t\t_describe command commands\n"
	      "\t\t_files\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tcase $words[2] in\n\t",
	      stdout);
	print_names('|');
	puts(") command=$words[2]; shift words; (( CURRENT-- )) ;;\n\tesac\n\tcase $command in");
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		zsh_command(id);
	puts("\tesac\n}\n_tarsier_decode \"$@\"");
}

/*
 * fish
 */

/* report is meant where no other command is named. */
static void fish_condition(enum command_id id)
{
	fputs("complete -c " PROGRAM " -n '", stdout);
	if (id == COMMAND_report) {
		fputs("not __fish_seen_subcommand_from", stdout);
		for (unsigned int other = 0; other < COMMANDS_COUNT; other++)
			if (other != id)
				printf(" %s", command_entries[other].name);
	} else {
		printf("__fish_seen_subcommand_from %s", command_entries[id].name);
	}
	putchar('\'');
}

/* -r: a value, be it a file; -x: a value, but no file. */
static void fish_values(const char *argument)
{
	fputs(argument_takes_files(argument) ? " -r -a '" : " -x -a '", stdout);
	argument_print_words(argument, stdout);
	putchar('\'');
}

static void fish_command(enum command_id id)
{
	const char *operands = command_entries[id].command->operands;
	const struct option_row *row = option_rows;

	for (; (row = option_of_command(row, id)); row++) {
		fish_condition(id);
		printf(" -s %c -l %s", row->letter, row->name);
		if (row->argument)
			fish_values(row->argument);
		fputs(" -d '", stdout);
		print_quoted(row->help, "\\");
		puts("'");
	}
	if (argument_takes_files(operands))
		return;
	fish_condition(id);
	fputs(" -f -a '", stdout);
	argument_print_words(operands, stdout);
	puts("'");
}

static void print_fish(void)
{
	puts("# fish completion of " PROGRAM);
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++) {
		printf("complete -c " PROGRAM " -n __fish_use_subcommand -a %s -d '",
		       command_entries[id].name);
		print_quoted(command_entries[id].summary, "\\");
		puts("'");
	}
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		fish_command(id);
}

/* X(name of the shell) */
#define SHELLS(X) X(bash) X(zsh) X(fish)

static int run(const struct options *options)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {
#define X(name) { #name, print_##name },
		SHELLS(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, options->inputs[0]) != 0)
			continue;
		shells[i].print();
		return fflush(stdout) ? EXIT_IO : EXIT_CLEAN;
	}
	fputs(PROGRAM ": completion: expected bash|zsh|fish, not \"", stderr);
	text_print_string(stderr, options->inputs[0]);
	fputs("\"\n", stderr);
	return EXIT_USAGE;
}

const struct command command_completion = {
	.operands = "bash|zsh|fish",
	.operands_least = 1,
	.operands_most = 1,
	.wanted = "name a shell: bash, zsh or fish",
	.about = "Prints a script: bash and fish read it with source, zsh from a file _" PROGRAM
		 " in its\n"
		 "fpath.",
	.example = "  source <(" PROGRAM " completion bash)",
	.run = run,
};
