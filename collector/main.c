// SPDX-License-Identifier: GPL-2.0-or-later
/* main - tarsier, the collector: its commands */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "dry_run.h"
#include "exit.h"
#include "options.h"
#include "probe.h"
#include "run.h"
#include "say.h"
#include "send.h"

static int command_run(int argc, char **argv)
{
	struct options options;

	switch (options_parse(&options, OPTIONS_FOR_RUN, argc, argv)) {
	case OPTIONS_HELP:
		options_print_help(OPTIONS_FOR_RUN);
		return EXIT_DONE;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}
	return options.dry_run ? dry_run(&options) : run(&options, argc, argv);
}

static int command_check(int argc, char **argv)
{
	struct options options;

	switch (options_parse(&options, OPTIONS_FOR_CHECK, argc, argv)) {
	case OPTIONS_HELP:
		options_print_help(OPTIONS_FOR_CHECK);
		return EXIT_DONE;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}
	return check(&options);
}

static int command_send(int argc, char **argv)
{
	return send_command(argc, argv);
}

static int command_list(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		say("'tarsier list' takes no option");
		return EXIT_USAGE;
	}
	for (const struct probe_entry *entry = probe_entries; entry->name; entry++) {
		printf("%-12s %s\n", entry->name, entry->summary);
		for (const struct probe_option *option = entry->probe->options; option->name;
		     option++)
			printf("    %s%s%s: %s\n", option->name, option->argument ? "=" : "",
			       option->argument ? option->argument : "", option->help);
	}
	return EXIT_DONE;
}

static int command_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("tarsier %s, record format %d.%d\n", TARSIER_VERSION, WIRE_MAJOR, WIRE_MINOR);
	return EXIT_DONE;
}

static int command_help(int argc, char **argv);

static const struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", "measure and write records ('tarsier run --help')", command_run },
	{ "check", "tell what works on this board ('tarsier check --help')", command_check },
	{ "send", "send recordings in files ('tarsier send --help')", command_send },
	{ "list", "show the probes and their options", command_list },
	{ "version", "print the version", command_version },
	{ "help", "print this", command_help },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int command_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("usage: tarsier COMMAND [OPTION]...\n\n"
	       "Record latencies of this kernel as 64-byte records, for tarsier-decode.\n\n");
	for (unsigned int i = 0; i < COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].help);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	for (unsigned int i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].run(argc - 1, argv + 1);
	say("%s%s%s: see 'tarsier help'", *name ? "unknown command '" : "no command", name,
	    *name ? "'" : "");
	return EXIT_USAGE;
}
