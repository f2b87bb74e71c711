// SPDX-License-Identifier: GPL-2.0-or-later
/* options - the command line */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"
#include "view.h"

#define MEMORY_MAX (10u << 20)
#define NS_PER_MS 1e6
#define DURATION_MAX_MS (366 * 86400e3)
#define ROWS_OF_A_FILE 40
#define ROWS_ALL (~0ULL)
#define ROWS_UNSET (ROWS_ALL - 1)

/* One option: everything that is said about it stands in its row. */
struct option_row {
	const char *name;
	char letter;
	const char *argument;  /* NULL: takes none */
	const char *otherwise; /* what holds without it; NULL: nothing to say */
	const char *help;
	/* False: @value does not fit. */
	bool (*set)(struct options *options, const char *value);
};

static bool parse_number(const char *text, __u64 most, __u64 *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !errno && !*end && *number <= most;
}

/* "10", "0.5", "200ms", "5m", "2h", "1d", as the collector takes it; from a millisecond to a year. */
static bool parse_duration(const char *text, __u64 *duration_ns)
{
	static const struct {
		const char *name;
		__u64 ms;
	} units[] = { { "", 1000 },   { "s", 1000 },	{ "ms", 1 },
		      { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
	double number;
	char *end;

	if ((*text < '0' || *text > '9') && *text != '.')
		return false;
	number = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double ms = number * (double)units[i].ms;

		if (strcmp(end, units[i].name))
			continue;
		if (!(ms >= 1 && ms <= DURATION_MAX_MS))
			return false;
		*duration_ns = (__u64)(ms * NS_PER_MS);
		return true;
	}
	return false;
}

static bool set_listen(struct options *options, const char *value)
{
	options->listen = value;
	return *value;
}

static bool set_save(struct options *options, const char *value)
{
	options->save = value;
	return *value;
}

static bool set_keys(struct options *options, const char *value)
{
	options->keys = value;
	return *value;
}

static bool set_state(struct options *options, const char *value)
{
	options->state = value;
	return *value;
}

static bool set_until_closed(struct options *options, const char *value)
{
	(void)value;
	options->until_closed = true;
	return true;
}

static bool set_timeout(struct options *options, const char *value)
{
	__u64 seconds;

	if (!parse_number(value, 1000000, &seconds) || !seconds)
		return false;
	options->timeout_s = (__u32)seconds;
	return true;
}

static bool set_rows(struct options *options, const char *value)
{
	if (!strcmp(value, "all")) {
		options->rows = ROWS_ALL;
		return true;
	}
	return parse_number(value, ROWS_UNSET - 1, &options->rows);
}

static bool set_unit(struct options *options, const char *value)
{
	options->unit = unit_find(value);
	return options->unit;
}

static bool set_buckets(struct options *options, const char *value)
{
	if (strcmp(value, "log2") && strcmp(value, "h2"))
		return false;
	options->buckets = !strcmp(value, "h2") ? BUCKETS_H2 : BUCKETS_LOG2;
	return true;
}

static bool set_probe(struct options *options, const char *value)
{
	options->probe = view_find(value);
	return options->probe;
}

static bool set_interval(struct options *options, const char *value)
{
	return parse_duration(value, &options->interval_ns);
}

static bool set_verbose(struct options *options, const char *value)
{
	(void)value;
	options->verbose = true;
	return true;
}

static const struct option_row rows[] = {
	{ "listen", 'l', "[HOST:]PORT", NULL, "receive datagrams; port 0: any that is free",
	  set_listen },
	{ "save", 's', "FILE", NULL, "listening: also write the datagrams to a new file",
	  set_save },
	{ "keys", 'k', "FILE", NULL,
	  "use nothing of a board that has a key in there but blocks with its tag", set_keys },
	{ "state", 'S', "FILE", "that of --keys with .state added",
	  "listening with --keys: what was received before, and is not taken again", set_state },
	{ "until-closed", 'c', NULL, NULL, "listening: end when every session heard has ended",
	  set_until_closed },
	{ "timeout", 't', "SECONDS", "none", "listening: end after that long without a datagram",
	  set_timeout },
	{ "rows", 'n', "N|all", "40, listening: all",
	  "rows of events, and histograms, printed for a session", set_rows },
	{ "unit", 'u', "us|ms|ns", "us", "of the times printed", set_unit },
	{ "buckets", 'b', "log2|h2", "log2", "rows of a histogram: as bcc, or as fine as recorded",
	  set_buckets },
	{ "probe", 'p', "NAME", "all", "the only probe to show", set_probe },
	{ "interval", 'i', "TIME", NULL,
	  "besides the totals, steps of that length: 10, 0.5, 200ms, 5m; at least 1ms",
	  set_interval },
	{ "verbose", 'v', NULL, NULL, "also what is not worth a line usually", set_verbose },
	{ "help", 'h', NULL, NULL, "print this", NULL },
	{ "version", 'V', NULL, NULL, "print the version", NULL },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

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

static void print_help(void)
{
	puts("usage: " PROGRAM " [OPTION...] FILE|DIR|-...\n"
	     "       " PROGRAM " [OPTION...] --listen [HOST:]PORT\n"
	     "       " PROGRAM " key ...    make keys: see " PROGRAM " key --help\n"
	     "\n"
	     "Shows what Tarsier's collector recorded: files, all files of a directory, standard\n"
	     "input (-), or datagrams.\n");
	for (size_t i = 0; i < ROWS; i++)
		print_row(&rows[i]);
	puts("\nprobes:");
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (view_entries[i].name)
			printf("  %-12s %s\n", view_entries[i].name, view_entries[i].summary);
	puts("\nexit status:\n"
	     "  0  clean\n"
	     "  1  something could not be opened, read, received or written\n"
	     "  2  wrong usage\n"
	     "  3  damaged or incomplete: bytes, records or events are missing or unexplained\n"
	     "  4  no record found");
}

/* getopt's two ways to spell the rows. */
static void spell(struct option *longs, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = (struct option) {
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = rows[i].letter,
		};
		*letters++ = rows[i].letter;
		if (rows[i].argument)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[ROWS] = (struct option) { 0 };
}

static const struct option_row *find_row(int letter)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static void print_mistake(const char *what, const char *word)
{
	fprintf(stderr, PROGRAM ": %s ", what);
	text_print_string(stderr, word);
	fputs(" (see " PROGRAM " --help)\n", stderr);
}

/* Act on the option that getopt has just found; false: end with *@status. */
static bool act(int letter, char **argv, struct options *options, int *status)
{
	const struct option_row *row = find_row(letter);

	*status = EXIT_USAGE;
	if (letter == '?') {
		print_mistake("unknown or misused option", argv[optind - 1]);
	} else if (letter == ':') {
		print_mistake("a value is missing for", argv[optind - 1]);
	} else if (letter == 'h') {
		print_help();
		*status = EXIT_CLEAN;
	} else if (letter == 'V') {
		puts(PROGRAM " " TARSIER_VERSION);
		*status = EXIT_CLEAN;
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
	const char *mistake = NULL;

	if (options->listen && options->input_count)
		mistake = "either --listen or files, not both";
	else if (!options->listen && !options->input_count)
		mistake = "name a file, a directory or -, or use --listen PORT";
	else if (!options->listen && (options->save || options->until_closed || options->timeout_s))
		mistake = "--save, --until-closed and --timeout go with --listen";
	else if (options->state && !(options->listen && options->keys))
		mistake = "--state goes with --listen and --keys";
	if (mistake) {
		fprintf(stderr, PROGRAM ": %s (see " PROGRAM " --help)\n", mistake);
		return false;
	}
	if (options->rows == ROWS_UNSET)
		options->rows = options->listen ? ROWS_ALL : ROWS_OF_A_FILE;
	return true;
}

struct options options_default(void)
{
	return (struct options) {
		.rows = ROWS_UNSET,
		.unit = unit_find("us"),
		.memory_max = MEMORY_MAX,
	};
}

bool options_parse(int argc, char **argv, struct options *options, int *status)
{
	struct option longs[ROWS + 1];
	char letters[2 * ROWS + 2];
	int letter;

	*options = options_default();
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
