// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_probes - the table of probes, the parser of -p, and what the probes make of it */
#include "fakes.h"
#include "funclat_hook.h"
#include "hooks.h"

#include <errno.h>
#include <limits.h>

#include "probe.h"
#include "say.h"

static int set_up(void **state)
{
	(void)state;
	memset(&switch_config, 0, sizeof(switch_config));
	memset(&fake_hook, 0, sizeof(fake_hook));
	return 0;
}

/*
 * Numbers
 */

static void check_number(const char *text, __u32 least, __u32 most, int result, __u32 wanted)
{
	__u32 value = 99;

	assert_int_equal(parse_u32(text, least, most, &value), result);
	assert_int_equal(value, result ? 99 : wanted);
}

static void test_numbers(void **state)
{
	(void)state;
	check_number("0", 0, UINT_MAX, 0, 0);
	check_number("4294967295", 0, UINT_MAX, 0, UINT_MAX);
	check_number("007", 0, 10, 0, 7);
	check_number("5", 5, 5, 0, 5);
}

static void test_no_numbers(void **state)
{
	static const char *const texts[] = {
		"",
		" 1",
		"+1",
		"-1",
		"1 ",
		"1x",
		"0x10",
		"1e3",
		"1.0",
		"abc",
		"65536",
		"4294967296",
		"4294968296",
		"18446744073709551616",
		"99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		check_number(texts[i], 0, 65535, -EINVAL, 0);
	check_number("4294967296", 0, UINT_MAX, -EINVAL, 0);
	check_number("4", 5, 10, -EINVAL, 0);
	check_number("11", 5, 10, -EINVAL, 0);
}

/*
 * The parser
 */

static void check_good(const char *text, enum probe_id id)
{
	const struct probe_entry *entry;

	stderr_begin();
	entry = probe_parse(text);
	assert_string_equal(stderr_end(), "");
	assert_non_null(entry);
	assert_int_equal(entry->id, id);
}

/* One line, in which there is @part. */
static void check_bad(const char *text, const char *part)
{
	const struct probe_entry *entry;
	const char *said;

	stderr_begin();
	entry = probe_parse(text);
	said = stderr_end();
	assert_null(entry);
	assert_non_null(strstr(said, part));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_names(void **state)
{
	(void)state;
	check_good("runqlat", PROBE_runqlat);
	check_good("runqslower", PROBE_runqslower);
	check_good("runqlat:", PROBE_runqlat);
	check_bad("runq", "unknown probe");
	check_bad("runqlat2", "unknown probe");
	check_bad("", "unknown probe");
	check_bad(":", "unknown probe");
	check_bad("RUNQLAT", "unknown probe");
	check_bad("runqlat,runqslower", "unknown probe");
}

static void test_every_probe_is_complete(void **state)
{
	(void)state;
	for (const struct probe_entry *entry = probe_entries; entry->name; entry++) {
		assert_in_range(entry->id, 1, PROBE_ID_MAX);
		assert_true(*entry->summary);
		assert_non_null(entry->probe->options);
		assert_non_null(entry->probe->enable);
		assert_non_null(entry->probe->hook);
		assert_non_null(entry->probe->ledger);
		check_good(entry->name, entry->id);
	}
}

static void test_filters(void **state)
{
	const struct task_filter *filter = &switch_config.runqlat_filter;

	(void)state;
	check_good("runqlat:pid=12,tid=34,comm=abc", PROBE_runqlat);
	assert_true(filter->active);
	assert_int_equal(filter->tgid, 12);
	assert_int_equal(filter->tid, 34);
	assert_int_equal(filter->comm_len, 3);
	assert_memory_equal(filter->comm, "abc", 3);
	assert_false(switch_config.runqslower_filter.active);
	check_good("runqslower:pid=5", PROBE_runqslower);
	assert_int_equal(switch_config.runqslower_filter.tgid, 5);
	assert_int_equal(filter->tgid, 12);
}

static void test_length_of_comm(void **state)
{
	(void)state;
	check_good("runqlat:comm=0123456789abcde", PROBE_runqlat);
	assert_int_equal(switch_config.runqlat_filter.comm_len, 15);
	check_bad("runqlat:comm=0123456789abcdef", "comm=0123456789abcdef");
	check_bad("runqlat:comm=", "comm=");
}

static void test_bad_filters(void **state)
{
	(void)state;
	check_bad("runqlat:pid=0", "pid=0");
	check_bad("runqlat:pid=-1", "pid=-1");
	check_bad("runqlat:pid=2147483648", "pid=2147483648");
	check_bad("runqlat:tid=x", "tid=x");
	check_bad("runqlat:pid", "pid: needs a value");
	check_bad("runqlat:pid=", "pid=");
}

static void test_bad_options(void **state)
{
	char text[120];

	(void)state;
	check_bad("runqlat:min=5", "unknown option 'min'");
	check_bad("runqslower:prev=", "takes no value");
	check_bad("runqslower:prev=1", "takes no value");
	check_bad("runqslower:,prev", "unknown option ''");
	check_bad("runqslower:prev,bogus", "unknown option 'bogus'");
	check_bad("runqslower:=5", "unknown option ''");
	memset(text, 'a', sizeof(text));
	memcpy(text, "runqlat:", 8);
	text[8 + 63] = '\0';
	check_bad(text, "unknown option");
	text[8 + 63] = 'x';
	text[8 + 64] = '\0';
	check_bad(text, "too long");
	text[8 + 64] = 'x';
	text[sizeof(text) - 1] = '\0';
	check_bad(text, "too long");
}

/*
 * The probes
 */

static struct stream stream;

static __u64 threshold_ns(void)
{
	probe_runqslower.enable(&stream);
	return switch_config.runqslower_min_ns;
}

/* Has to come before the test that sets it. */
static void test_threshold_by_default(void **state)
{
	(void)state;
	assert_true(threshold_ns() == 10000000);
	assert_int_equal(switch_config.wants, WANT_RUNQSLOWER | WANT_WAITS);
	assert_false(switch_config.wants & WANT_PREV);
}

static void test_threshold(void **state)
{
	(void)state;
	check_good("runqslower:min=0", PROBE_runqslower);
	assert_true(threshold_ns() == 0);
	check_good("runqslower:min=5,prev", PROBE_runqslower);
	assert_true(threshold_ns() == 5000);
	assert_true(switch_config.wants & WANT_PREV);
	check_good("runqslower:min=4294967295", PROBE_runqslower);
	assert_true(threshold_ns() == 4294967295000);
	check_bad("runqslower:min=4294967296", "min=4294967296");
	check_bad("runqslower:min=abc", "min=abc");
	check_bad("runqslower:min", "min: needs a value");
}

/* Probes that share a hook share its one attempt. */
static void test_attach(void **state)
{
	(void)state;
	fake_hook.attach_result = -EPERM;
	assert_int_equal(hooks_attach(probe_runqlat.hook), -EPERM);
	fake_hook.attach_result = 0;
	assert_int_equal(hooks_attach(probe_runqslower.hook), -EPERM);
	assert_int_equal(fake_hook.attached, 1);
}

static __u64 sum_of_losses(const __u64 columns[LEDGER_COLUMNS])
{
	__u64 sum = 0;

	for (unsigned int column = LEDGER_delivered; column < LEDGER_COLUMNS; column++)
		sum += columns[column];
	return sum;
}

static void test_ledger_of_runqlat(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	(void)state;
	fake_hook.counts.wait.bucket[0] = 70;
	fake_hook.counts.wait.bucket[H2_BUCKETS - 1] = 20;
	fake_hook.counts.runqlat.entered = 100;
	fake_hook.counts.runqlat.unstamped = 10;
	fake_hook.counts.missed = 7;
	probe_runqlat.ledger(columns);
	assert_true(columns[LEDGER_entered] == 107);
	assert_true(columns[LEDGER_delivered] == 90);
	assert_true(columns[LEDGER_unstamped] == 10);
	assert_true(columns[LEDGER_missed] == 7);
	assert_true(columns[LEDGER_entered] == sum_of_losses(columns));
}

/* Each event brings its wait, and the task before it where that is wanted. */
static void test_events(void **state)
{
	struct record records[2] = { { .type = REC_runqslower, .time_ns = 5 },
				     { .type = REC_task } };
	__u64 columns[LEDGER_COLUMNS] = { 0 }, before;

	(void)state;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	probe_runqslower.enable(&stream);
	probe_runqslower.ledger(columns);
	before = columns[LEDGER_delivered];
	fake_hook.event(records, 1);
	fake_hook.event(records, 2);
	fake_hook.counts.runqslower.entered = before + 2 + 3 + 4;
	fake_hook.counts.runqslower.ring_full = 3;
	fake_hook.counts.runqslower.unstamped = 4;
	fake_hook.counts.missed = 5;
	probe_runqslower.ledger(columns);
	assert_true(columns[LEDGER_delivered] == before + 2);
	assert_true(columns[LEDGER_ring_full] == 3);
	assert_true(columns[LEDGER_entered] == sum_of_losses(columns));
	stream_flush(&stream);
	assert_int_equal(fake_records(), 3);
	assert_int_equal(((const struct record *)fake_record(0))->type, REC_runqslower);
	assert_int_equal(((const struct record *)fake_record(1))->type, REC_runqslower);
	assert_int_equal(((const struct record *)fake_record(2))->type, REC_task);
	assert_true(((const struct record *)fake_record(0))->time_ns == 5);
}

static void test_snapshot_of_runqlat(void **state)
{
	(void)state;
	assert_null(probe_runqslower.snapshot);
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	fake_hook.counts.wait.bucket[10] = 3;
	probe_runqlat.snapshot(1234, true, &stream);
	stream_flush(&stream);
	assert_int_equal(fake_records(), 3);
	assert_int_equal(((const struct rec_slice *)fake_record(0))->probe, PROBE_runqlat);
	assert_true(((const struct rec_summary *)fake_record(1))->count == 3);
	assert_true(((const struct record *)fake_record(2))->time_ns == 1234);
}

/* The short way is for one histogram of all tasks; a wait is asked for only where it counts. */
static void test_wants_of_times(void **state)
{
	(void)state;
	check_good("cpudist", PROBE_cpudist);
	probe_cpudist.enable(&stream);
	assert_int_equal(switch_config.wants, WANT_CPUDIST | WANT_CPUDIST_PLAIN);
	check_good("offcpu", PROBE_offcpu);
	probe_offcpu.enable(&stream);
	assert_int_equal(switch_config.wants,
			 WANT_CPUDIST | WANT_CPUDIST_PLAIN | WANT_OFFCPU | WANT_OFFCPU_PLAIN);
	set_up(NULL);
	check_good("cpudist:process,idle,keys=4096", PROBE_cpudist);
	probe_cpudist.enable(&stream);
	assert_int_equal(switch_config.wants, WANT_CPUDIST | WANT_IDLE);
	assert_int_equal(switch_config.cpudist.scope, SCOPE_TGID);
	assert_int_equal(switch_keys, 4096);
	check_good("offcpu:blocked,pid=7", PROBE_offcpu);
	probe_offcpu.enable(&stream);
	assert_int_equal(switch_config.wants,
			 WANT_CPUDIST | WANT_IDLE | WANT_OFFCPU | WANT_BLOCKED | WANT_WAITS);
	assert_int_equal(switch_config.offcpu.filter.tgid, 7);
	check_bad("cpudist:keys=0", "keys=0");
	check_bad("cpudist:keys=4097", "keys=4097");
	check_bad("offcpu:idle", "idle");
}

static void test_ledger_of_times(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	(void)state;
	fake_hook.counts.on_cpu.hist.bucket[7] = 70;
	fake_hook.counts.on_cpu.counts = (struct dist_counts) {
		.entered = 100, .unstamped = 10, .map_full = 5, .keyed = 15
	};
	fake_hook.counts.off_cpu.hist.bucket[1] = 1;
	fake_hook.counts.missed = 7;
	probe_cpudist.ledger(columns);
	assert_true(columns[LEDGER_entered] == 107);
	assert_true(columns[LEDGER_delivered] == 85);
	assert_true(columns[LEDGER_map_full] == 5);
	assert_true(columns[LEDGER_entered] == sum_of_losses(columns));
	probe_offcpu.ledger(columns);
	assert_true(columns[LEDGER_delivered] == 1);
}

static void test_snapshot_of_times(void **state)
{
	(void)state;
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	fake_hook.counts.off_cpu.hist.bucket[3] = 2;
	probe_offcpu.snapshot(5, true, &stream);
	stream_flush(&stream);
	assert_int_equal(fake_records(), 3);
	assert_int_equal(((const struct rec_slice *)fake_record(0))->probe, PROBE_offcpu);
	assert_int_equal(fake_hook.keyed_written, 1u << PROBE_offcpu);
	switch_config.offcpu.scope = SCOPE_TID;
	probe_offcpu.snapshot(6, true, &stream);
	stream_flush(&stream);
	assert_int_equal(fake_records(), 3);
}

/*
 * Functions
 */

static void test_function_of_funclat(void **state)
{
	(void)state;
	assert_non_null(strstr(probe_funclat.lacks(), "function=vfs_read"));
	check_bad("funclat:function=", "function=");
	check_bad("funclat:function=a-b", "function=a-b");
	check_bad("funclat:function=a b", "function=a b");
	check_bad("funclat:function", "needs a value");
	assert_non_null(probe_funclat.lacks());
	check_good("funclat:function=pick_next_task_fair.isra.0", PROBE_funclat);
	assert_null(probe_funclat.lacks());
	check_good("funclat:function=vfs_read,way=kprobe,tasks=16,pid=7", PROBE_funclat);
	probe_funclat.enable(&stream);
	assert_string_equal(funclat_funclat.functions[0], "vfs_read");
	assert_null(funclat_funclat.functions[1]);
	assert_false(funclat_funclat.on_cpu);
	assert_int_equal(funclat_funclat.tasks, 16);
	assert_int_equal(funclat_funclat.config.filter.tgid, 7);
	check_bad("funclat:tasks=15", "tasks=15");
	check_bad("funclat:way=fentry", "way=fentry");
}

static void test_picknext(void **state)
{
	__u64 columns[LEDGER_COLUMNS] = { 0 };

	(void)state;
	assert_null(probe_picknext.lacks);
	check_good("picknext:way=fexit,comm=abc", PROBE_picknext);
	check_bad("picknext:function=vfs_read", "unknown option");
	probe_picknext.enable(&stream);
	assert_string_equal(picknext_funclat.functions[0], "pick_next_task_fair");
	assert_false(picknext_funclat.on_cpu); /* which knows no filter */
	picknext_funclat.config.filter.active = 0;
	probe_picknext.enable(&stream);
	assert_true(picknext_funclat.on_cpu);
	assert_int_equal(picknext_funclat.config.filter.comm_len, 3);
	assert_int_equal(funclat_funclat.config.filter.comm_len, 0);
	probe_picknext.ledger(columns);
	assert_true(columns[LEDGER_entered] == PROBE_picknext);
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	probe_picknext.snapshot(5, true, &stream);
	stream_flush(&stream);
	assert_int_equal(((const struct rec_function *)fake_record(0))->probe, PROBE_picknext);
}

/*
 * Messages
 */

static void test_message_is_one_line(void **state)
{
	char text[2000];
	const char *said;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	stderr_begin();
	say("%s", text);
	say_detail("not this");
	say_details = true;
	say_detail("this");
	say_details = false;
	said = stderr_end();
	assert_memory_equal(said, "tarsier: aaa", 12);
	assert_ptr_equal(strstr(said, "\ntarsier: this\n"), strchr(said, '\n'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_threshold_by_default, set_up),
		cmocka_unit_test_setup(test_numbers, set_up),
		cmocka_unit_test_setup(test_no_numbers, set_up),
		cmocka_unit_test_setup(test_names, set_up),
		cmocka_unit_test_setup(test_every_probe_is_complete, set_up),
		cmocka_unit_test_setup(test_filters, set_up),
		cmocka_unit_test_setup(test_length_of_comm, set_up),
		cmocka_unit_test_setup(test_bad_filters, set_up),
		cmocka_unit_test_setup(test_bad_options, set_up),
		cmocka_unit_test_setup(test_threshold, set_up),
		cmocka_unit_test_setup(test_attach, set_up),
		cmocka_unit_test_setup(test_ledger_of_runqlat, set_up),
		cmocka_unit_test_setup(test_events, set_up),
		cmocka_unit_test_setup(test_snapshot_of_runqlat, set_up),
		cmocka_unit_test_setup(test_wants_of_times, set_up),
		cmocka_unit_test_setup(test_ledger_of_times, set_up),
		cmocka_unit_test_setup(test_snapshot_of_times, set_up),
		cmocka_unit_test_setup(test_function_of_funclat, set_up),
		cmocka_unit_test_setup(test_picknext, set_up),
		cmocka_unit_test_setup(test_message_is_one_line, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
