// SPDX-License-Identifier: GPL-2.0-or-later
/* check_report - what a check found out, as text and as JSON */
#include "check_report.h"

#include <string.h>

#include "facts.h"
#include "json.h"

#define NAME_WIDTH_MIN 14
#define NAME_WIDTH_MAX 48
#define INDENT 18 /* what else stands before the text of a line */

static int name_width;

/* Call @write for each line of @reasons. */
static void each_reason(FILE *file, const char *reasons,
			void (*write)(FILE *file, const char *reason, bool first))
{
	char line[REASONS_SIZE];
	bool first = true;

	while (*reasons) {
		size_t length = strcspn(reasons, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)length, reasons);
		write(file, line, first);
		first = false;
		reasons += length + (reasons[length] == '\n');
	}
}

/*
 * Text
 */

static void widen(const char *name)
{
	int length = (int)strlen(name);

	if (length > name_width)
		name_width = length < NAME_WIDTH_MAX ? length : NAME_WIDTH_MAX;
}

static void measure_names(const struct check_report *report)
{
	unsigned int count;
	const struct fact *facts = facts_all(&count);

	name_width = NAME_WIDTH_MIN;
	for (unsigned int i = 0; i < count; i++)
		widen(facts[i].name);
	for (unsigned int i = 0; i < report->probe_count; i++)
		widen(report->probes[i].name);
}

static void begin_line(FILE *file, const char *area, const char *name, const char *verdict)
{
	fprintf(file, "%-8s %-*s %-7s ", area, name_width, name, verdict);
}

static void write_text_reason(FILE *file, const char *reason, bool first)
{
	fprintf(file, "%*s%s\n", first ? 0 : name_width + INDENT, "", reason);
}

/* The way, or the first reason, stands in the line; further reasons stand below it. */
static void write_text_probe(FILE *file, const struct probe_report *probe,
			     const struct probe_report *previous)
{
	bool repeated = previous && *probe->reasons && !strcmp(previous->reasons, probe->reasons);

	begin_line(file, "probe", probe->name, probe->works ? "works" : "cannot");
	if (probe->works)
		fprintf(file, "by %s%s\n%*s", probe->way,
			probe->fires == FIRES_no ? "; not called while checked" : "",
			*probe->reasons && !repeated ? name_width + INDENT : 0, "");
	if (!repeated)
		each_reason(file, probe->reasons, write_text_reason);
	else if (!probe->works)
		fputs("for the same reason\n", file);
}

static void write_text_facts(FILE *file)
{
	unsigned int count;
	const struct fact *facts = facts_all(&count);

	for (unsigned int i = 0; i < count; i++) {
		begin_line(file, facts[i].area, facts[i].name, verdict_name(facts[i].verdict));
		fprintf(file, "%s\n", facts[i].value);
	}
}

void check_report_text(FILE *file, const struct check_report *report)
{
	measure_names(report);
	for (unsigned int i = 0; i < report->probe_count; i++)
		write_text_probe(file, &report->probes[i], i ? &report->probes[i - 1] : NULL);
	write_text_facts(file);
	fprintf(file, "result   %s (%lu ms, exit status %d)\n", report->result, report->elapsed_ms,
		report->status);
}

/*
 * JSON
 */

/* Write @before, then @text as a string. */
static void write_member(FILE *file, const char *before, const char *text)
{
	fputs(before, file);
	json_string(file, text);
}

static void write_json_reason(FILE *file, const char *reason, bool first)
{
	write_member(file, first ? "" : ", ", reason);
}

static const char *bool_name(bool value)
{
	return value ? "true" : "false";
}

static void write_json_probe(FILE *file, const struct probe_report *probe)
{
	write_member(file, "{ \"name\": ", probe->name);
	fprintf(file, ", \"required\": %s, \"works\": %s, \"way\": ", bool_name(probe->required),
		bool_name(probe->works));
	if (probe->works)
		json_string(file, probe->way);
	else
		fputs("null", file);
	fprintf(file, ", \"fires\": %s, \"reasons\": [ ",
		probe->fires == FIRES_unknown ? "null" : bool_name(probe->fires == FIRES_yes));
	each_reason(file, probe->reasons, write_json_reason);
	fputs(" ] }", file);
}

static void write_json_facts(FILE *file)
{
	unsigned int count;
	const struct fact *facts = facts_all(&count);

	for (unsigned int i = 0; i < count; i++) {
		write_member(file, i ? ",\n    { \"area\": " : "\n    { \"area\": ", facts[i].area);
		write_member(file, ", \"name\": ", facts[i].name);
		write_member(file, ", \"verdict\": ", verdict_name(facts[i].verdict));
		write_member(file, ", \"value\": ", facts[i].value);
		fputs(" }", file);
	}
}

void check_report_json(FILE *file, const struct check_report *report)
{
	write_member(file, "{ \"tarsier\": ", TARSIER_VERSION);
	fprintf(file, ", \"status\": %d", report->status);
	write_member(file, ", \"result\": ", report->result);
	fprintf(file, ", \"elapsed_ms\": %lu,\n  \"probes\": [", report->elapsed_ms);
	for (unsigned int i = 0; i < report->probe_count; i++) {
		fputs(i ? ",\n    " : "\n    ", file);
		write_json_probe(file, &report->probes[i]);
	}
	fputs(" ],\n  \"facts\": [", file);
	write_json_facts(file);
	fputs(" ] }\n", file);
}
