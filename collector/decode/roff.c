// SPDX-License-Identifier: GPL-2.0-or-later
/* roff - manual pages, made of the same rows as the help; the language is that of man(7) */
#include "roff.h"

#include <ctype.h>
#include <string.h>

#include "exit.h"
#include "options.h"
#include "view.h"
#include "argument.h"

/* A character that roff would take for more than it is. */
static void print_char(char c, FILE *out)
{
	if (c == '\\')
		fputs("\\e", out);
	else if (c == '-')
		fputs("\\-", out);
	else if (c == '\'')
		fputs("\\(aq", out);
	else
		fputc(c, out);
}

/* In a line, not at its beginning. */
static void print(const char *text, FILE *out)
{
	while (*text)
		print_char(*text++, out);
}

/* Lines that begin with a space are kept as they are, others are filled.  A section begins with them. */
static void print_lines(const char *text, FILE *out)
{
	bool kept = false, fresh = true; /* nothing is in this paragraph yet */

	while (*text) {
		size_t length = strcspn(text, "\n");
		bool keep = *text == ' ';

		if (keep != kept)
			fputs(!keep ? ".fi\n" : fresh ? ".nf\n" : ".PP\n.nf\n", out);
		kept = keep;
		fresh = !length;
		if (!length)
			fputs(".PP", out);
		if (*text == '.')
			fputs("\\&", out);
		for (size_t i = 0; i < length; i++)
			print_char(text[i], out);
		fputc('\n', out);
		text += length + (text[length] == '\n');
	}
	if (kept)
		fputs(".fi\n", out);
}

static void print_title(const char *name, FILE *out)
{
	fputs(".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n.TH TARSIER\\-DECODE", out);
	if (*name)
		fputs("\\-", out);
	for (; *name; name++)
		fputc(toupper((unsigned char)*name), out);
	fputs(" 1 \"\" \"Tarsier " TARSIER_VERSION "\" \"Tarsier\"\n.SH NAME\n", out);
}

static void print_item(const char *name, const char *text, FILE *out)
{
	fputs(".TP\n.B ", out);
	print(name, out);
	fputc('\n', out);
	print(text, out);
	fputc('\n', out);
}

static void print_statuses(FILE *out)
{
	fputs(".SH EXIT STATUS\n", out);
#define X(name, number, text) print_item(#number, text, out);
	EXIT_STATUSES(X)
#undef X
}

static void print_option(const struct option_row *row, FILE *out)
{
	fprintf(out, ".TP\n\\fB\\-%c\\fR, \\fB\\-\\-", row->letter);
	print(row->name, out);
	fputs("\\fR", out);
	if (row->argument) {
		fputs(" \\fI", out);
		print(row->argument, out);
		fputs("\\fR", out);
	}
	fputc('\n', out);
	print(row->help, out);
	if (row->otherwise) {
		fputs(" (default: ", out);
		print(row->otherwise, out);
		fputc(')', out);
	}
	fputc('\n', out);
}

static void print_name(const char *name, const char *summary, FILE *out)
{
	print(PROGRAM, out);
	if (name) {
		fputs("\\-", out);
		print(name, out);
	}
	fputs(" \\- ", out);
	print(summary, out);
	fputs("\n.SH SYNOPSIS\n.B ", out);
	print(PROGRAM, out);
	fputc('\n', out);
}

void roff_overview(FILE *out)
{
	print_title("", out);
	print_name(NULL, "shows what Tarsier's collector recorded", out);
	fputs("[\\fICOMMAND\\fR] [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n.SH DESCRIPTION\n"
	      "Without a command: report. Each command has a page of its own, "
	      "\\fBtarsier\\-decode\\-\\fICOMMAND\\fR(1).\n.SH COMMANDS\n",
	      out);
	for (unsigned int id = 0; id < COMMANDS_COUNT; id++)
		print_item(command_entries[id].name, command_entries[id].summary, out);
	fputs(".SH PROBES\n", out);
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (view_entries[i].name)
			print_item(view_entries[i].name, view_entries[i].summary, out);
	fputs(".SH FORMATS\n", out);
	for (const struct format_entry *entry = format_entries; entry->name; entry++)
		print_item(entry->name, entry->summary, out);
	print_statuses(out);
}

void roff_command(enum command_id id, FILE *out)
{
	const struct command_entry *entry = &command_entries[id];
	const struct command *command = entry->command;
	const struct option_row *row = option_rows;

	print_title(entry->name, out);
	print_name(entry->name, entry->summary, out);
	fprintf(out, ".B %s\n%s", entry->name, command->run_alone ? "" : "[\\fIOPTION\\fR...] ");
	fputs("\\fI", out);
	print(command->operands, out);
	fputs("\\fR\n.SH DESCRIPTION\n", out);
	print_lines(command->about, out);
	fputs(".SH OPTIONS\n", out);
	for (; (row = option_of_command(row, id)); row++)
		print_option(row, out);
	if (command->example) {
		fputs(".SH EXAMPLES\n", out);
		print_lines(command->example, out);
	}
	print_statuses(out);
	fputs(".SH SEE ALSO\n.BR tarsier\\-decode (1)\n", out);
}
