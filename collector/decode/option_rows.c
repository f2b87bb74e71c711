// SPDX-License-Identifier: GPL-2.0-or-later
/* option_rows - the options: which commands take them, what they mean, what fits */
#include "option_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "duration.h"
#include "store.h"
#include "view.h"

static bool parse_number(const char *text, __u64 most, __u64 *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !errno && !*end && *number <= most;
}

/* "500000", "64k", "512m", "20g", "1t": bytes, as the collector takes them. */
static bool parse_size(const char *text, __u64 *size)
{
	static const char units[] = "kmgt";
	__u64 number;
	char *end;
	const char *unit;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end | 0x20) : NULL;
	if (errno || (*end && (!unit || end[1])))
		return false;
	return !__builtin_mul_overflow(number, unit ? 1ULL << (unit - units + 1) * 10 : 1, size);
}

#define MEMORY_LEAST (1u << 20)

static bool set_memory(struct options *options, const char *value)
{
	__u64 size;

	if (!parse_size(value, &size) || size < MEMORY_LEAST || size > (size_t)-1)
		return false;
	options->memory_max = (size_t)size;
	options->memory_given = true;
	return true;
}

static bool set_save(struct options *options, const char *value)
{
	options->save = value;
	return *value;
}

static bool set_dir(struct options *options, const char *value)
{
	options->dir = value;
	return *value;
}

static bool set_dir_size(struct options *options, const char *value)
{
	return parse_size(value, &options->dir_size) && options->dir_size >= STORE_SIZE_LEAST;
}

static bool set_http(struct options *options, const char *value)
{
	options->http = value;
	return *value;
}

static bool set_user(struct options *options, const char *value)
{
	options->user = value;
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

static bool set_plain(struct options *options, const char *value)
{
	(void)value;
	options->plain = true;
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
		options->rows = OPTION_ROWS_ALL;
		return true;
	}
	return parse_number(value, OPTION_ROWS_UNSET - 1, &options->rows);
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

static bool set_board(struct options *options, const char *value)
{
	options->selection.board = value;
	return *value;
}

static bool set_session(struct options *options, const char *value)
{
	options->selection.session = value;
	return *value;
}

static bool set_cpu(struct options *options, const char *value)
{
	return parse_number(value, 65534, &options->selection.cpu);
}

static bool set_pid(struct options *options, const char *value)
{
	return parse_number(value, 0xffffffff, &options->selection.pid);
}

static bool set_comm(struct options *options, const char *value)
{
	options->selection.comm = value;
	return *value;
}

static bool set_since(struct options *options, const char *value)
{
	return moment_parse(value, &options->selection.since);
}

static bool set_until(struct options *options, const char *value)
{
	return moment_parse(value, &options->selection.until);
}

static bool set_interval(struct options *options, const char *value)
{
	return duration_parse(value, &options->interval_ns);
}

static bool set_jobs(struct options *options, const char *value)
{
	__u64 jobs;

	if (!parse_number(value, 1024, &jobs) || !jobs)
		return false;
	options->jobs = (unsigned int)jobs;
	return true;
}

static bool set_format(struct options *options, const char *value)
{
	options->format = format_find(value);
	return options->format || !strcmp(value, "text");
}

static bool set_table(struct options *options, const char *value)
{
	options->table = value;
	return *value;
}

static bool set_output(struct options *options, const char *value)
{
	options->output = value;
	return *value;
}

static bool set_verbose(struct options *options, const char *value)
{
	(void)value;
	options->verbose = true;
	return true;
}

#define IN(command) (1u << COMMAND_##command)
#define FROM_FILES                                                                                 \
	(IN(report) | IN(events) | IN(top) | IN(verify) | IN(stats) | IN(convert) | IN(diff))
#define READING (FROM_FILES | IN(listen))
#define SHOWING (IN(report) | IN(events) | IN(top) | IN(convert) | IN(listen))

const struct option_row option_rows[] = {
	{ IN(listen), "save", 's', "FILE", NULL, "also write the datagrams to a new file",
	  set_save },
	{ IN(listen), "dir", 'd', "DIR", NULL,
	  "also keep each board's blocks as recordings: DIR/BOARD/SESSION-NNNN.tsr", set_dir },
	{ IN(listen), "dir-size", 'D', "SIZE", "1g",
	  "what these may take together, at least 1m: the oldest goes first", set_dir_size },
	{ IN(listen), "http", 'H', "[HOST:]PORT", NULL,
	  "metrics for Prometheus at /metrics; for this machine alone without HOST", set_http },
	{ IN(listen), "user", 'U', "NAME", "the owner of DIR, or nobody",
	  "whom root becomes once all is open", set_user },
	{ READING, "keys", 'k', "FILE", NULL,
	  "use nothing of a board that has a key in there but blocks with its tag", set_keys },
	{ IN(listen), "state", 'S', "FILE", "that of --keys with .state added",
	  "with --keys: what was received before, and is not taken again", set_state },
	{ IN(listen), "until-closed", 'c', NULL, NULL, "end when every session heard has ended",
	  set_until_closed },
	{ IN(listen), "timeout", 't', "SECONDS", "none", "end after that long without a datagram",
	  set_timeout },
	{ IN(listen), "plain", 'l', NULL, NULL, "on a terminal too: text as it comes, no live view",
	  set_plain },
	{ IN(report) | IN(events) | IN(top) | IN(listen), "rows", 'n', "N|all",
	  "40; events, and listening without a live view: all",
	  "rows of events, and histograms, printed for a session", set_rows },
	{ IN(report) | IN(events) | IN(top) | IN(listen) | IN(diff), "unit", 'u', "us|ms|ns", "us",
	  "of the times printed", set_unit },
	{ IN(report) | IN(listen), "buckets", 'b', "log2|h2", "log2",
	  "rows of a histogram: as bcc, or as fine as recorded", set_buckets },
	{ IN(report) | IN(events) | IN(convert) | IN(listen) | IN(diff), "probe", 'p', "PROBE",
	  "all", "the only probe to show", set_probe },
	{ SHOWING | IN(verify) | IN(stats) | IN(diff), "board", 'B', "NAME|ID", "all",
	  "only sessions of this board: its name, a pattern, or the first digits of its id",
	  set_board },
	{ SHOWING | IN(verify) | IN(stats) | IN(diff), "session", 'N', "NUMBER|ID", "all",
	  "only this session: its number, or the first digits of its id", set_session },
	{ SHOWING, "cpu", 'C', "N", "all", "only what is about this CPU", set_cpu },
	{ SHOWING, "pid", 'P', "N", "all", "only what is about this process or thread", set_pid },
	{ SHOWING, "comm", 'm', "NAME", "all", "only what is about tasks of this name, a pattern",
	  set_comm },
	{ SHOWING, "since", 'a', "TIME", "the beginning",
	  "from then on: \"2025-01-31 12:34\" (UTC), +90s after the beginning, -10m before now",
	  set_since },
	{ SHOWING, "until", 'e', "TIME", "the end", "up to then, said in the same ways",
	  set_until },
	{ IN(report) | IN(top) | IN(convert) | IN(listen), "interval", 'i', "TIME", NULL,
	  "besides the totals, steps of that length: 10, 0.5, 200ms, 5m; at least 1ms",
	  set_interval },
	{ IN(diff), "interval", 'i', "TIME", "20 to 60 of them",
	  "length of the steps that tell a difference from noise", set_interval },
	{ IN(report) | IN(events) | IN(top) | IN(convert) | IN(diff), "format", 'f', "FORMAT",
	  "text", "of the result; see " PROGRAM " help", set_format },
	{ IN(report) | IN(events) | IN(top) | IN(convert), "table", 'T', "NAME",
	  "distributions, or what there is", "the one that CSV to standard output or a file has",
	  set_table },
	{ IN(report) | IN(events) | IN(top) | IN(convert), "output", 'o', "FILE", "standard output",
	  "where it goes: a new file, or directory", set_output },
	{ IN(merge), "output", 'o', "FILE", NULL, "the recording to make, a new file", set_output },
	{ FROM_FILES | IN(merge), "jobs", 'j', "N", "the CPUs there are", "threads that decode",
	  set_jobs },
	{ IN(listen), "memory", 'M', "SIZE", "256m",
	  "for what is known of boards: 50 KiB each, and 8 more for each histogram", set_memory },
	{ READING, "verbose", 'v', NULL, NULL, "also what is not worth a line usually",
	  set_verbose },
	{ ~0u, "help", 'h', NULL, NULL, "print this", NULL },
	{ ~IN(key), "version", 'V', NULL, NULL, "print the version", NULL },
	{ 0 },
};
