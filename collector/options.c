// SPDX-License-Identifier: GPL-2.0-or-later
/* options - the options of 'tarsier run' and 'tarsier check', one table for the parsers and for --help */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "key.h"
#include "sandbox.h"
#include "say.h"
#include "switch_hook.h"

#define DAY_MS (24 * 3600 * 1000ull)
#define YEAR_MS (366 * DAY_MS)

static int set_by_name(void *context, const char *name, const char *value);

struct option_row {
	char letter;
	__u8 commands; /* those that show it in their help: the bits of enum options_for */
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
	options->probes_named = true;
	for (unsigned int i = 0; i < options->probe_count; i++)
		if (options->probes[i] == entry)
			return 0; /* named again with further options */
	options->probes[options->probe_count++] = entry;
	return 0;
}

/* Whether it is measured is known when all options are. */
static int set_require(struct options *options, const char *value)
{
	const struct probe_entry *entry = probe_find(value, strlen(value));

	if (!strcmp(value, "all")) {
		options->require_all = true;
		return 0;
	}
	if (!entry) {
		say("--require %s: unknown probe: 'tarsier list' shows those there are", value);
		return -ENOENT;
	}
	options->required |= 1u << entry->id;
	return 0;
}

static int set_json(struct options *options, const char *value)
{
	(void)value;
	options->json = true;
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

/* Read at once: a key that cannot be used is no reason to go on without one. */
static int set_key(struct options *options, const char *value)
{
	(void)options;
	return key_read(value) ? -EACCES : 0;
}

static int set_seal(struct options *options, const char *value)
{
	(void)value;
	options->seal = true;
	return 0;
}

static int set_bpf_stats(struct options *options, const char *value)
{
	(void)value;
	options->bpf_stats = true;
	return 0;
}

static int set_pid_file(struct options *options, const char *value)
{
	options->pid_file = value;
	return *value ? 0 : -EINVAL;
}

static int set_dry_run(struct options *options, const char *value)
{
	(void)value;
	options->dry_run = true;
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

/* "cpu=1%", "cpu=0.5%": to millionths of a CPU. */
static int set_budget(struct options *options, const char *value)
{
	double percent;
	char *end;

	if (strncmp(value, "cpu=", 4))
		return -EINVAL;
	percent = strtod(value + 4, &end);
	if (end == value + 4 || strcmp(end, "%") || !(percent >= 0.01 && percent <= 100))
		return -EINVAL;
	options->budget_ppm = (__u32)(percent * 10000 + 0.5);
	options->bpf_stats = true;
	return 0;
}

static int set_no_sandbox(struct options *options, const char *value)
{
	(void)value;
	options->no_sandbox = true;
	return 0;
}

static int set_user(struct options *options, const char *value)
{
	(void)options;
	return sandbox_choose_user(value);
}

static int set_verbose(struct options *options, const char *value)
{
	(void)options;
	(void)value;
	say_details = true;
	return 0;
}

#define RUN OPTIONS_FOR_RUN
#define BOTH (OPTIONS_FOR_RUN | OPTIONS_FOR_CHECK)

/* clang-format off */
static const struct option_row rows[] = {
	{ 'p', BOTH, "probe", "PROBE[:OPTION,...]",
	  "measure this; repeatable ('tarsier list' shows all)", set_probe },
	{ 'o', BOTH, "output", "OUTPUT",
	  "write records there; repeatable, see below (no default)", set_output },
	{ 'R', BOTH, "require", "PROBE",
	  "fail unless this one of the probes can be attached; repeatable; all: every one",
	  set_require },
	{ 'i', RUN, "interval", "TIME",
	  "between snapshots, 10ms to 1d; 0: only at the end (default 10s)", set_interval },
	{ 'd', RUN, "duration", "TIME", "stop by itself after this time (default: run on)",
	  set_duration },
	{ 'b', RUN, "board", "NAME",
	  "name of this board (default: its serial number, MAC address, machine id or host name)",
	  set_board },
	{ 'r', BOTH, "ring", "KIB",
	  "ring buffer for single events, a power of two from 4 to 65536 (default 256)", set_ring },
	{ 'H', RUN, "heartbeat", "TIME",
	  "longest silence, 100ms to 60s (default 60s)", set_heartbeat },
	{ 'S', RUN, "sync", "TIME",
	  "longest time that file output may stay off the medium, 100ms to 1d (default 30s)",
	  set_sync },
	{ 'k', RUN, "key", "FILE",
	  "put a tag on each block, by the board's key; the file is for its owner alone", set_key },
	{ 's', RUN, "seal", NULL, "encrypt datagrams, too; waits for the kernel's random numbers",
	  set_seal },
	{ 'w', BOTH, "way", "sched_info, wakeup, raw_sched_info, raw_wakeup or event",
	  "measure at the context switch only this way (default: the first that works)", set_way },
	{ 't', BOTH, "btf", "FILE",
	  "the kernel's type information, where it has none built in: raw BTF, or an ELF file",
	  set_btf },
	{ 'c', RUN, "bpf-stats", NULL,
	  "let the kernel count the run time of BPF programs (costs two clock reads per run)",
	  set_bpf_stats },
	{ 'f', BOTH, "config", "FILE",
	  "read options from this file too: on each line the long name of one, and its value",
	  set_config },
	{ 'B', RUN, "budget", "cpu=PERCENT%",
	  "drop single events before this costs more of one CPU, 0.01 to 100, over 10 s; implies -c",
	  set_budget },
	{ 'U', BOTH, "user", "NAME or UID[:GID]",
	  "become this user once everything is open (default: tarsier, else 60773, unless not root)",
	  set_user },
	{ 'N', RUN, "no-sandbox", NULL, "keep all rights while recording: for debugging",
	  set_no_sandbox },
	{ 'P', RUN, "pid-file", "FILE",
	  "hold the process id in this file while recording, and only then", set_pid_file },
	{ 'n', RUN, "dry-run", NULL,
	  "only validate the options, tell what would be recorded, and end", set_dry_run },
	{ 'j', OPTIONS_FOR_CHECK, "json", NULL, "report as one JSON object, see below", set_json },
	{ 'v', BOTH, "verbose", NULL, "say what is tried and what libbpf says", set_verbose },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *name_of(enum options_for command)
{
	return command == OPTIONS_FOR_RUN ? "run" : "check";
}

/* A check takes what a recording does, so that the same words and files serve both. */
static bool takes(enum options_for command, const struct option_row *row)
{
	return command == OPTIONS_FOR_CHECK || row->commands & command;
}

static void print_rows(enum options_for command)
{
	for (unsigned int i = 0; i < ROWS; i++)
		if (rows[i].commands & command)
			printf("  -%c, --%s%s%s\n        %s\n", rows[i].letter, rows[i].name,
			       rows[i].argument ? " " : "",
			       rows[i].argument ? rows[i].argument : "", rows[i].help);
	printf("  -h, --help\n        print this\n\n");
}

static const char run_help[] =
	"usage: tarsier run [OPTION]... -o OUTPUT...\n\n"
	"Measure until SIGTERM or SIGINT, and write 64-byte records.  Without -p: runqlat.\n\n";

static const char check_help[] =
	"usage: tarsier check [OPTION]...\n\n"
	"Tell what a recording with these options would find on this board: attach each probe, "
	"see\n"
	"its programs run, remove it; look at clock, memory, outputs.  Nothing is written or "
	"sent.\n"
	"Without -p: all probes.  Without -o: /var/log, /tmp and the network interfaces.\n\n";

static const char check_notes[] =
	"All other options of 'tarsier run' are taken, too, and change nothing.\n\n"
	"Exit status: 0 all required probes work and all outputs could be opened, 1 cannot write "
	"the\n"
	"report, 2 wrong usage, 3 not allowed to try, 4 a required probe cannot, 5 an output "
	"cannot.\n"
	"Required are the probes of --require; without it those of -p; without either at least "
	"one,\n"
	"whichever it is, and the right to try all.\n\n"
	"--json: { \"tarsier\": version, \"status\": exit status, \"result\": its reason,\n"
	"  \"elapsed_ms\": number, \"probes\": [ { \"name\", \"required\": bool, \"works\": bool,\n"
	"  \"way\": text or null, \"fires\": bool, or null where nothing tells, \"reasons\": [ why "
	"in\n"
	"  no better way, or not at all ] } ], \"facts\": [ { \"area\": kernel, clock, memory, "
	"files\n"
	"  or network, \"name\", \"verdict\": ok, note, warn or fail, \"value\": text } ] }\n\n";

void options_print_help(enum options_for command)
{
	bool is_run = command == OPTIONS_FOR_RUN;

	fputs(is_run ? run_help : check_help, stdout);
	print_rows(command);
	if (!is_run)
		fputs(check_notes, stdout);
	else
		printf("TIME: 10, 0.5, 200ms, 5m, 2h, 1d (seconds without a unit).  ");
	printf("OUTPUT:\n");
	for (unsigned int i = 0; sink_kinds[i]; i++)
		printf("  %s\n", sink_kinds[i]->help);
	if (is_run)
		printf("\nExample: tarsier run -p runqlat -p runqslower:min=5000,prev "
		       "-o udp://192.168.1.10:9090 -o file:/var/log/tarsier\n");
}

static void build_getopt(enum options_for command, struct option longs[ROWS + 2],
			 char shorts[2 * ROWS + 3])
{
	struct option *option = longs;
	char *letter = shorts;

	*letter++ = ':'; /* tell a missing value from an unknown option */
	for (unsigned int i = 0; i < ROWS; i++) {
		if (!takes(command, &rows[i]))
			continue;
		*option++ = (struct option) { rows[i].name,
					      rows[i].argument ? required_argument : no_argument,
					      NULL, rows[i].letter };
		*letter++ = rows[i].letter;
		if (rows[i].argument)
			*letter++ = ':';
	}
	*option++ = (struct option) { "help", no_argument, NULL, 'h' };
	*option = (struct option) { 0 };
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
static int set_by_name(void *context, const char *name, const char *value)
{
	struct options *options = context;

	for (unsigned int i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].name, name) || !takes(options->command, &rows[i]))
			continue;
		if (!rows[i].argument == !value)
			return apply(options, &rows[i], value);
		say(value ? "'%s' takes no value" : "'%s' needs a value", name);
		return -EINVAL;
	}
	say("unknown option '%s': see 'tarsier %s --help'", name, name_of(options->command));
	return -EINVAL;
}

/* --require is about what is measured, and says nothing of what else is to be. */
static enum options_result check_required(struct options *options)
{
	__u32 measured = 0;

	for (unsigned int i = 0; i < options->probe_count; i++)
		measured |= 1u << options->probes[i]->id;
	for (const struct probe_entry *entry = probe_entries; entry->name; entry++) {
		if (!(options->required & ~measured & 1u << entry->id))
			continue;
		say("--require %s: it is not measured: name it with -p, too", entry->name);
		return OPTIONS_WRONG;
	}
	if (options->require_all)
		options->required = measured;
	return OPTIONS_RUN;
}

static enum options_result check(struct options *options, int argc, char **argv)
{
	if (optind < argc) {
		say("'%s' is no option: see 'tarsier %s --help'", argv[optind],
		    name_of(options->command));
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
	if (!options->output_count && options->command == OPTIONS_FOR_RUN) {
		say("no output: name one with -o, as in -o file:/var/log/tarsier or "
		    "-o udp://192.168.1.10:9090, or options in a file, as in -f " CONFIG_USUAL);
		return OPTIONS_WRONG;
	}
	if (options->seal && !key_is_there()) {
		say("--seal: by which key? Name its file with --key");
		return OPTIONS_WRONG;
	}
	return check_required(options);
}

/* getopt names a letter among several in one word; for a long option there is only the word. */
static enum options_result complain(enum options_for command, bool unknown, const char *word)
{
	char letter[] = { '-', (char)optopt, '\0' };

	if (optopt && (!word || strncmp(word, "--", 2)))
		word = letter;
	say(unknown ? "unknown option '%s': see 'tarsier %s --help'"
		    : "'%s' needs a value: see 'tarsier %s --help'",
	    word, name_of(command));
	return OPTIONS_WRONG;
}

/* What is measured when the user names no probe. */
static int set_default_probes(struct options *options)
{
	char text[64];
	int err = 0;

	if (options->command == OPTIONS_FOR_RUN)
		return set_probe(options, "runqlat");
	for (const struct probe_entry *entry = probe_entries; entry->name && !err; entry++) {
		const char *sample = entry->probe->sample;

		snprintf(text, sizeof(text), "%s%s%s", entry->name, sample ? ":" : "",
			 sample ? sample : "");
		err = set_probe(options, text);
	}
	options->probes_named = false;
	return err;
}

enum options_result options_parse(struct options *options, enum options_for command, int argc,
				  char **argv)
{
	struct option longs[ROWS + 2];
	char shorts[2 * ROWS + 3];
	int letter;

	*options = (struct options) { .command = command,
				      .interval_ms = 10000,
				      .heartbeat_ms = 60000,
				      .sync_ms = 30000,
				      .ring_kib = 256 };
	build_getopt(command, longs, shorts);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == 'h')
			return OPTIONS_HELP;
		if (letter == '?' || letter == ':')
			return complain(command, letter == '?', argv[optind - 1]);
		if (apply(options, row_of_letter(letter), optarg))
			return OPTIONS_WRONG;
	}
	if (!options->probe_count && set_default_probes(options))
		return OPTIONS_WRONG;
	return check(options, argc, argv);
}
