// SPDX-License-Identifier: GPL-2.0-or-later
/* input - files, the files of a directory, and standard input, read into the decoder */
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interrupt.h"
#include "parts.h"
#include "progress.h"
#include "pump.h"

struct inputs {
	struct decoder *decoder;
	struct parts *parts; /* NULL: one after another */
	struct input_result *result;
};

static void complain(const struct input_result *result, const char *path, const char *what)
{
	if (result->quiet)
		return;
	progress_clear();
	fputs(PROGRAM ": ", stderr);
	text_print_string(stderr, path);
	fprintf(stderr, ": %s\n", what);
}

/* A file has been read, or could not be. */
struct reading {
	struct source source;
	struct input_result *result;
	bool of_directory; /* what is in there need not be a recording */
};

static void conclude(struct source *source)
{
	struct reading *reading = source->context;
	struct input_result *result = reading->result;
	char text[GLANCE_TEXT];

	if (source->err == -EINTR) {
		result->stopped = true;
	} else if (source->err) {
		complain(result, source->name, strerror(-source->err));
		result->failed = true;
	} else if (!source->records) {
		complain(result, source->name, glance_text(&source->glance, text));
		result->recordless |= !reading->of_directory;
	}
	if (source->fd != STDIN_FILENO)
		close(source->fd);
	free(source->name);
	free(reading);
}

/* @name is how the user knows it; closes @fd, perhaps later. */
static void read_source(struct inputs *inputs, int fd, const char *name, const struct stat *status,
			bool of_directory)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	char *copy = strdup(name);
	struct source *source;

	if (!reading || !copy) {
		complain(inputs->result, name, strerror(ENOMEM));
		inputs->result->failed = true;
		free(copy);
		free(reading);
		if (fd != STDIN_FILENO)
			close(fd);
		return;
	}
	*reading = (struct reading) {
		.source = { .fd = fd, .name = copy, .finished = conclude, .context = reading },
		.result = inputs->result,
		.of_directory = of_directory,
	};
	source = &reading->source;
	if (status && S_ISREG(status->st_mode) && inputs->parts) {
		source->size = (__u64)status->st_size;
		parts_read(inputs->parts, source);
		return;
	}
	if (inputs->parts)
		parts_drain(inputs->parts);
	decoder_begin(inputs->decoder, name, 0);
	source->err = pump(inputs->decoder, fd, PUMP_ON, &source->glance);
	source->records = decoder_end(inputs->decoder);
	conclude(source);
}

static int is_ordinary_name(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

/* By bytes: alphasort() would ask the locale. */
static int by_name(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static void read_entry(struct inputs *inputs, const char *directory, const char *name)
{
	struct stat status;
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (stat(path, &status) || !S_ISREG(status.st_mode))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		read_source(inputs, fd, path, &status, true);
		return;
	}
	complain(inputs->result, path, strerror(errno));
	inputs->result->failed = true;
}

static void read_directory(struct inputs *inputs, const char *path)
{
	__u64 inputs_before = inputs->decoder->inputs;
	struct dirent **entries;
	int count = scandir(path, &entries, is_ordinary_name, by_name);

	if (count < 0) {
		complain(inputs->result, path, strerror(errno));
		inputs->result->failed = true;
		return;
	}
	for (int i = 0; i < count; i++) {
		read_entry(inputs, path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (inputs->parts)
		parts_drain(inputs->parts);
	if (inputs->decoder->inputs == inputs_before && !inputs->result->failed) {
		complain(inputs->result, path, "no file in this directory holds Tarsier records");
		inputs->result->recordless = true;
	}
}

/* Not a pipe or a device, whose bytes are gone once they are read. */
static bool can_be_read_again(const struct stat *status)
{
	return S_ISREG(status->st_mode) || S_ISDIR(status->st_mode);
}

static void read_one(struct inputs *inputs, const char *path)
{
	struct stat status;
	int fd;

	if (!strcmp(path, "-")) {
		if (!inputs->result->quiet)
			read_source(inputs, STDIN_FILENO, "standard input", NULL, false);
		return;
	}
	if (inputs->result->quiet && (stat(path, &status) || !can_be_read_again(&status)))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status)) {
		complain(inputs->result, path, strerror(errno));
		inputs->result->failed = true;
	} else if (!S_ISDIR(status.st_mode)) {
		read_source(inputs, fd, path, &status, false);
		return;
	} else {
		read_directory(inputs, path);
	}
	if (fd >= 0)
		close(fd);
}

static __u64 measure_directory(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	struct stat status;
	__u64 bytes = 0;

	while (directory && (entry = readdir(directory)))
		if (!fstatat(dirfd(directory), entry->d_name, &status, 0) &&
		    S_ISREG(status.st_mode))
			bytes += (__u64)status.st_size;
	if (directory)
		closedir(directory);
	return bytes;
}

/* What cannot be read is told when it is to be read. */
static struct progress_goal measure(const struct options *options)
{
	struct progress_goal goal = { .known = true };

	for (int i = 0; i < options->input_count; i++) {
		struct stat status;

		if (!strcmp(options->inputs[i], "-") || stat(options->inputs[i], &status))
			goal.known = false;
		else if (S_ISDIR(status.st_mode))
			goal.bytes += measure_directory(options->inputs[i]);
		else if (S_ISREG(status.st_mode))
			goal.bytes += (__u64)status.st_size;
		else
			goal.known = false;
	}
	return goal;
}

static void read_all(struct inputs *inputs, const struct options *options)
{
	for (int i = 0; i < options->input_count && !inputs->result->stopped; i++)
		read_one(inputs, options->inputs[i]);
	if (!inputs->parts)
		return;
	parts_drain(inputs->parts);
	parts_close(inputs->parts);
}

void inputs_read(struct decoder *decoder, unsigned int jobs, struct input_result *result)
{
	const struct options *options = decoder->shared.options;
	struct inputs inputs = { .decoder = decoder, .result = result };
	/* rows on the same terminal are all the progress that anyone wants */
	bool tells = !isatty(STDOUT_FILENO) || decoder_is_silent(decoder);

	if (jobs > 1 && decoder_may_split(decoder))
		inputs.parts = parts_open(decoder, jobs, options->part_size);
	if (tells)
		progress_begin(measure(options));
	read_all(&inputs, options);
	if (tells)
		progress_end();
	decoder->stopped |= result->stopped;
}
