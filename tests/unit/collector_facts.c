// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_facts - what a check says of a board, from files as boards have them, and as JSON */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_report.h"
#include "facts.h"
#include "json.h"

/* What is written to a file, as text. */
static char *written(void (*write)(FILE *file, const void *context), const void *context)
{
	static char text[16384];
	FILE *file = tmpfile();
	size_t length;

	assert_non_null(file);
	write(file, context);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

static void write_string(FILE *file, const void *context)
{
	json_string(file, context);
}

static void check_json(const char *text, const char *json)
{
	assert_string_equal(written(write_string, text), json);
}

static void test_json(void **state)
{
	(void)state;
	check_json("", "\"\"");
	check_json("plain", "\"plain\"");
	check_json("\"a\\b\"", "\"\\\"a\\\\b\\\"\"");
	check_json("\n\t\x01\x1f\x7f", "\"\\u000a\\u0009\\u0001\\u001f\x7f\"");
	check_json("\u00e9 \u20ac \U0001f412", "\"\u00e9 \u20ac \U0001f412\"");
}

/* RFC 3629: overlong forms, surrogates, what is above U+10FFFF, what is cut. */
static void test_json_no_utf8(void **state)
{
	(void)state;
	check_json("\xff|\x80|\xc3", "\"\\ufffd|\\ufffd|\\ufffd\"");
	check_json("\xc0\xaf", "\"\\ufffd\\ufffd\"");
	check_json("\xe0\x9f\xbf", "\"\\ufffd\\ufffd\\ufffd\"");
	check_json("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
	check_json("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
	check_json("\xe2\x82", "\"\\ufffd\\ufffd\"");
	check_json("\xf0\x9f\x90|", "\"\\ufffd\\ufffd\\ufffd|\"");
	check_json("\xe2\x82|", "\"\\ufffd\\ufffd|\"");
}

/* The first fact of that name. */
static const struct fact *fact(const char *name)
{
	unsigned int count;
	const struct fact *facts = facts_all(&count);

	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(facts[i].name, name))
			return &facts[i];
	fail_msg("no fact %s", name);
	return NULL;
}

static void check_fact(const char *name, enum verdict verdict, const char *part)
{
	if (fact(name)->verdict != verdict || !strstr(fact(name)->value, part))
		fail_msg("%s: %s, %s; wanted %s", name, verdict_name(fact(name)->verdict),
			 fact(name)->value, part);
}

static void test_kernel(void **state)
{
	static const struct fake_file good[] = {
		{ "/sys/devices/system/cpu/online", "0-2,5" },
		{ "/sys/devices/system/cpu/possible", "0-7" },
		{ "/sys/bus/event_source/devices/kprobe/type", "6" },
		{ "/sys/kernel/security/lockdown", "none [integrity] confidentiality" },
		{ "/proc/sys/net/core/bpf_jit_enable", "1" },
		{ "/proc/sys/kernel/bpf_stats_enabled", "0" },
		{ NULL, NULL },
	};

	(void)state;
	fake_files = good;
	facts_clear();
	facts_kernel();
	check_fact("cpus", FACT_ok, "4 online of 8 possible");
	check_fact("kprobes", FACT_ok, "on");
	check_fact("lockdown", FACT_ok, "integrity");
	assert_string_equal(fact("lockdown")->value, "integrity");
	check_fact("bpf-jit", FACT_ok, "on");
	check_fact("bpf-stats", FACT_ok, "off");
	fake_files = NULL;
}

static void test_kernel_that_costs(void **state)
{
	static const struct fake_file bad[] = {
		{ "/sys/bus/event_source/devices/kprobe/type", "6" },
		{ "/sys/kernel/debug/kprobes/enabled", "0" },
		{ "/sys/kernel/security/lockdown", "none integrity [confidentiality]" },
		{ "/proc/sys/net/core/bpf_jit_enable", "0" },
		{ "/proc/sys/kernel/bpf_stats_enabled", "1" },
		{ NULL, NULL },
	};

	(void)state;
	fake_files = bad;
	facts_clear();
	facts_kernel();
	check_fact("kprobes", FACT_warn, "switched off");
	check_fact("lockdown", FACT_warn, "confidentiality");
	check_fact("bpf-jit", FACT_warn, "bpf_jit_enable=0");
	check_fact("bpf-stats", FACT_warn, "bpf_stats_enabled=1");
	fake_files = NULL;
	facts_clear();
	facts_kernel();
	check_fact("kprobes", FACT_note, "CONFIG_KPROBE_EVENTS");
	check_fact("bpf-jit", FACT_warn, "CONFIG_BPF_JIT");
	check_fact("lockdown", FACT_ok, "none");
}

static void test_clock(void **state)
{
	static const struct fake_file files[] = {
		{ "/sys/class/rtc/rtc0/name", "rtc-pl031" },
		{ "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		  "arch_sys_counter" },
		{ NULL, NULL },
	};

	(void)state;
	fake_files = files;
	facts_clear();
	facts_clock();
	check_fact("rtc", FACT_ok, "rtc-pl031");
	check_fact("source", FACT_ok, "arch_sys_counter");
	check_fact("realtime", FACT_ok, "Z");
	fake_files = NULL;
	facts_clear();
	facts_clock();
	check_fact("rtc", FACT_note, "none");
}

static void test_meminfo(void **state)
{
	static const char text[] = "MemTotal:         486660 kB\nMemFree:          443328 kB\n"
				   "MemAvailable:     459988 kB\nBuffers: 1 kB\n";

	(void)state;
	assert_int_equal(facts_meminfo_kib(text, "MemTotal"), 486660);
	assert_int_equal(facts_meminfo_kib(text, "MemAvailable"), 459988);
	assert_int_equal(facts_meminfo_kib(text, "Buffers"), 1);
	assert_int_equal(facts_meminfo_kib(text, "Mem"), -1);
	assert_int_equal(facts_meminfo_kib("", "MemTotal"), -1);
	assert_int_equal(facts_meminfo_kib("MemTotal", "MemTotal"), -1);
}

/* As opening would find it, and nothing is created. */
static void test_file_outputs(void **state)
{
	const char *directory = directory_make();
	char path[128], name[320];

	(void)state;
	facts_clear();
	assert_int_equal(facts_file_output("directory", directory), 0);
	snprintf(path, sizeof(path), "%s/new", directory);
	assert_int_equal(facts_file_output("new", path), 0);
	assert_int_equal(access(path, F_OK), -1);
	close(open(path, O_CREAT | O_CLOEXEC | O_WRONLY, 0600));
	assert_int_equal(facts_file_output("exists", path), -EEXIST);
	check_fact("exists", FACT_fail, "exists");
	snprintf(name, sizeof(name), "%s/deeper", path);
	assert_int_equal(facts_file_output("below a file", name), -ENOTDIR);
	snprintf(name, sizeof(name), "%s/no/x", directory);
	assert_int_equal(facts_file_output("missing", name), -ENOENT);
	snprintf(name, sizeof(name), "%s/%0255d0", directory, 0);
	assert_int_equal(facts_file_output("long", name), -ENAMETOOLONG);
	assert_int_equal(facts_file_output("empty", ""), -ENOENT);
	directory_remove(directory);
}

static void check_network(void)
{
	child_unshares(CLONE_NEWNET);
	EXPECT(facts_udp_output("none", "192.0.2.1:9") < 0);
	EXPECT(facts_udp_output("wrong", "192.0.2.1") == -EINVAL);
	facts_interfaces();
}

static void test_udp_outputs(void **state)
{
	(void)state;
	facts_clear();
	assert_int_equal(facts_udp_output("loopback", "127.0.0.1:9"), 0);
	check_fact("loopback", FACT_ok, "lo, 127.0.0.1");
	in_child(check_network);
}

static void write_text(FILE *file, const void *context)
{
	check_report_text(file, context);
}

static void write_json(FILE *file, const void *context)
{
	check_report_json(file, context);
}

static struct check_report report = {
	.probes = { { "one", true, true, FIRES_yes, "best", "" },
		    { "two", false, true, FIRES_no, "good", "best: \"no\"\n" },
		    { "three", true, false, FIRES_unknown, "", "best: none\ngood: neither\n" },
		    { "four", false, false, FIRES_unknown, "", "best: none\ngood: neither\n" } },
	.probe_count = 4,
	.elapsed_ms = 7,
	.status = EXIT_KERNEL,
	.result = "fail: what for",
};

static void test_text(void **state)
{
	(void)state;
	facts_clear();
	facts_add("clock", "rtc", FACT_note, "none");
	assert_string_equal(written(write_text, &report),
			    "probe    one            works   by best\n"
			    "probe    two            works   by good; not called while checked\n"
			    "                                best: \"no\"\n"
			    "probe    three          cannot  best: none\n"
			    "                                good: neither\n"
			    "probe    four           cannot  for the same reason\n"
			    "clock    rtc            note    none\n"
			    "result   fail: what for (7 ms, exit status 4)\n");
}

static void test_object(void **state)
{
	(void)state;
	facts_clear();
	facts_add("clock", "rtc", FACT_note, "none");
	report.probe_count = 3;
	assert_string_equal(
		written(write_json, &report),
		"{ \"tarsier\": \"" TARSIER_VERSION
		"\", \"status\": 4, \"result\": \"fail: what for\", \"elapsed_ms\": 7,\n"
		"  \"probes\": [\n"
		"    { \"name\": \"one\", \"required\": true, \"works\": true, \"way\": \"best\", "
		"\"fires\": true, \"reasons\": [  ] },\n"
		"    { \"name\": \"two\", \"required\": false, \"works\": true, \"way\": \"good\", "
		"\"fires\": false, \"reasons\": [ \"best: \\\"no\\\"\" ] },\n"
		"    { \"name\": \"three\", \"required\": true, \"works\": false, \"way\": null, "
		"\"fires\": null, \"reasons\": [ \"best: none\", \"good: neither\" ] } ],\n"
		"  \"facts\": [\n"
		"    { \"area\": \"clock\", \"name\": \"rtc\", \"verdict\": \"note\", "
		"\"value\": \"none\" } ] }\n");
	report.probe_count = 4;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),	     cmocka_unit_test(test_json_no_utf8),
		cmocka_unit_test(test_kernel),	     cmocka_unit_test(test_kernel_that_costs),
		cmocka_unit_test(test_clock),	     cmocka_unit_test(test_meminfo),
		cmocka_unit_test(test_file_outputs), cmocka_unit_test(test_udp_outputs),
		cmocka_unit_test(test_text),	     cmocka_unit_test(test_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
