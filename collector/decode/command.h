/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - what tarsier-decode can be told to do
 *
 * A command is a file in commands/ that ends in a struct command named command_<name>, and a line in
 * COMMANDS.  Which options it takes stands in the rows of options.c.
 */
#ifndef TARSIER_DECODE_COMMAND_H
#define TARSIER_DECODE_COMMAND_H

#include <stdbool.h>

struct options;

/* X(name, one line), in the order in which they are listed; the first one is meant without a name */
#define COMMANDS(X)                                                                                \
	X(report, "what was recorded: histograms, percentiles, tables, and what is missing")       \
	X(events, "single events, in the order in which they were recorded")                       \
	X(top, "the tasks that used most CPU time")                                                \
	X(verify, "are recordings whole, and do their books balance?")                             \
	X(stats, "what recordings consist of, and how much there is of it")                        \
	X(convert, "all there is, events and results, in another format")                          \
	X(diff, "two recordings, before and after: what became slower?")                           \
	X(merge, "one recording of several that overlap")                                          \
	X(listen, "receive datagrams from boards and report")                                      \
	X(key, "make keys, and those of boards from a fleet's")                                    \
	X(help, "what commands, probes and formats there are, or what a command does")             \
	X(manual, "the manual page of all, or of a command, in roff")                              \
	X(completion, "what lets a shell complete the words of a command line")

enum command_id {
#define X(name, summary) COMMAND_##name,
	COMMANDS(X)
#undef X
		COMMANDS_COUNT
};

struct command {
	const char *operands; /* as the usage line shows them */
	int operands_least;
	int operands_most;
	const char *wanted;  /* what to say when there are too few or too many */
	const char *about;   /* lines for --help */
	const char *example; /* one command line, or several */
	/* What only makes sense together: NULL, or what is wrong.  Sets the defaults that depend on it. */
	const char *(*check)(struct options *options);
	/* Returns an exit status (exit.h). */
	int (*run)(const struct options *options);
	/* Instead: it reads its own command line. */
	int (*run_alone)(int argc, char **argv);
};

#define OPERANDS_ANY 0x7fffffff

struct command_entry {
	const char *name;
	const char *summary;
	const struct command *command;
};

/* By id. */
extern const struct command_entry command_entries[COMMANDS_COUNT];

/* COMMANDS_COUNT: there is no such command. */
enum command_id command_find(const char *name);

#endif
