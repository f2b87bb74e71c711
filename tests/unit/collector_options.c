// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_options - the command line of 'tarsier run' */
#include "fakes.h"

#include <getopt.h>
#include <unistd.h>

#include "options.h"
#include "say.h"

#define WORDS_MAX 32

static struct options options;
static enum options_for command = OPTIONS_FOR_RUN;
static const char *said;
static char config_path[96];

/* Parse @line, split at blanks; what the user is told is in `said`. */
static enum options_result parse(const char *line)
{
	static char copy[512];
	char *words[WORDS_MAX + 1] = { "run" };
	enum options_result result;
	int count = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word && count < WORDS_MAX; word = strtok(NULL, " "))
		words[count++] = word;
	optind = 0; /* glibc: begin anew */
	stderr_begin();
	result = options_parse(&options, command, count, words);
	said = stderr_end();
	return result;
}

static void check_good(const char *line)
{
	assert_int_equal(parse(line), OPTIONS_RUN);
	assert_string_equal(said, "");
}

/* Refused with one line, in which there is @part. */
static void check_bad(const char *line, const char *part)
{
	assert_int_equal(parse(line), OPTIONS_WRONG);
	if (!strstr(said, part))
		fail_msg("'%s': no '%s' in: %s", line, part, said);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_defaults(void **state)
{
	(void)state;
	check_good("-o file:x");
	assert_int_equal(options.probe_count, 1);
	assert_int_equal(options.probes[0]->id, PROBE_runqlat);
	assert_int_equal(options.output_count, 1);
	assert_string_equal(options.outputs[0], "file:x");
	assert_int_equal(options.interval_ms, 10000);
	assert_int_equal(options.duration_ms, 0);
	assert_int_equal(options.heartbeat_ms, 60000);
	assert_int_equal(options.sync_ms, 30000);
	assert_int_equal(options.ring_kib, 256);
	assert_null(options.board);
	assert_null(options.pid_file);
	assert_false(options.dry_run);
	assert_null(options.way);
	assert_false(options.bpf_stats);
}

static void test_every_option(void **state)
{
	(void)state;
	check_good("-p runqslower:min=5 -p runqlat -o udp://h:1 -o file:x -i 1 -d 2 -H 3 -S 4 -r 8 "
		   "-b board -w wakeup -c -v");
	assert_int_equal(options.probe_count, 2);
	assert_int_equal(options.probes[0]->id, PROBE_runqslower);
	assert_int_equal(options.probes[1]->id, PROBE_runqlat);
	assert_int_equal(options.output_count, 2);
	assert_int_equal(options.interval_ms, 1000);
	assert_int_equal(options.duration_ms, 2000);
	assert_int_equal(options.heartbeat_ms, 3000);
	assert_int_equal(options.sync_ms, 4000);
	assert_int_equal(options.ring_kib, 8);
	assert_string_equal(options.board, "board");
	assert_string_equal(options.way, "wakeup");
	assert_true(options.bpf_stats);
	assert_true(say_details);
	say_details = false;
}

static void test_long_options(void **state)
{
	(void)state;
	check_good("--probe=runqslower --output=- --interval 1 --duration=2 --heartbeat 3 --sync=4 "
		   "--ring=16 --board=b --way=sched_info --bpf-stats --verbose");
	assert_int_equal(options.probes[0]->id, PROBE_runqslower);
	assert_int_equal(options.ring_kib, 16);
	assert_int_equal(options.sync_ms, 4000);
	say_details = false;
}

static void test_budget(void **state)
{
	static const struct {
		const char *text;
		__u32 ppm;
	} good[] = { { "cpu=1%", 10000 },
		     { "cpu=0.01%", 100 },
		     { "cpu=100%", 1000000 },
		     { "cpu=0.29%", 2900 },
		     { "cpu=33.3%", 333000 } };
	static const char *const bad[] = { "1%",	 "cpu=1",    "cpu=%",	"cpu=0%",
					   "cpu=0.001%", "cpu=101%", "cpu=-1%", "cpu=nan%",
					   "mem=1%",	 "cpu=1%x" };
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		snprintf(line, sizeof(line), "-o - --budget %s", good[i].text);
		check_good(line);
		assert_int_equal(options.budget_ppm, good[i].ppm);
		assert_true(options.bpf_stats);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		snprintf(line, sizeof(line), "-o - -B %s", bad[i]);
		check_bad(line, "cpu=PERCENT%");
	}
}

static void test_sandbox(void **state)
{
	(void)state;
	check_good("-o - -U 1000:1001");
	assert_false(options.no_sandbox);
	check_good("-o - --no-sandbox");
	assert_true(options.no_sandbox);
	check_bad("-o - -U 1000:x", "UID[:GID]");
	check_bad("-o - -U nobody-of-that-name", "has no such user");
	check_bad("-o - -U 0", "--no-sandbox");
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		__u64 ms;
	} good[] = {
		{ "1", 1000 },	  { "0.5", 500 },    { "200ms", 200 },	      { "1.5s", 1500 },
		{ "5m", 300000 }, { "2h", 7200000 }, { "1d", 86400000 },      { "0.25h", 900000 },
		{ "0.001", 1 },	  { "1ms", 1 },	     { "366d", 31622400000 },
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		snprintf(line, sizeof(line), "-o - -d %s", good[i].text);
		check_good(line);
		assert_true(options.duration_ms == good[i].ms);
	}
}

static void test_no_durations(void **state)
{
	static const char *const bad[] = {
		"0",   "0.0001", "-1",	 "-1ms", "x",	 "ms",	 "5x",	   "5sec", "5ss",
		"nan", "inf",	 "-inf", "1e9",	 "367d", "1e30", "1e308d", "..",   "s",
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		snprintf(line, sizeof(line), "-o - -d %s", bad[i]);
		check_bad(line, bad[i]);
	}
}

static void test_limits(void **state)
{
	(void)state;
	check_good("-o - -i 10ms");
	check_bad("-o - -i 9ms", "9ms");
	check_good("-o - -i 1d");
	check_bad("-o - -i 86401", "86401");
	check_good("-o - -i 0");
	assert_int_equal(options.interval_ms, 0);
	check_good("-o - -H 100ms");
	check_bad("-o - -H 99ms", "99ms");
	check_good("-o - -H 60");
	check_bad("-o - -H 61", "61");
	check_good("-o - -S 100ms");
	check_bad("-o - -S 99ms", "99ms");
	check_bad("-o - -S 0", "0");
}

/* What is no interval in one spelling is none in another. */
static void test_no_interval(void **state)
{
	static const char *const zeros[] = { "0s", "0ms", "0.0", "00" };
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(zeros); i++) {
		snprintf(line, sizeof(line), "-o - -i %s", zeros[i]);
		if (parse(line) == OPTIONS_RUN)
			assert_int_equal(options.interval_ms, 0);
		else
			assert_non_null(strstr(said, zeros[i]));
	}
}

static void test_ring(void **state)
{
	static const char *const bad[] = { "0", "2", "3", "5", "100", "131072", "4k", "-4", "" };

	(void)state;
	for (unsigned int kib = 4; kib <= 65536; kib *= 2) {
		char line[64];

		snprintf(line, sizeof(line), "-o - -r %u", kib);
		check_good(line);
		assert_int_equal(options.ring_kib, kib);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		char line[64];

		snprintf(line, sizeof(line), "-o - --ring=%s", bad[i]);
		check_bad(line, "power of two");
	}
}

/* A value that is refused is named, and so are the values that would do. */
static void test_refusals_say_what_is_wanted(void **state)
{
	(void)state;
	check_bad("-o - -w magic", "magic");
	check_bad("-o - -w magic", "want sched_info, wakeup");
	check_bad("-o - -d 0", "--duration 0");
	check_bad("-o - --board=", "--board");
	check_bad("-o - -r 100", "100");
}

static void test_unknown_options(void **state)
{
	(void)state;
	check_bad("-o - -x", "-x");
	check_bad("-o - -xv", "-x");
	check_bad("-xv -o -", "-x");
	check_bad("-o - -vx", "x");
	check_bad("-o - --bogus", "--bogus");
	check_bad("-o - --bogus=1", "--bogus=1");
	check_bad("-o - stray", "'stray'");
	check_bad("stray -o -", "'stray'");
	say_details = false;
}

static void test_missing_values(void **state)
{
	(void)state;
	check_bad("-o", "-o");
	check_bad("-o - -i", "-i");
	check_bad("-o - -vi", "-i");
	check_bad("-o - --ring", "--ring");
	say_details = false;
}

static void test_outputs(void **state)
{
	(void)state;
	check_bad("", "no output");
	check_bad("-p runqlat", "no output");
	check_bad("-p funclat -o file:x", "-p funclat: which function?");
	check_bad("-p runqlat -p funclat:way=kprobe -o file:x", "-p funclat: which function?");
	check_good("-p funclat:way=kprobe -p funclat:function=vfs_read -o file:x");
	check_good("-o file:1 -o file:2 -o - -o - -o - -o udp://h:7 -o udp://h:8 -o file:");
	assert_int_equal(options.output_count, 8);
	check_bad("-o - -o - -o - -o - -o - -o - -o - -o - -o file:9", "-o file:9");
	check_bad("-o 9", "unknown kind of output");
}

static void test_probes(void **state)
{
	(void)state;
	check_bad("-o - -p nope", "nope");
	check_bad("-o - -p runqlat -p nope", "nope");
	check_good("-o - -p runqlat:pid=1 -p runqlat:tid=2");
	assert_int_equal(options.probe_count, 1);
	assert_int_equal(switch_config.runqlat_filter.tgid, 1);
	assert_int_equal(switch_config.runqlat_filter.tid, 2);
}

/* However often probes are named, there is room for them. */
static void test_probe_many_times(void **state)
{
	char line[512] = "-o -";

	(void)state;
	for (int i = 0; i < 14; i++)
		strcat(line, i % 2 ? " -p runqlat" : " -p runqslower");
	check_good(line);
	assert_int_equal(options.probe_count, 2);
}

/* A file of options: the same words; one line tells what is wrong, and where. */

static void write_config(const char *lines)
{
	FILE *file = fopen(config_path, "we");

	assert_non_null(file);
	fputs(lines, file);
	fclose(file);
}

static void check_bad_config(const char *lines, const char *part)
{
	char line[128];

	write_config(lines);
	snprintf(line, sizeof(line), "--config %s -o -", config_path);
	check_bad(line, part);
}

static void with_config(void (*check)(void))
{
	const char *directory = directory_make();

	snprintf(config_path, sizeof(config_path), "%s/conf", directory);
	check();
	directory_remove(directory);
}

static void check_config(void)
{
	char line[128];

	write_config("# what is recorded\n\n  probe\trunqslower:min=7,prev \r\nprobe runqlat\n"
		     "output udp://127.0.0.1:9\ninterval 250ms\nbpf-stats");
	snprintf(line, sizeof(line), "-f %s -o - -i 2", config_path);
	check_good(line);
	assert_int_equal(options.probe_count, 2);
	assert_int_equal(options.probes[0]->id, PROBE_runqslower);
	assert_int_equal(options.output_count, 2);
	assert_string_equal(options.outputs[0], "udp://127.0.0.1:9");
	assert_true(options.interval_ms == 2000); /* what comes later holds */
	assert_true(options.bpf_stats);
	write_config("");
	check_good(line);
}

static void check_bad_configs(void)
{
	check_bad_config("interval 1\n\nintervall 10\n", "conf:3: unknown option 'intervall'");
	check_bad_config("interval", "conf:1: 'interval' needs a value");
	check_bad_config("bpf-stats yes", "conf:1: 'bpf-stats' takes no value");
	check_bad_config("\nring 5", "conf:2: --ring 5: want KIB");
	check_bad_config("probe runqlat:what", "conf:1: ");
	check_bad_config("config other", "conf:1: --config other: one file is read");
	check_bad("-o - -f /nonexistent/conf", "/nonexistent/conf: No such file or directory");
	check_bad("-o - -f /", "cannot read /: Is a directory");
	check_bad("-o - -f /dev/zero", "/dev/zero: no text of up to 8192 bytes");
}

/* Whoever mends a file wants to know all that is wrong with it. */
static void check_every_wrong_line(void)
{
	char line[128];

	write_config("intervall 1\nprobe runqlat\nring 5\n\nboard\n");
	snprintf(line, sizeof(line), "-o - -f %s", config_path);
	assert_int_equal(parse(line), OPTIONS_WRONG);
	assert_non_null(strstr(said, "conf:1: unknown option 'intervall'"));
	assert_non_null(strstr(said, "conf:3: --ring 5: want KIB"));
	assert_non_null(strstr(said, "conf:5: 'board' needs a value"));
}

static void test_config(void **state)
{
	(void)state;
	with_config(check_config);
	with_config(check_bad_configs);
	with_config(check_every_wrong_line);
}

/* What is required is among what is measured, in whatever order the two are named. */
static void test_require(void **state)
{
	(void)state;
	check_good("-o - --require runqlat");
	assert_int_equal(options.required, 1u << PROBE_runqlat);
	check_good("--require iopf -o - -p runqlat -p iopf");
	assert_int_equal(options.required, 1u << PROBE_iopf);
	check_good("-R all -o - -p runqlat -p iopf");
	assert_int_equal(options.required, 1u << PROBE_runqlat | 1u << PROBE_iopf);
	check_good("-o - -p iopf");
	assert_int_equal(options.required, 0);
	check_bad("-o - --require iopf", "--require iopf: it is not measured");
	check_bad("-o - --require nope", "--require nope: unknown probe");
	check_bad("-o - --require iopf:way=function -p iopf", "unknown probe");
	check_bad("-o - --require=", "--require : unknown probe");
	check_bad("-o - --require", "needs a value");
}

static void check_command(void)
{
	command = OPTIONS_FOR_CHECK;
	check_good("-d 5 -i 1 -b board -c --json --require iopf");
	assert_true(options.json);
	assert_false(options.probes_named);
	assert_int_equal(options.output_count, 0);
	assert_true(options.probe_count > 1);
	for (unsigned int i = 0; i < options.probe_count; i++)
		assert_ptr_equal(options.probes[i], &probe_entries[i]);
	assert_null(probe_entries[options.probe_count].name);
	check_good("-p iopf");
	assert_true(options.probes_named);
	assert_int_equal(options.probe_count, 1);
	check_bad("-p runqlat --require iopf", "it is not measured");
	check_bad("--bogus", "see 'tarsier check --help'");
	check_bad("stray", "see 'tarsier check --help'");
	check_bad("-p", "see 'tarsier check --help'");
	command = OPTIONS_FOR_RUN;
}

static void check_json_in_config(void)
{
	char line[128];

	write_config("json\nprobe iopf\nrequire all\n");
	snprintf(line, sizeof(line), "-o - -f %s", config_path);
	check_bad(line, "conf:1: unknown option 'json': see 'tarsier run --help'");
	command = OPTIONS_FOR_CHECK;
	check_good(line);
	assert_true(options.json);
	assert_int_equal(options.required, 1u << PROBE_iopf);
	command = OPTIONS_FOR_RUN;
}

/* The same words as for a recording, and one more. */
static void test_check(void **state)
{
	(void)state;
	check_bad("-o - --json", "unknown option '--json': see 'tarsier run --help'");
	check_bad("-o - -j", "unknown option '-j'");
	check_command();
	with_config(check_json_in_config);
}

static void test_help(void **state)
{
	(void)state;
	assert_int_equal(parse("-h"), OPTIONS_HELP);
	assert_int_equal(parse("--help"), OPTIONS_HELP);
	assert_int_equal(parse("-o - -vh"), OPTIONS_HELP);
	say_details = false;
}

/* What the help for @whom is. */
static const char *help_of(enum options_for whom)
{
	static char text[8192];
	FILE *file = tmpfile();
	size_t length;
	int kept;

	assert_non_null(file);
	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	dup2(fileno(file), STDOUT_FILENO);
	options_print_help(whom);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

/* Every row, with its letter, its name and its default, and every kind of output. */
static void test_help_text(void **state)
{
	static const char *const parts[] = {
		"-p, --probe",	  "-o, --output",    "-i, --interval",	"-d, --duration",
		"-b, --board",	  "-r, --ring",	     "-H, --heartbeat", "-S, --sync",
		"-w, --way",	  "-c, --bpf-stats", "-v, --verbose",	"-h, --help",
		"-P, --pid-file", "-n, --dry-run",   "udp://HOST:PORT", "file:PATH",
		"default 10s",	  "-R, --require",
	};
	const char *text = help_of(OPTIONS_FOR_RUN);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		assert_non_null(strstr(text, parts[i]));
	assert_null(strstr(text, "--json"));
	text = help_of(OPTIONS_FOR_CHECK);
	assert_non_null(strstr(text, "-j, --json"));
	assert_non_null(strstr(text, "Exit status: 0 all required"));
	assert_null(strstr(text, "--interval"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_long_options),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_sandbox),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_no_durations),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_no_interval),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_refusals_say_what_is_wanted),
		cmocka_unit_test(test_unknown_options),
		cmocka_unit_test(test_missing_values),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_probes),
		cmocka_unit_test(test_probe_many_times),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_require),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
