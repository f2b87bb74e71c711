// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_merge - merged recordings are sets of pieces: order, grouping and repetition do not matter */
#include "recordings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exit.h"

#define PARTS 4
#define SEED 11

extern const struct command command_merge;

/* What it says of damage is not looked at here. */
static int run_silent(const struct options *options)
{
	int kept = dup(STDERR_FILENO), none = open("/dev/null", O_WRONLY), status;

	dup2(none, STDERR_FILENO);
	status = command_merge.run(options);
	dup2(kept, STDERR_FILENO);
	close(none);
	close(kept);
	return status;
}

/* Of files by name, parted by spaces; returns the exit status. */
static int merge_files(const char *out, const char *names)
{
	char paths[16][PATH_SIZE], *inputs[16], list[256], path[PATH_SIZE], *rest = list, *name;
	struct options options = options_default();

	snprintf(list, sizeof(list), "%s", names);
	while ((name = strsep(&rest, " "))) {
		inputs[options.input_count] = name_file(paths[options.input_count], name);
		options.input_count++;
	}
	options.command = COMMAND_merge;
	options.inputs = inputs;
	options.output = name_file(path, out);
	options.rows = 0;
	unlink(path);
	return run_silent(&options);
}

static void assert_same(const char *left, const char *right)
{
	char path[PATH_SIZE];
	struct bytes one = load(name_file(path, left)), two = load(name_file(path, right));

	assert_int_equal(one.length, two.length);
	assert_memory_equal(one.at, two.at, one.length);
	free(one.at);
	free(two.at);
}

/* However they are put together, it is the same. */
static void check_laws(void)
{
	/* of stretches without a record nothing is made */
	if (merge_files("left", "0 1") == EXIT_NOTHING ||
	    merge_files("right", "2 3") == EXIT_NOTHING)
		return;
	merge_files("all", "0 1 2 3");
	merge_files("back", "3 2 1 0");
	merge_files("again", "2 0 0 3 1 2 2");
	merge_files("pairs", "right left");
	merge_files("right2", "1 right");
	merge_files("right3", "right2 0");
	merge_files("twice", "all all");
	assert_same("all", "back");
	assert_same("all", "again");
	assert_same("all", "pairs");
	assert_same("all", "right3");
	assert_same("all", "twice");
}

/* The files 0 to 3: stretches of @bytes that overlap, with ends on records or anywhere. */
static void cut(const struct bytes *bytes, size_t grain, __u64 *random)
{
	for (unsigned int i = 0; i < PARTS; i++) {
		size_t from = bytes->length * i / PARTS, more = bytes->length / 3 + 1;
		char name[2] = { (char)('0' + i) };
		size_t length;

		if (i)
			from += encode_random(random) % more;
		from = from / grain * grain;
		if (from > bytes->length)
			from = 0;
		length = bytes->length / PARTS + encode_random(random) % (2 * more);
		if (!i || length > bytes->length - from)
			length = bytes->length - from;
		save(name, bytes->at + from, i ? length / grain * grain : length);
	}
}

static void check_cut_at_records(struct bytes *bytes, __u64 *random)
{
	cut(bytes, RECORD_SIZE, random);
	check_laws();
}

static void check_cut_anywhere(struct bytes *bytes, __u64 *random)
{
	cut(bytes, 1, random);
	check_laws();
}

/* Each copy is damaged elsewhere. */
static void check_damaged(struct bytes *bytes, __u64 *random)
{
	for (unsigned int i = 0; i < PARTS; i++) {
		char name[2] = { (char)('0' + i) };

		save(name, bytes->at, bytes->length);
		for (unsigned int flips = 0; flips < 5; flips++) {
			char path[PATH_SIZE];
			struct bytes copy = load(name_file(path, name));

			copy.at[encode_random(random) % copy.length] ^= 0x10;
			save(name, copy.at, copy.length);
			free(copy.at);
		}
	}
	check_laws();
}

static void test_cut_at_records(void **state)
{
	(void)state;
	for_each_golden(5, SEED, check_cut_at_records);
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	for_each_golden(2, SEED, check_cut_anywhere);
}

static void test_damaged(void **state)
{
	(void)state;
	for_each_golden(3, SEED, check_damaged);
}

/* Lines that count what was read, and not what was recorded. */
static bool is_about_input(const char *line)
{
	static const char *const beginnings[] = { "records: ", "blocks: ", "input: ", "tests/",
						  "/dev/",     "result: ", "note: " };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (!strncmp(line, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

/* The report of @path without these lines; to be freed. */
static char *report_of_records(char *path)
{
	struct options options = options_default();
	char *text, *kept, *rest, *line;
	size_t length;

	options.rows = 0;
	text = report_of(options, path);
	length = strlen(text);
	kept = calloc(1, length + 1);
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (!is_about_input(line))
			snprintf(kept + strlen(kept), length + 1 - strlen(kept), "%s\n", line);
	free(text);
	return kept;
}

/* What the merged recording says is what its inputs said, unless bytes of them were lost. */
static void test_report(void **state)
{
	static const char *const goldens[] = { "both",		"duplicated", "seq_wrap",
					       "clock_arrival", "steps",      "unknown",
					       "cputime",	"clock_set",  "histogram",
					       "iopf",		"calls",      "lost_block" };
	char path[PATH_SIZE], merged[PATH_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		struct bytes bytes;
		char *was, *is;

		snprintf(path, sizeof(path), "tests/golden/%s.tsr", goldens[i]);
		bytes = load(path);
		save("0", bytes.at, bytes.length);
		merge_files("all", "0 0");
		was = report_of_records(path);
		is = report_of_records(name_file(merged, "all"));
		assert_string_equal(was, is);
		free(was);
		free(is);
		free(bytes.at);
	}
}

/* A block of which both copies are broken, each elsewhere, and one that is whole in one of them. */
static void test_loose(void **state)
{
	struct bytes bytes = load("tests/golden/events.tsr");
	unsigned char *block = bytes.at + BLOCK_SIZE_MAX;
	char path[PATH_SIZE];
	struct stat status;

	(void)state;
	save("0", bytes.at, bytes.length);
	block[3 * RECORD_SIZE + 20] ^= 1;
	save("1", bytes.at, bytes.length);
	block[3 * RECORD_SIZE + 20] ^= 1;
	block[5 * RECORD_SIZE + 20] ^= 1;
	save("2", bytes.at, bytes.length);
	assert_int_equal(merge_files("all", "1 2"), EXIT_CLEAN);
	assert_int_equal(stat(name_file(path, "all"), &status), 0);
	assert_int_equal(status.st_size, bytes.length);
	assert_int_equal(merge_files("left", "1 1"), EXIT_DAMAGED);
	assert_int_equal(stat(name_file(path, "left"), &status), 0);
	assert_int_equal(status.st_size, bytes.length - RECORD_SIZE);
	assert_int_equal(merge_files("more", "all 0"), EXIT_CLEAN);
	assert_same("more", "0");
	free(bytes.at);
}

static void test_existing(void **state)
{
	struct options options = options_default();
	char path[PATH_SIZE], out[PATH_SIZE], *inputs[] = { name_file(path, "0") };
	struct bytes bytes;

	(void)state;
	save("0", "x", 1);
	save("all", "mine", 4);
	options.inputs = inputs;
	options.input_count = 1;
	options.output = name_file(out, "all");
	assert_int_equal(run_silent(&options), EXIT_IO);
	bytes = load(out);
	assert_int_equal(bytes.length, 4);
	free(bytes.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_at_records), cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_damaged),	       cmocka_unit_test(test_report),
		cmocka_unit_test(test_loose),	       cmocka_unit_test(test_existing),
	};

	return cmocka_run_group_tests(tests, recordings_set_up, recordings_tear_down);
}
