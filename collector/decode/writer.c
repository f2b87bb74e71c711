// SPDX-License-Identifier: GPL-2.0-or-later
/* writer - what is known, in words that every format understands */
#include "writer.h"

#include <errno.h>
#include <limits.h>
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

void writer_fail(struct writer *writer, const char *why)
{
	if (writer->failed)
		return;
	writer->failed = true;
	fputs(PROGRAM ": cannot write ", stderr);
	text_print_string(stderr, writer->path ? writer->path : "to standard output");
	fprintf(stderr, ": %s\n", why);
}

void writer_lacks_memory(struct writer *writer)
{
	writer_fail(writer, "out of memory");
}

bool writer_text_end(struct writer *writer, FILE *out, char **text)
{
	if (!fclose(out))
		return true;
	free(*text);
	*text = NULL;
	writer_lacks_memory(writer);
	return false;
}

static bool ends_in(const char *path, const char *suffix)
{
	size_t length = strlen(path), tail = strlen(suffix);

	return length > tail && !strcmp(path + length - tail, suffix);
}

static bool makes_directory(const struct writer *writer)
{
	const struct format *format = writer->format;

	return format->makes == MAKES_DIRECTORY || (format->makes == MAKES_EITHER && writer->path &&
						    !ends_in(writer->path, format->suffix));
}

static const char *why_not(void)
{
	return errno == EEXIST ? "it exists: name a new one" : strerror(errno);
}

/* What is there already is somebody's. */
static bool open_out(struct writer *writer)
{
	bool is_directory = makes_directory(writer);

	if (is_directory && !writer->path)
		writer_fail(writer, "this format makes a directory: name one with --output");
	else if (is_directory && mkdir(writer->path, 0777))
		writer_fail(writer, why_not());
	else if (!is_directory)
		writer->out = writer->path ? fopen(writer->path, "wxe") : stdout;
	if (!is_directory && !writer->out)
		writer_fail(writer, why_not());
	return !writer->failed;
}

static struct writer *make(const struct format_entry *entry, unsigned int wants,
			   const struct options *options)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer) {
		fputs(PROGRAM ": out of memory\n", stderr);
		return NULL;
	}
	*writer = (struct writer) {
		.format = entry->format,
		.name = entry->name,
		.options = options,
		.wants = wants | entry->format->needs,
		.state = calloc(1, entry->format->size + 1),
	};
	if (!writer->state)
		writer_lacks_memory(writer);
	return writer;
}

/* It has an output: begin.  Takes the writer away where that fails. */
static struct writer *begin(struct writer *writer)
{
	const struct format *format = writer->format;

	if (!writer->failed && (!format->begin || format->begin(writer)))
		return writer;
	writer->failed = true;
	writer_close(writer);
	return NULL;
}

struct writer *writer_open(const struct format_entry *entry, unsigned int wants, const char *path,
			   const struct options *options)
{
	struct writer *writer = make(entry, wants, options);

	if (!writer)
		return NULL;
	writer->path = path && strcmp(path, "-") != 0 ? path : NULL;
	if (!writer->failed)
		open_out(writer);
	return begin(writer);
}

struct writer *writer_open_stream(const struct format_entry *entry, unsigned int wants, FILE *out,
				  const struct options *options)
{
	struct writer *writer = make(entry, wants, options);

	if (!writer)
		return NULL;
	writer->out = out;
	writer->is_lent = true;
	return begin(writer);
}

/* False: told the user. */
static bool make_path(char to[PATH_MAX], struct writer *writer, const char *name)
{
	if (snprintf(to, PATH_MAX, "%s/%s", writer->path, name) < PATH_MAX)
		return true;
	writer_fail(writer, strerror(ENAMETOOLONG));
	return false;
}

FILE *writer_file_open(struct writer *writer, const char *name)
{
	char path[PATH_MAX];
	FILE *file = NULL;

	if (make_path(path, writer, name)) {
		file = fopen(path, "wxe");
		if (!file)
			writer_fail(writer, strerror(errno));
	}
	return file;
}

bool writer_folder_make(struct writer *writer, const char *name)
{
	char path[PATH_MAX];

	if (!make_path(path, writer, name))
		return false;
	if (!mkdir(path, 0777))
		return true;
	writer_fail(writer, strerror(errno));
	return false;
}

void writer_file_close(struct writer *writer, FILE *file)
{
	if (file && ferror(file))
		writer_fail(writer, strerror(errno));
	if (file && fclose(file))
		writer_fail(writer, strerror(errno));
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
		writer_fail(writer, strerror(errno));
	if (writer->out && writer->out != stdout && !writer->is_lent && fclose(writer->out))
		writer_fail(writer, strerror(errno));
	failed = writer->failed;
	free(writer->state);
	free(writer);
	return !failed;
}
