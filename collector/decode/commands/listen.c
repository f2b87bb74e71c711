// SPDX-License-Identifier: GPL-2.0-or-later
/* listen - 'tarsier-decode listen': what boards send, as it comes */
#include "listen.h"

#include <unistd.h>

#include "exit.h"
#include "gather.h"
#include "option_rows.h"
#include "report.h"

/* Of a thousand boards, each with 25 histograms. */
#define MEMORY_MAX (256u << 20)

#define DIR_SIZE (1ull << 30)

static const char *check(struct options *options)
{
	options->listen = options->inputs[0];
	options->input_count = 0;
	options->live = !options->plain && !options->format && !options->interval_ns &&
			!options->verbose && isatty(STDOUT_FILENO);
	if (options->rows == OPTION_ROWS_UNSET && !options->live)
		options->rows = OPTION_ROWS_ALL;
	if (options->dir_size && !options->dir)
		return "--dir-size goes with --dir";
	if (!options->dir_size)
		options->dir_size = DIR_SIZE;
	if (!options->memory_given)
		options->memory_max = MEMORY_MAX;
	return options->state && !options->keys ? "--state goes with --keys" : NULL;
}

static int run(const struct options *options)
{
	struct input_result result = { .failed = false };
	struct decoder *decoder = gather_open(options, WRITES_REPORT, stdout);
	bool clean = true;

	if (!decoder)
		return EXIT_IO;
	result.failed = listen_run(decoder, options);
	if (decoder->records)
		clean = report(decoder);
	return gather_close(decoder, gather_status(decoder, &result, clean, stdout));
}

const struct command command_listen = {
	.operands = "[HOST:]PORT",
	.operands_least = 1,
	.operands_most = 1,
	.wanted = "name a port, 0 for any that is free",
	.about = "Receives datagrams from boards ('tarsier run -o udp://...'), prints single "
		 "events as\n"
		 "they come, and the report at the end: Ctrl-C, or as the options say.  Port 0 is "
		 "any\n"
		 "that is free; which one is told on standard error.",
	.example = "  " PROGRAM " listen 9090 --save day.tsr\n  " PROGRAM
		   " listen 9090 --dir /var/lib/tarsier --http 9091",
	.check = check,
	.run = run,
};
