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

/* Of a block that does not fit whole, readers find the intact records in the part that was written. */
static int write_all(int fd, const char *from, size_t size)
{
	while (size) {
		ssize_t written = write(fd, from, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		from += written;
		size -= (size_t)written;
	}
	return 0;
}

static int stdout_write(struct sink *sink, const struct block *block, bool kept)
{
	int err = write_all(sink->fd, block->bytes, block->size);

	(void)kept;
	sink->lost += err ? block->records : 0;
	return err;
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
	.write = stdout_write,
	.close = stdout_close,
};
