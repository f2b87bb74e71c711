/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_report.h - what a check found out, as text and as JSON */
#ifndef TARSIER_CHECK_REPORT_H
#define TARSIER_CHECK_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "exit.h"
#include "probe.h"

#define WAY_SIZE 160
#define REASONS_SIZE 1024

enum fires { FIRES_unknown, FIRES_no, FIRES_yes };

struct probe_report {
	const char *name;
	bool required;
	bool works;
	enum fires fires;
	char way[WAY_SIZE];
	char reasons
		[REASONS_SIZE]; /* in no better way, or not at all; lines, each ends with '\n' */
};

struct check_report {
	struct probe_report probes[PROBE_ID_MAX];
	unsigned int probe_count;
	unsigned long elapsed_ms;
	enum exit_status status;
	char result[256]; /* why this status */
};

/* Both write the facts (facts.h), too. */
void check_report_text(FILE *file, const struct check_report *report);
void check_report_json(FILE *file, const struct check_report *report);

#endif
