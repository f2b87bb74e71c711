// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_memory - what the board has, and what the probes and their start take of it */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "facts.h"

#define AREA "memory"
#define TEXT_SIZE 2048
#define SPARE_KIB 8192 /* below this, what the start takes for a moment may hurt others */

long long facts_meminfo_kib(const char *text, const char *name)
{
	size_t length = strlen(name);

	while (text) {
		if (!strncmp(text, name, length) && text[length] == ':')
			return strtoll(text + length + 1, NULL, 10);
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	return -1;
}

static void look_at_meminfo(long long taken_kib)
{
	char text[TEXT_SIZE] = "";
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	long long available;

	if (fd >= 0)
		close(fd);
	if (length <= 0) {
		facts_add(AREA, "available", FACT_note, "unknown: no /proc/meminfo");
		return;
	}
	available = facts_meminfo_kib(text, "MemAvailable");
	facts_add(AREA, "total", FACT_ok, "%lld KiB", facts_meminfo_kib(text, "MemTotal"));
	facts_add(AREA, "available", available < taken_kib + SPARE_KIB ? FACT_warn : FACT_ok,
		  "%lld KiB", available);
}

void facts_memory(__u32 maps_kib)
{
	struct rusage usage = { 0 };

	getrusage(RUSAGE_SELF, &usage);
	look_at_meminfo((long long)maps_kib + usage.ru_maxrss);
	facts_add(AREA, "maps", FACT_ok, "%u KiB for these probes", maps_kib);
	facts_add(AREA, "peak", FACT_ok, "%ld KiB at start", usage.ru_maxrss);
}
