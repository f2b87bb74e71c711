// SPDX-License-Identifier: GPL-2.0-or-later
/* dry_run - what a recording with these options would be, without touching anything */
#include "dry_run.h"

#include <stdio.h>

#include "exit.h"

static void print_time(const char *name, __u64 ms, const char *instead)
{
	if (ms || !instead)
		printf("%-10s %llu ms\n", name, ms);
	else
		printf("%-10s %s\n", name, instead);
}

int dry_run(const struct options *options)
{
	for (unsigned int i = 0; i < options->probe_count; i++) {
		const struct probe_entry *entry = options->probes[i];

		printf("%-10s %s%s\n", "probe", entry->name,
		       options->required >> entry->id & 1 ? ", required" : "");
	}
	for (unsigned int i = 0; i < options->output_count; i++)
		printf("%-10s %s\n", "output", options->outputs[i]);
	print_time("interval", options->interval_ms, "only at the end");
	print_time("heartbeat", options->heartbeat_ms, NULL);
	print_time("sync", options->sync_ms, NULL);
	print_time("duration", options->duration_ms, "until it is ended");
	printf("%-10s %u KiB\n", "ring", options->ring_kib);
	printf("%-10s %s\n", "board", options->board ? options->board : "named by itself");
	puts("nothing was started: 'tarsier check' with the same options tells what would work");
	return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
}
