/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.h - what a check finds out about a board besides its probes */
#ifndef TARSIER_FACTS_H
#define TARSIER_FACTS_H

#include <linux/types.h>

#define FACT_VALUE_SIZE 160

enum verdict {
	FACT_ok,
	FACT_note, /* good to know */
	FACT_warn, /* costs something, or will */
	FACT_fail, /* recording is not possible like this */
};

struct fact {
	const char *area;
	const char *name;
	enum verdict verdict;
	char value[FACT_VALUE_SIZE];
};

/* Add a fact; @area and @name stay valid. */
__attribute__((format(printf, 4, 5))) void facts_add(const char *area, const char *name,
						     enum verdict verdict, const char *format, ...);
/* Those that were added, in that order. */
const struct fact *facts_all(unsigned int *count);
void facts_clear(void);
const char *verdict_name(enum verdict verdict);

void facts_kernel(void);
void facts_clock(void);
void facts_sandbox(void);
/* @maps_kib: what the maps of the probes take. */
void facts_memory(__u32 maps_kib);
/* What stands in the text of /proc/meminfo behind @name; -1: nothing does. */
long long facts_meminfo_kib(const char *text, const char *name);
/* Whether the output @name, to the path @target, could be opened: 0, or -errno of that. */
int facts_file_output(const char *name, const char *target);
/* A directory where recordings may go. */
void facts_directory(const char *path);
/* The same as facts_file_output() for a target HOST:PORT. */
int facts_udp_output(const char *name, const char *target);
void facts_interfaces(void);

#endif
