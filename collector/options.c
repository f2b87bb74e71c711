// SPDX-License-Identifier: GPL-2.0-or-later
/* options - the options of 'tarsier run', one table for the parser and for --help */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "say.h"
#include "switch_hook.h"

#define DAY_MS (24 * 3600 * 1000ull)
#define YEAR_MS (366 * DAY_MS)

static int set_by_name(void *options, const char *name, const char *value);

struct option_row {
	char letter;
	const char *name;
	const char *argument; /* what the value is, for --help and for complaints; NULL: none */
	const char *help;
	/* 0, or -EINVAL: the value is not what `argument` says; other: the user was told more. */
	int (*set)(struct options *options, const char *value);
};

/* "10", "0.5", "200ms", "5m", "2h", "1d": to milliseconds. */
static int parse_duration(const char *text, __u64 least_ms, __u64 most_ms, __u64 *value_ms)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = { { "", 1000 },   { "s", 1000 },	{ "ms", 1 },
		      { "m", 60000 }, { "h", 3600000 }, { "d", DAY_MS } };
	char *end;
	double number = strtod(text, &end);

	if (end == text || !(number >= 0))
		return -EINVAL;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		number *= units[i].ms;
		if (number > (double)most_ms || (__u64)number < least_ms)
			return -EINVAL;
		*value_ms = (__u64)number;
		return 0;
	}
	return -EINVAL;
}

static int set_probe(struct options *options, const char *value)
{
	const struct probe_entry *entry = probe_parse(value);

	if (!entry)
		return -ENOENT;
	for (unsigned int i = 0; i < options->probe_count; i++)
		if (options->probes[i] == entry)
			return 0; /* named again with further options */
	options->probes[options->probe_count++] = entry;
	return 0;
}

static int set_output(struct options *options, const char *value)
{
	if (options->output_count == SINKS_MAX) {
		say("-o %s: more than %d outputs", value, SINKS_MAX);
		return -E2BIG;
	}
	if (!sinks_know(value))
		return -ENOENT;
	options->outputs[options->output_count++] = value;
	return 0;
}

static int set_interval(struct options *options, const char *value)
{
	if (!strcmp(value, "0")) {
		options->interval_ms = 0;
		return 0;
	}
	return parse_duration(value, 10, DAY_MS, &options->interval_ms);
}

static int set_duration(struct options *options, const char *value)
{
	return parse_duration(value, 1, YEAR_MS, &options->duration_ms);
}

static int set_heartbeat(struct options *options, const char *value)
{
	return parse_duration(value, 100, 60000, &options->heartbeat_ms);
}

static int set_sync(struct options *options, const char *value)
{
	return parse_duration(value, 100, DAY_MS, &options->sync_ms);
}

static int set_ring(struct options *options, const char *value)
{
	if (parse_u32(value, 4, 65536, &options->ring_kib) ||
	    (options->ring_kib & (options->ring_kib - 1)))
		return -EINVAL;
	return 0;
}

static int set_board(struct options *options, const char *value)
{
	options->board = value;
	return *value ? 0 : -EINVAL;
}

static int set_way(struct options *options, const char *value)
{
	options->way = value;
	return switch_hook_has_way(value) ? 0 : -EINVAL;
}

static int set_btf(struct options *options, const char *value)
{
	options->btf = value;
	return *value ? 0 : -EINVAL;
}

static int set_bpf_stats(struct options *options, const char *value)
{
	(void)value;
	options->bpf_stats = true;
	return 0;
}

static int set_config(struct options *options, const char *value)
{
	int err;

	if (options->config) {
		say("--config %s: one file is read, and %s is", value, options->config);
		return -E2BIG;
	}
	options->config = value;
	err = config_read(value, set_by_name, options);
	return err ? -ENOENT : 0;
}

static int set_verbose(struct options *options, const char *value)
{
	(void)options;
	(void)value;
	say_details = true;
	return 0;
}

/* clang-format off */
static const struct option_row rows[] = {
	{ 'p', "probe", "PROBE[:OPTION,...]",
	  "measure this; repeatable (default runqlat; 'tarsier list' shows all)", set_probe },
	{ 'o', "output", "OUTPUT",
	  "write records there; repeatable, see below (no default)", set_output },
	{ 'i', "interval", "TIME",
	  "between snapshots, 10ms to 1d; 0: only at the end (default 10s)", set_interval },
	{ 'd', "duration", "TIME", "stop by itself after this time (default: run on)",
	  set_duration },
	{ 'b', "board", "NAME",
	  "name of this board (default: its serial number, MAC address, machine id or host name)",
	  set_board },
	{ 'r', "ring", "KIB",
	  "ring buffer for single events, a power of two from 4 to 65536 (default 256)", set_ring },
	{ 'H', "heartbeat", "TIME",
	  "longest silence, 100ms to 60s (default 60s)", set_heartbeat },
	{ 'S', "sync", "TIME",
	  "longest time that file output may stay off the medium, 100ms to 1d (default 30s)",
	  set_sync },
	{ 'w', "way", "sched_info, wakeup, raw_sched_info, raw_wakeup or event",
	  "measure at the context switch only this way (default: the first that works)", set_way },
	{ 't', "btf", "FILE",
	  "the kernel's type information, where it has none built in: raw BTF, or an ELF file",
	  set_btf },
	{ 'c', "bpf-stats", NULL,
	  "let the kernel count the run time of BPF programs (costs two clock reads per run)",
	  set_bpf_stats },
	{ 'f', "config", "FILE",
	  "read options from this file too: on each line the long name of one, and its value",
	  set_config },
	{ 'v', "verbose", NULL, "say what is tried and what libbpf says", set_verbose },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

void options_print_help(void)
{
	printf("usage: tarsier run [OPTION]... -o OUTPUT...\n\n"
	       "Measure until SIGTERM or SIGINT, and write 64-byte records.\n\n");
	for (unsigned int i = 0; i < ROWS; i++)
		printf("  -%c, --%s%s%s\n        %s\n", rows[i].letter, rows[i].name,
		       rows[i].argument ? " " : "", rows[i].argument ? rows[i].argument : "",
		       rows[i].help);
	printf("  -h, --help\n        print this\n\nTIME: 10, 0.5, 200ms, 5m, 2h, 1d (seconds "
	       "without a unit).  OUTPUT:\n");
	for (unsigned int i = 0; sink_kinds[i]; i++)
		printf("  %s\n", sink_kinds[i]->help);
	printf("\nExample: tarsier run -p runqlat -p runqslower:min=5000,prev "
	       "-o udp://192.168.1.10:9090 -o file:/var/log/tarsier\n");
}

static void build_getopt(struct option longs[ROWS + 2], char shorts[2 * ROWS + 3])
{
	char *letter = shorts;

	*letter++ = ':'; /* tell a missing value from an unknown option */
	for (unsigned int i = 0; i < ROWS; i++) {
		longs[i] = (struct option) { rows[i].name,
					     rows[i].argument ? required_argument : no_argument,
					     NULL, rows[i].letter };
		*letter++ = rows[i].letter;
		if (rows[i].argument)
			*letter++ = ':';
	}
	longs[ROWS] = (struct option) { "help", no_argument, NULL, 'h' };
	longs[ROWS + 1] = (struct option) { 0 };
	*letter++ = 'h';
	*letter = '\0';
}

static int apply(struct options *options, const struct option_row *row, const char *value)
{
	int err = row->set(options, value);

	if (err == -EINVAL)
		say("--%s %s: want %s: %s", row->name, value, row->argument, row->help);
	return err;
}

static const struct option_row *row_of_letter(int letter)
{
	for (unsigned int i = 0; i < ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

/* An option of the configuration file. */
static int set_by_name(void *options, const char *name, const char *value)
{
	for (unsigned int i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].name, name))
			continue;
		if (!rows[i].argument == !value)
			return apply(options, &rows[i], value);
		say(value ? "'%s' takes no value" : "'%s' needs a value", name);
		return -EINVAL;
	}
	say("unknown option '%s': see 'tarsier run --help'", name);
	return -EINVAL;
}

static enum options_result check(const struct options *options, int argc, char **argv)
{
	if (optind < argc) {
		say("'%s' is no option: see 'tarsier run --help'", argv[optind]);
		return OPTIONS_WRONG;
	}
	for (unsigned int i = 0; i < options->probe_count; i++) {
		const struct probe_entry *entry = options->probes[i];
		const char *lacking = entry->probe->lacks ? entry->probe->lacks() : NULL;

		if (!lacking)
			continue;
		say("-p %s: %s", entry->name, lacking);
		return OPTIONS_WRONG;
	}
	if (!options->output_count) {
		say("no output: name one with -o, as in -o file:/var/log/tarsier or "
		    "-o udp://192.168.1.10:9090");
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

/* getopt names a letter among several in one word; for a long option there is only the word. */
static enum options_result complain(bool unknown, const char *word)
{
	char letter[] = { '-', (char)optopt, '\0' };

	if (optopt && (!word || strncmp(word, "--", 2)))
		word = letter;
	say(unknown ? "unknown option '%s': see 'tarsier run --help'"
		    : "'%s' needs a value: see 'tarsier run --help'",
	    word);
	return OPTIONS_WRONG;
}

enum options_result options_parse(struct options *options, int argc, char **argv)
{
	struct option longs[ROWS + 2];
	char shorts[2 * ROWS + 3];
	int letter;

	*options = (struct options) {
		.interval_ms = 10000, .heartbeat_ms = 60000, .sync_ms = 30000, .ring_kib = 256
	};
	build_getopt(longs, shorts);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == 'h')
			return OPTIONS_HELP;
		if (letter == '?' || letter == ':')
			return complain(letter == '?', argv[optind - 1]);
		if (apply(options, row_of_letter(letter), optarg))
			return OPTIONS_WRONG;
	}
	if (!options->probe_count && set_probe(options, "runqlat"))
		return OPTIONS_WRONG;
	return check(options, argc, argv);
}
