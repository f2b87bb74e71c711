// SPDX-License-Identifier: GPL-2.0-or-later
/* recordings - tests of whole files: golden recordings are changed and saved, and reports compared */
#include "recordings.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gather.h"
#include "report.h"
#include "tell.h"

/* Where making a file durable costs nothing: thousands are made. */
static char directory[] = "/dev/shm/recordings.XXXXXX";

int recordings_set_up(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

int recordings_tear_down(void **state)
{
	char pattern[PATH_SIZE];
	glob_t found;

	(void)state;
	if (!glob(name_file(pattern, "*"), 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
	return rmdir(directory);
}

char *name_file(char path[PATH_SIZE], const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s", directory, name);
	return path;
}

struct bytes load(const char *path)
{
	struct bytes bytes = { NULL, 0 };
	struct stat status;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0 && !fstat(fd, &status));
	bytes.length = (size_t)status.st_size;
	bytes.at = malloc(bytes.length + 1);
	assert_true(read(fd, bytes.at, bytes.length) == status.st_size);
	close(fd);
	return bytes;
}

void save(const char *name, const void *bytes, size_t length)
{
	char path[PATH_SIZE];
	int fd = open(name_file(path, name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(write(fd, bytes, length) == (ssize_t)length);
	close(fd);
}

void for_each_golden(unsigned int step, __u64 random,
		     void (*check)(struct bytes *bytes, __u64 *random))
{
	glob_t found;

	assert_int_equal(glob("tests/golden/*.tsr", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i += step) {
		struct bytes bytes = load(found.gl_pathv[i]);

		check(&bytes, &random);
		free(bytes.at);
	}
	globfree(&found);
}

char *report_of(struct options options, char *path)
{
	struct input_result result = { .quiet = true };
	struct decoder *decoder;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	options.inputs = &path;
	options.input_count = 1;
	decoder = gather_open(&options, WRITES_REPORT, out);
	assert_non_null(decoder);
	gather(decoder, &result);
	report(decoder);
	fclose(out);
	gather_close(decoder, 0);
	return text;
}
