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

static void complain(const struct input_result *result, const char *path, const char *what)
{
	if (result->quiet)
		return;
	fputs(PROGRAM ": ", stderr);
	text_print_string(stderr, path);
	fprintf(stderr, ": %s\n", what);
}

/* What a file without records is, as far as its first bytes tell. */
struct glance {
	unsigned char bytes[256];
	size_t length;
	__u64 total;
};

static void look(struct glance *glance, const void *bytes, size_t len)
{
	size_t room = sizeof(glance->bytes) - glance->length;

	if (room > len)
		room = len;
	memcpy(glance->bytes + glance->length, bytes, room);
	glance->length += room;
	glance->total += len;
}

static bool is_text(const struct glance *glance)
{
	for (size_t i = 0; i < glance->length; i++)
		if (glance->bytes[i] < 0x20 && !memchr("\t\n\r\f", glance->bytes[i], 4))
			return false;
	return true;
}

static void complain_of_no_records(const struct input_result *result, const char *path,
				   const struct glance *glance)
{
	char what[128];

	if (!glance->total)
		snprintf(what, sizeof(what), "the file is empty: nothing was ever written to it");
	else
		snprintf(what, sizeof(what), "no Tarsier records in %llu bytes%s", glance->total,
			 is_text(glance) ? ": this is a text file" : "");
	complain(result, path, what);
}

/* All bytes of @fd to the decoder; 0 or -errno. */
static int pump(struct decoder *decoder, int fd, struct glance *glance)
{
	for (;;) {
		size_t room;
		void *to = reader_room(&decoder->reader, &room);
		ssize_t got = read(fd, to, room);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : 0;
		look(glance, to, (size_t)got);
		reader_fill(&decoder->reader, (size_t)got);
	}
}

/* @name is how the user knows it. */
static void read_stream(struct decoder *decoder, int fd, const char *name,
			struct input_result *result)
{
	struct glance glance = { .length = 0 };
	int err;

	decoder_begin(decoder, name, 0);
	err = pump(decoder, fd, &glance);
	if (err) {
		complain(result, name, strerror(-err));
		result->failed = true;
	}
	if (!decoder_end(decoder) && !err) {
		complain_of_no_records(result, name, &glance);
		result->recordless = true;
	}
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

static void read_entry(struct decoder *decoder, const char *directory, const char *name,
		       struct input_result *result)
{
	struct input_result ignored = { .quiet = result->quiet };
	struct stat status;
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (stat(path, &status) || !S_ISREG(status.st_mode))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		complain(result, path, strerror(errno));
		result->failed = true;
	} else {
		read_stream(decoder, fd, path, &ignored);
		result->failed |= ignored.failed;
		close(fd);
	}
}

static void read_directory(struct decoder *decoder, const char *path, struct input_result *result)
{
	__u64 inputs_before = decoder->inputs;
	struct dirent **entries;
	int count = scandir(path, &entries, is_ordinary_name, by_name);

	if (count < 0) {
		complain(result, path, strerror(errno));
		result->failed = true;
		return;
	}
	for (int i = 0; i < count; i++) {
		read_entry(decoder, path, entries[i]->d_name, result);
		free(entries[i]);
	}
	free(entries);
	if (decoder->inputs == inputs_before && !result->failed) {
		complain(result, path, "no file in this directory holds Tarsier records");
		result->recordless = true;
	}
}

/* Not a pipe or a device, whose bytes are gone once they are read. */
static bool can_be_read_again(const struct stat *status)
{
	return S_ISREG(status->st_mode) || S_ISDIR(status->st_mode);
}

void input_read(struct decoder *decoder, const char *path, struct input_result *result)
{
	struct stat status;
	int fd;

	if (!strcmp(path, "-")) {
		if (!result->quiet)
			read_stream(decoder, STDIN_FILENO, "standard input", result);
		return;
	}
	if (result->quiet && (stat(path, &status) || !can_be_read_again(&status)))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status)) {
		complain(result, path, strerror(errno));
		result->failed = true;
	} else if (S_ISDIR(status.st_mode)) {
		read_directory(decoder, path, result);
	} else {
		read_stream(decoder, fd, path, result);
	}
	if (fd >= 0)
		close(fd);
}
