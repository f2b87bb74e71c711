// SPDX-License-Identifier: GPL-2.0-or-later
/* writer - what is known, in words that every format understands */
#include "writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "options.h"

#define X(name, summary) extern const struct format format_##name;
FORMATS(X)
#undef X

const struct format_entry format_entries[] = {
#define X(name, summary) { #name, summary, &format_##name },
	FORMATS(X)
#undef X
		{ 0 },
};

const struct format_entry *format_find(const char *name)
{
	for (const struct format_entry *entry = format_entries; entry->name; entry++)
		if (!strcmp(entry->name, name))
			return entry;
	return NULL;
}

struct cell cell_string(const char *string)
{
	return cell_text(string, string ? strlen(string) : 0);
}

static void complain(struct writer *writer, const char *why)
{
	if (writer->failed)
		return;
	writer->failed = true;
	fputs(PROGRAM ": cannot write ", stderr);
	text_print_string(stderr, writer->path ? writer->path : "to standard output");
	fprintf(stderr, ": %s\n", why);
}

/* What is there already is somebody's. */
static bool open_out(struct writer *writer)
{
	if (writer->format->is_directory && !writer->path)
		complain(writer, "this format makes a directory: name one with --output");
	else if (writer->format->is_directory && mkdir(writer->path, 0777))
		complain(writer, errno == EEXIST ? "it exists: name a new one" : strerror(errno));
	else if (!writer->format->is_directory)
		writer->out = writer->path ? fopen(writer->path, "wxe") : stdout;
	if (!writer->format->is_directory && !writer->out)
		complain(writer, errno == EEXIST ? "it exists: name a new one" : strerror(errno));
	return !writer->failed;
}

struct writer *writer_open(const struct format_entry *entry, unsigned int wants, const char *path,
			   const struct options *options)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return NULL;
	*writer = (struct writer) {
		.format = entry->format,
		.name = entry->name,
		.options = options,
		.wants = wants,
		.path = path && strcmp(path, "-") != 0 ? path : NULL,
		.state = calloc(1, entry->format->size + 1),
	};
	if (!writer->state)
		complain(writer, "out of memory");
	if (writer->failed || !open_out(writer) ||
	    (entry->format->begin && !entry->format->begin(writer))) {
		writer->failed = true;
		writer_close(writer);
		return NULL;
	}
	return writer;
}

static bool wants(const struct writer *writer, unsigned int what)
{
	return writer->wants & writer->format->takes & what;
}

bool writer_wants_events(const struct writer *writer)
{
	return wants(writer, WRITES_EVENTS);
}

void writer_event(struct writer *writer, const struct session *session, const struct event *event)
{
	if (writer->format->event && wants(writer, WRITES_EVENTS))
		writer->format->event(writer, session, event);
}

void writer_session(struct writer *writer, const struct session *session)
{
	if (writer->format->session)
		writer->format->session(writer, session);
}

void writer_row(struct writer *writer, const struct session *session, const struct row *row)
{
	if (writer->format->row && wants(writer, WRITES_REPORT))
		writer->format->row(writer, session, row);
}

void writer_distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	if (writer->format->distribution && wants(writer, WRITES_REPORT))
		writer->format->distribution(writer, session, distribution);
}

void writer_session_end(struct writer *writer, const struct session *session)
{
	if (writer->format->session_end)
		writer->format->session_end(writer, session);
}

void writer_end(struct writer *writer, bool clean)
{
	if (writer->format->end)
		writer->format->end(writer, clean);
}

bool writer_close(struct writer *writer)
{
	bool failed;

	if (writer->state && writer->format->close)
		writer->format->close(writer);
	if (writer->out && (fflush(writer->out) || ferror(writer->out)))
		complain(writer, strerror(errno));
	if (writer->out && writer->out != stdout && fclose(writer->out))
		complain(writer, strerror(errno));
	failed = writer->failed;
	free(writer->state);
	free(writer);
	return !failed;
}
