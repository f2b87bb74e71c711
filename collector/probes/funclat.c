// SPDX-License-Identifier: GPL-2.0-or-later
/* funclat - how long a kernel function takes, by CPU and calling thread */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "funclat_hook.h"
#include "probe.h"
#include "task_filter.h"

FILTER_SETTERS(&funclat_funclat.config.filter)

static char function[SYMBOL_SIZE];
static const char *const functions[] = { function, NULL };

static int set_function(const char *text)
{
	size_t length = strlen(text);

	if (!length || length >= sizeof(function))
		return -EINVAL;
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_.$", *c))
			return -EINVAL;
	memcpy(function, text, length + 1);
	return 0;
}

static int set_way(const char *text)
{
	return funclat_choose(&funclat_funclat, text);
}

static int set_tasks(const char *text)
{
	return parse_u32(text, 16, 1 << 20, &funclat_funclat.tasks);
}

static const struct probe_option options[] = {
	{ "function", "NAME", "the kernel function to measure; it has to be given", set_function },
	{ "way", "fexit or kprobe", "measure only this way (default: the first that works)",
	  set_way },
	{ "tasks", "NUMBER (16 to 1048576)",
	  "threads that may be inside the function at once (default 1024)", set_tasks },
	FILTER_OPTIONS,
	{ NULL, NULL, NULL, NULL },
};

static const char *lacks(void)
{
	return *function ? NULL : "which function? name it as in -p funclat:function=vfs_read";
}

static void enable(struct stream *stream)
{
	(void)stream;
	funclat_funclat.functions = functions;
}

static void snapshot(__u64 time_ns, bool final, struct stream *stream)
{
	funclat_write(&funclat_funclat, time_ns, final, stream);
}

static void ledger(__u64 columns[LEDGER_COLUMNS])
{
	funclat_ledger(&funclat_funclat, columns);
}

const struct probe probe_funclat = {
	.options = options,
	.lacks = lacks,
	.sample = "function=vfs_read",
	.hook = &funclat_funclat.hook,
	.enable = enable,
	.snapshot = snapshot,
	.ledger = ledger,
};
