// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_iopf - the probe iopf: its options, its records, its ledger */
#include "fakes.h"

#include "iopf.h"
#include "iopf_source.h"
#include "probe.h"

static struct stream stream;

static int set_up(void **state)
{
	(void)state;
	memset(&fake_iopf, 0, sizeof(fake_iopf));
	iopf_config = (struct iopf_config) { .keys = FAKE_SLOTS, .pasid = IOPF_NO_PASID };
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	return 0;
}

/*
 * Options
 */

static void check_good(const char *text)
{
	stderr_begin();
	assert_non_null(probe_parse(text));
	assert_string_equal(stderr_end(), "");
}

/* One line, in which there is @part. */
static void check_bad(const char *text, const char *part)
{
	const char *said;

	stderr_begin();
	assert_null(probe_parse(text));
	said = stderr_end();
	assert_non_null(strstr(said, part));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_options(void **state)
{
	(void)state;
	check_good("iopf:device=0000:0a,pasid=7,keys=256,timeout=250,way=function");
	assert_int_equal(iopf_config.name_length, 7);
	assert_memory_equal(iopf_config.name, "0000:0a", 7);
	assert_int_equal(iopf_config.pasid, 7);
	assert_int_equal(iopf_config.keys, 256);
	assert_true(iopf_config.timeout_ns == 250000000);
	assert_string_equal(fake_iopf.kind, IOPF_WAY_FUNCTION);
	check_good("iopf:way=tracepoint,pasid=1048575,timeout=3600000,keys=1");
	assert_string_equal(fake_iopf.kind, IOPF_WAY_TRACEPOINT);
	assert_int_equal(iopf_config.pasid, IOPF_PASID_MAX);
	assert_true(iopf_config.timeout_ns == 3600000000000);
}

static void test_bad_options(void **state)
{
	(void)state;
	check_bad("iopf:device=", "device=");
	check_bad("iopf:device=123456789012345678901234567890123456789012345678901234567",
		  "too long");
	check_bad("iopf:pasid=1048576", "pasid=1048576");
	check_bad("iopf:pasid=x", "pasid=x");
	check_bad("iopf:keys=0", "keys=0");
	check_bad("iopf:keys=257", "keys=257");
	check_bad("iopf:timeout=0", "timeout=0");
	check_bad("iopf:timeout=3600001", "timeout=3600001");
	check_bad("iopf:way=magic", "way=magic");
	check_bad("iopf:min=1", "'min'");
	assert_int_equal(iopf_config.keys, FAKE_SLOTS);
}

/*
 * Records
 */

static struct iopf_counts *use_slot(unsigned int number, const char *name, __u32 pasid)
{
	struct iopf_counts *counts = &fake_iopf.counts[number];

	fake_iopf.used[number] = true;
	snprintf(counts->key.name, sizeof(counts->key.name), "%s", name);
	counts->key.pasid = pasid;
	counts->latency.min = ~0ull;
	return counts;
}

/* How many records of @type there are; the last one in *@last. */
static unsigned int find(__u8 type, const void **last)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < fake_records(); i++) {
		const struct record *record = fake_record(i);

		if (record->type != type)
			continue;
		*last = record;
		count++;
	}
	return count;
}

static void take_snapshot(__u64 time_ns, bool final)
{
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	probe_iopf.snapshot(time_ns, final, &stream);
	stream_flush(&stream);
}

/* In a process of its own: what was sent is remembered. */
static void child_records(void)
{
	const struct rec_device *device = NULL;
	const struct rec_summary *summary = NULL;
	const struct rec_iopf *record = NULL;
	struct iopf_counts *counts;
	const void *last = NULL;

	probe_iopf.enable(&stream);
	take_snapshot(1, false);
	EXPECT(!fake_records());
	use_slot(0, "0000:0a:00.0", 1);
	counts = use_slot(1, "0000:0a:00.0", 0xfffff);
	use_slot(2, "0000:0b:00.0", 1);
	counts->failed = 3;
	counts->without_exit = 4;
	counts->without_entry = 5;
	counts->partial = 6;
	counts->in_flight = 7;
	counts->latency.bucket[20] = 8;
	take_snapshot(2, false);
	EXPECT(find(REC_device, &last) == 2);
	device = last;
	EXPECT(device->device == 2 && !strcmp((const char *)device->name, "0000:0b:00.0"));
	EXPECT(find(REC_summary, &last) == 1);
	summary = last;
	EXPECT(summary->probe == PROBE_iopf && summary->shape == 0x43);
	EXPECT(summary->key == DEVICE_KEY(1, 0xfffff) && summary->count == 8);
	EXPECT(find(REC_iopf, &last) == 3);

	/* Only what changed. */
	counts->failed = 33;
	take_snapshot(3, false);
	EXPECT(fake_records() == 1 && find(REC_iopf, &last) == 1);
	record = last;
	EXPECT(record->key == DEVICE_KEY(1, 0xfffff) && !record->flags && record->failed == 33);
	EXPECT(record->without_exit == 4 && record->without_entry == 5);
	EXPECT(record->partial == 6 && record->in_flight == 7 && record->time_ns == 3);

	/* In the end all, names included. */
	take_snapshot(4, true);
	EXPECT(find(REC_device, &last) == 2 && find(REC_iopf, &last) == 3);
	EXPECT(find(REC_summary, &last) == 3);
}

IN_CHILD(records)

static void child_whole_device(void)
{
	const struct rec_iopf *record;
	const struct rec_device *device;
	const void *last = NULL;

	probe_iopf.enable(&stream);
	use_slot(3, "12345678901234567890123456789012345", IOPF_NO_PASID)->unrecoverable = 9;
	take_snapshot(1, true);
	EXPECT(fake_records() == 2);
	EXPECT(find(REC_iopf, &last) == 1);
	record = last;
	EXPECT(record->flags == IOPF_WHOLE_DEVICE && record->key == DEVICE_KEY(1, 0));
	EXPECT(record->unrecoverable == 9);
	EXPECT(find(REC_device, &last) == 1);
	device = last;
	EXPECT(!memcmp(device->name, "123456789012345~0123456789012345", 32));
}

IN_CHILD(whole_device)

/*
 * Ledger
 */

static __u64 sum_of_the_rest(const __u64 columns[LEDGER_COLUMNS])
{
	__u64 sum = 0;

	for (unsigned int column = LEDGER_delivered; column < LEDGER_COLUMNS; column++)
		sum += columns[column];
	return sum;
}

static void test_ledger(void **state)
{
	struct iopf_counts *one = use_slot(0, "a", 1), *two = use_slot(2, "b", 2);
	__u64 running[LEDGER_COLUMNS] = { 0 }, final[LEDGER_COLUMNS] = { 0 };

	(void)state;
	one->begun = 100;
	one->latency.bucket[3] = 80;
	one->without_exit = 5;
	one->without_entry = 7;
	one->full = 5;
	two->begun = 10;
	two->latency.bucket[300] = 10;
	fake_iopf.without_slot = 4;
	fake_iopf.missed = 2;
	probe_iopf.ledger(running);
	assert_true(running[LEDGER_delivered] == 90);
	assert_true(running[LEDGER_map_full] == 9);
	assert_true(running[LEDGER_unstamped] == 7);
	assert_true(running[LEDGER_user_dropped] == 5);
	assert_true(running[LEDGER_entered] == sum_of_the_rest(running));
	fake_iopf.final = true;
	one->in_flight = 10;
	probe_iopf.ledger(final);
	assert_true(final[LEDGER_entered] == 100 + 10 + 7 + 4 + 2);
	assert_true(final[LEDGER_entered] == sum_of_the_rest(final));
	one->in_flight = 9;
	memset(final, 0, sizeof(final));
	probe_iopf.ledger(final);
	assert_true(final[LEDGER_entered] == sum_of_the_rest(final) + 1);
}

/*
 * What the kernel has
 */

#define PASID "field:u32 pasid;\toffset:12;\tsize:4;"

/* What the probe says of a kernel whose tracepoints have these descriptions. */
static const char *lacking(const char *entry, const char *exit, struct iopf_config *config)
{
	struct fake_file files[] = {
		{ "smmu:io_fault_entry", entry },
		{ exit ? "smmu:io_fault_exit" : "none", exit },
		{ NULL, NULL },
	};
	const char *why;

	fake_files = files;
	why = iopf_lacks_tracepoints(config);
	fake_files = NULL;
	return why;
}

static void test_places_of_fields(void **state)
{
	struct iopf_config config = { 0 };

	(void)state;
	assert_null(lacking("field:__data_loc char[] dev;\toffset:8;\tsize:4; " PASID,
			    "field:char dev[32];\toffset:16;\tsize:32; " PASID, &config));
	assert_int_equal(config.entry_dev.place, IOPF_DATA_LOC);
	assert_int_equal(config.entry_dev.offset, 8);
	assert_int_equal(config.entry_pasid.place, IOPF_INLINE);
	assert_int_equal(config.entry_pasid.offset, 12);
	assert_int_equal(config.exit_dev.place, IOPF_INLINE);
	assert_int_equal(config.exit_dev.offset, 16);
	assert_null(lacking("field:__rel_loc char[] dev;\toffset:8;\tsize:4; " PASID,
			    "field:__rel_loc char[] dev;\toffset:8;\tsize:4; " PASID, &config));
	assert_int_equal(config.exit_dev.place, IOPF_REL_LOC);
}

static void test_unfit_tracepoints(void **state)
{
	static const char good[] = "field:char dev[32];\toffset:16;\tsize:32; " PASID;
	struct iopf_config config;

	(void)state;
	assert_non_null(
		strstr(iopf_lacks_tracepoints(&config), "no tracepoint smmu:io_fault_entry"));
	assert_non_null(strstr(lacking(good, NULL, &config), "no tracepoint smmu:io_fault_exit"));
	assert_non_null(
		strstr(lacking(PASID, good, &config), "io_fault_entry: field dev is not there"));
	assert_non_null(
		strstr(lacking("field:char *dev;\toffset:8;\tsize:8; " PASID, good, &config),
		       "field dev is no string"));
	assert_non_null(strstr(lacking(good, "field:char dev[4];\toffset:8;\tsize:4;", &config),
			       "io_fault_exit: field pasid is not there"));
	assert_non_null(strstr(lacking("field:char dev[4];\toffset:8;\tsize:4;"
				       "field:u64 pasid;\toffset:16;\tsize:8;",
				       good, &config),
			       "field pasid is no number of 32 bits"));
}

static void test_functions(void **state)
{
	static const struct fake_file begin[] = { { IOPF_BEGIN_FUNCTION, "" }, { NULL, NULL } };
	static const struct fake_file both[] = { { "end", "" },
						 { IOPF_BEGIN_FUNCTION, "" },
						 { NULL, NULL } };

	(void)state;
	assert_non_null(strstr(iopf_lacks_function("end"), IOPF_BEGIN_FUNCTION));
	fake_files = begin;
	assert_non_null(strstr(iopf_lacks_function("end"), "no function end"));
	fake_files = both;
	assert_null(iopf_lacks_function("end"));
	fake_files = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_options, set_up),
		cmocka_unit_test_setup(test_bad_options, set_up),
		cmocka_unit_test_setup(test_records, set_up),
		cmocka_unit_test_setup(test_whole_device, set_up),
		cmocka_unit_test_setup(test_ledger, set_up),
		cmocka_unit_test(test_places_of_fields),
		cmocka_unit_test(test_unfit_tracepoints),
		cmocka_unit_test(test_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
