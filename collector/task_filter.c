// SPDX-License-Identifier: GPL-2.0-or-later
/* task_filter - probe options that choose the tasks to look at */
#include "task_filter.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "probe.h"

int filter_set_tgid(struct task_filter *filter, const char *text)
{
	filter->active = 1;
	return parse_u32(text, 1, INT_MAX, &filter->tgid);
}

int filter_set_tid(struct task_filter *filter, const char *text)
{
	filter->active = 1;
	return parse_u32(text, 1, INT_MAX, &filter->tid);
}

int filter_set_comm(struct task_filter *filter, const char *text)
{
	size_t length = strlen(text);

	if (!length || length >= COMM_SIZE)
		return -EINVAL;
	filter->active = 1;
	filter->comm_len = (__u32)length;
	memcpy(filter->comm, text, length);
	return 0;
}
