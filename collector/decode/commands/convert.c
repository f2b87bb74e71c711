// SPDX-License-Identifier: GPL-2.0-or-later
/* convert - 'tarsier-decode convert': all that there is, events and results, in another format */
#include <string.h>

#include "command.h"
#include "gather.h"
#include "tell.h"
#include "verdict.h"

/* The format whose files end as @path does; NULL: none. */
static const struct format_entry *format_of(const char *path)
{
	for (const struct format_entry *entry = format_entries; path && entry->name; entry++) {
		const char *suffix = entry->format->suffix;
		size_t length = suffix ? strlen(suffix) : 0;

		if (length && strlen(path) > length &&
		    !strcmp(path + strlen(path) - length, suffix))
			return entry;
	}
	return NULL;
}

static const char *check(struct options *options)
{
	if (!options->format)
		options->format = format_of(options->output);
	return options->format ? NULL : "name a --format, or an --output whose ending tells it";
}

static bool show(struct decoder *decoder, FILE *out)
{
	bool clean = tell(decoder, decoder->shared.writer);

	(void)out;
	verdict_print(decoder, stderr);
	return clean;
}

static int run(const struct options *options)
{
	return gather_run(options, WRITES_EVENTS | WRITES_REPORT, show);
}

const struct command command_convert = {
	.operands = "FILE|DIR|-...",
	.operands_least = 1,
	.operands_most = OPERANDS_ANY,
	.wanted = "name a file, a directory or -",
	.about = "Writes all there is, single events and results, in another format, as far as "
		 "that\n"
		 "has a place for it.  --output may tell the format by its ending.",
	.example = "  " PROGRAM " convert --output day.json day.tsr",
	.check = check,
	.run = run,
};
