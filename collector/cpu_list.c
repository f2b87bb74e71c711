// SPDX-License-Identifier: GPL-2.0-or-later
/* cpu_list - lists of CPUs as sysfs writes them */
#include "cpu_list.h"

#include <ctype.h>
#include <stdlib.h>

#include "kernel.h"

/* By musl's sysconf() it would be the CPUs that we may run on. */
unsigned int cpu_list_count(const char *path)
{
	char line[256], *at = line;
	unsigned long count = 0;

	if (kernel_read_line(path, line, sizeof(line)))
		return 0;
	while (isdigit((unsigned char)*at)) {
		unsigned long first = strtoul(at, &at, 10);
		unsigned long last = *at == '-' ? strtoul(at + 1, &at, 10) : first;

		count += last - first + 1;
		at += *at == ',';
	}
	return (unsigned int)count;
}
