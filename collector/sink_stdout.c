// SPDX-License-Identifier: GPL-2.0-or-later
/* sink_stdout - write blocks to standard output, for a pipe or a redirection */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "sink.h"

static int stdout_open(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	if (*target) {
		snprintf(detail, SINK_DETAIL_SIZE, "standard output is just -");
		return -EINVAL;
	}
	if (isatty(STDOUT_FILENO)) {
		snprintf(detail, SINK_DETAIL_SIZE,
			 "records are binary: redirect, or pipe into tarsier-decode -");
		return -EINVAL;
	}
	sink->fd = STDOUT_FILENO;
	return 0;
}

static int stdout_close(struct sink *sink)
{
	(void)sink;
	return 0;
}

const struct sink_kind sink_stdout = {
	.prefix = "-",
	.help = "-                standard output",
	.loss = LEDGER_file_lost,
	.open = stdout_open,
	.write = sink_write_all,
	.close = stdout_close,
};
