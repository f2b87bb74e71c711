// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_wire - where every field of every record lies, and what every id is
 *
 * Written down here a second time: recordings and boards outlive the header, so that whoever moves
 * a field or renumbers a list has to do it twice.
 */
#include "fakes.h"

#include "cputime.h"
#include "iopf.h"
#include "funclat.h"
#include "probes.h"
#include "runqslower.h"
#include "wire.h"

struct field {
	const char *name;
	size_t offset, size, wanted_offset, wanted_size;
};

#define FIELD(tag, name, at, bytes)                                                                \
	{                                                                                          \
#tag "." #name, offsetof(struct tag, name), sizeof(((struct tag *)0)->name), at,   \
			bytes                                                                      \
	}

/* What all records have in common; each begins and ends so. */
#define FRAME(tag)                                                                                 \
	FIELD(tag, type, 0, 1), FIELD(tag, flags, 1, 1), FIELD(tag, salt, 2, 2),                   \
		FIELD(tag, seq, 4, 4), FIELD(tag, time_ns, 8, 8), FIELD(tag, crc, 60, 4)

static const struct field fields[] = {
	FRAME(record),
	FIELD(record, body, 16, 44),

	FRAME(rec_header),
	FIELD(rec_header, magic, 16, 4),
	FIELD(rec_header, major, 20, 1),
	FIELD(rec_header, minor, 21, 1),
	FIELD(rec_header, records, 22, 1),
	FIELD(rec_header, auth, 23, 1),
	FIELD(rec_header, board_id, 24, 8),
	FIELD(rec_header, session_id, 32, 16),
	FIELD(rec_header, realtime_ns, 48, 8),
	FIELD(rec_header, block_seq, 56, 4),

	FRAME(rec_trailer),
	FIELD(rec_trailer, entered, 16, 4),
	FIELD(rec_trailer, ring_full, 20, 4),
	FIELD(rec_trailer, unmeasured, 24, 4),
	FIELD(rec_trailer, missed, 28, 4),
	FIELD(rec_trailer, user_dropped, 32, 4),
	FIELD(rec_trailer, file_lost, 36, 4),
	FIELD(rec_trailer, send_lost, 40, 4),
	FIELD(rec_trailer, tag, 44, 16),

	FRAME(rec_session),
	FIELD(rec_session, boot_id, 16, 16),
	FIELD(rec_session, started_ns, 32, 8),
	FIELD(rec_session, probes_wanted, 40, 4),
	FIELD(rec_session, probes_active, 44, 4),
	FIELD(rec_session, interval_ms, 48, 4),
	FIELD(rec_session, ring_bytes, 52, 4),
	FIELD(rec_session, cpus_possible, 56, 2),
	FIELD(rec_session, cpus_online, 58, 2),

	FRAME(rec_text),
	FIELD(rec_text, kind, 16, 1),
	FIELD(rec_text, probe, 17, 1),
	FIELD(rec_text, part, 18, 1),
	FIELD(rec_text, parts, 19, 1),
	FIELD(rec_text, text, 20, 40),

	FRAME(rec_task),
	FIELD(rec_task, start_ns, 16, 8),
	FIELD(rec_task, tid, 24, 4),
	FIELD(rec_task, tgid, 28, 4),
	FIELD(rec_task, comm, 32, 16),

	FRAME(rec_clock),
	FIELD(rec_clock, realtime_ns, 16, 8),
	FIELD(rec_clock, monotonic_ns, 24, 8),
	FIELD(rec_clock, monotonic_raw_ns, 32, 8),
	FIELD(rec_clock, max_error_us, 40, 4),
	FIELD(rec_clock, before_ns, 48, 8),

	FRAME(rec_arrival),
	FIELD(rec_arrival, realtime_ns, 16, 8),

	FRAME(rec_gap),
	FIELD(rec_gap, cause, 16, 1),
	FIELD(rec_gap, probe, 17, 1),
	FIELD(rec_gap, from_ns, 24, 8),
	FIELD(rec_gap, to_ns, 32, 8),
	FIELD(rec_gap, lost, 40, 8),
	FIELD(rec_gap, total, 48, 8),

	FRAME(rec_counters),
	FIELD(rec_counters, probe, 16, 1),
	FIELD(rec_counters, first, 17, 1),
	FIELD(rec_counters, value, 24, 32),

	FRAME(rec_slice),
	FIELD(rec_slice, probe, 16, 1),
	FIELD(rec_slice, shape, 17, 1),
	FIELD(rec_slice, first, 18, 2),
	FIELD(rec_slice, key, 20, 4),
	FIELD(rec_slice, count_low, 24, 24),
	FIELD(rec_slice, count_high, 48, 12),

	FRAME(rec_summary),
	FIELD(rec_summary, probe, 16, 1),
	FIELD(rec_summary, shape, 17, 1),
	FIELD(rec_summary, key, 20, 4),
	FIELD(rec_summary, count, 24, 8),
	FIELD(rec_summary, sum, 32, 8),
	FIELD(rec_summary, squares_low, 40, 8),
	FIELD(rec_summary, squares_high, 48, 8),
	FIELD(rec_summary, slices, 56, 4),

	FRAME(rec_range),
	FIELD(rec_range, probe, 16, 1),
	FIELD(rec_range, shape, 17, 1),
	FIELD(rec_range, key, 20, 4),
	FIELD(rec_range, min, 24, 8),
	FIELD(rec_range, max, 32, 8),

	FRAME(rec_runqslower),
	FIELD(rec_runqslower, wait_ns, 16, 8),
	FIELD(rec_runqslower, tid, 24, 4),
	FIELD(rec_runqslower, tgid, 28, 4),
	FIELD(rec_runqslower, prev_tid, 32, 4),
	FIELD(rec_runqslower, cpu, 36, 2),
	FIELD(rec_runqslower, wake_cpu, 38, 2),
	FIELD(rec_runqslower, comm, 40, 16),
	FIELD(rec_runqslower, prio, 56, 1),
	FIELD(rec_runqslower, policy, 57, 1),

	FRAME(rec_cputime),
	FIELD(rec_cputime, start_ns, 16, 8),
	FIELD(rec_cputime, tid, 24, 4),
	FIELD(rec_cputime, tgid, 28, 4),
	FIELD(rec_cputime, utime_ns, 32, 8),
	FIELD(rec_cputime, stime_ns, 40, 8),
	FIELD(rec_cputime, runtime_ns, 48, 8),
	FIELD(rec_cputime, system_share, 56, 4),

	FRAME(rec_cputime_children),
	FIELD(rec_cputime_children, start_ns, 16, 8),
	FIELD(rec_cputime_children, tgid, 24, 4),
	FIELD(rec_cputime_children, utime_ns, 32, 8),
	FIELD(rec_cputime_children, stime_ns, 40, 8),

	FRAME(rec_cputime_system),
	FIELD(rec_cputime_system, tasks_ns, 16, 8),
	FIELD(rec_cputime_system, user_ticks, 24, 4),
	FIELD(rec_cputime_system, system_ticks, 28, 4),
	FIELD(rec_cputime_system, idle_ticks, 32, 4),
	FIELD(rec_cputime_system, iowait_ticks, 36, 4),
	FIELD(rec_cputime_system, irq_ticks, 40, 4),
	FIELD(rec_cputime_system, steal_ticks, 44, 4),
	FIELD(rec_cputime_system, left_out_us, 48, 4),
	FIELD(rec_cputime_system, cpus, 52, 2),
	FIELD(rec_cputime_system, tasks, 54, 2),
	FIELD(rec_cputime_system, left_out, 56, 2),
	FIELD(rec_cputime_system, ticks_per_s, 58, 2),
	FRAME(rec_iopf),
	FIELD(rec_iopf, key, 16, 4),
	FIELD(rec_iopf, in_flight, 20, 4),
	FIELD(rec_iopf, failed, 24, 8),
	FIELD(rec_iopf, without_exit, 32, 8),
	FIELD(rec_iopf, without_entry, 40, 8),
	FIELD(rec_iopf, unrecoverable, 48, 8),
	FIELD(rec_iopf, partial, 56, 4),
	FRAME(rec_function),
	FIELD(rec_function, probe, 16, 1),
	FIELD(rec_function, way, 17, 1),
	FIELD(rec_function, rows, 20, 4),
	FIELD(rec_function, bias_ns, 24, 8),
	FIELD(rec_function, deferred, 32, 4),

	FRAME(rec_calls),
	FIELD(rec_calls, probe, 16, 1),
	FIELD(rec_calls, cpu, 18, 2),
	FIELD(rec_calls, tid, 20, 4),
	FIELD(rec_calls, count, 24, 8),
	FIELD(rec_calls, sum, 32, 8),
	FIELD(rec_calls, min, 40, 8),
	FIELD(rec_calls, max, 48, 8),
	FIELD(rec_calls, tgid, 56, 4),

	FRAME(rec_self),
	FIELD(rec_self, cpu_ns, 16, 8),
	FIELD(rec_self, bpf_run_ns, 24, 8),
	FIELD(rec_self, bpf_runs, 32, 8),
	FIELD(rec_self, rss_kib, 40, 4),
	FIELD(rec_self, peak_rss_kib, 44, 4),
	FIELD(rec_self, maps_kib, 48, 4),
	FIELD(rec_self, ring_bytes, 52, 4),
	FIELD(rec_self, wakeups, 56, 4),

	FRAME(rec_use),
	FIELD(rec_use, ring_bytes, 16, 4),
	FIELD(rec_use, ring_peak, 20, 4),
	FIELD(rec_use, entries_used, 24, 4),
	FIELD(rec_use, entries_room, 28, 4),
	FIELD(rec_use, budget_ppm, 32, 4),
	FIELD(rec_use, used_ppm, 36, 4),
	FIELD(rec_use, window_ms, 40, 4),
	FIELD(rec_use, shed, 44, 1),
};

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		const struct field *field = &fields[i];

		if (field->offset != field->wanted_offset || field->size != field->wanted_size)
			fail_msg("%s: %zu bytes at %zu, not %zu at %zu", field->name, field->size,
				 field->offset, field->wanted_size, field->wanted_offset);
	}
}

static void test_sizes(void **state)
{
	(void)state;
#define X(type, name, summary) assert_int_equal(sizeof(struct rec_##name), 64);
	RECORDS(X)
#undef X
	assert_int_equal(RECORD_SIZE, 64);
	assert_int_equal(RECORD_CRC_SPAN, 60);
	assert_int_equal(BLOCK_SIZE_MAX, 1024);
}

struct id {
	const char *name;
	unsigned int id;
};

/* That @ids are @wanted, in this order; new ones may only come behind. */
static void check_ids(const struct id *ids, size_t count, const struct id *wanted, size_t least)
{
	assert_true(count >= least);
	for (size_t i = 0; i < least; i++) {
		assert_string_equal(ids[i].name, wanted[i].name);
		assert_int_equal(ids[i].id, wanted[i].id);
	}
	for (size_t i = 0; i < count; i++)
		for (size_t other = 0; other < i; other++)
			assert_int_not_equal(ids[i].id, ids[other].id);
}

#define X(id, name, summary) { #name, id },

static void test_record_types(void **state)
{
	static const struct id ids[] = { RECORDS(X) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		assert_int_not_equal(ids[i].id, 0x00); /* never written */
		assert_int_not_equal(ids[i].id, 0xff); /* erased flash */
		assert_true(ids[i].id < 0xff);
	}
	assert_int_equal(REC_header, 0x01);
	assert_int_equal(REC_trailer, 0x02);
	assert_int_equal(REC_session, 0x03);
	assert_int_equal(REC_text, 0x04);
	assert_int_equal(REC_task, 0x05);
	assert_int_equal(REC_clock, 0x06);
	assert_int_equal(REC_arrival, 0x84);
	assert_int_equal(REC_gap, 0x07);
	assert_int_equal(REC_counters, 0x08);
	assert_int_equal(REC_slice, 0x09);
	assert_int_equal(REC_summary, 0x0a);
	assert_int_equal(REC_range, 0x0b);
	assert_int_equal(REC_function, 0x0d);
	assert_int_equal(REC_calls, 0x0e);
	assert_int_equal(REC_runqslower, 0x20);
	assert_int_equal(REC_cputime, 0x21);
	assert_int_equal(REC_cputime_children, 0x22);
	assert_int_equal(REC_cputime_system, 0x23);
	assert_int_equal(REC_iopf, 0x24);
	assert_int_equal(REC_self, 0x81);
	assert_int_equal(REC_use, 0x83);
	assert_int_equal(RECORD_MAY_BE_IGNORED, 0x80);
}

static void test_ledger_columns(void **state)
{
	static const struct id ids[] = { LEDGER(X) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		assert_true(ids[i].id < LEDGER_COLUMNS);
	assert_int_equal(LEDGER_entered, 0);
	assert_int_equal(LEDGER_delivered, 1);
	assert_int_equal(LEDGER_ring_full, 2);
	assert_int_equal(LEDGER_map_full, 3);
	assert_int_equal(LEDGER_unstamped, 4);
	assert_int_equal(LEDGER_missed, 5);
	assert_int_equal(LEDGER_user_dropped, 6);
	assert_int_equal(LEDGER_file_lost, 16);
	assert_int_equal(LEDGER_send_lost, 17);
	assert_int_equal(LEDGER_FIRST_LOSS, 2);
	assert_int_equal(LEDGER_FIRST_SINK, 16);
}

static void test_text_kinds(void **state)
{
	static const struct id ids[] = { TEXTS(X) };
	static const struct id wanted[] = {
		{ "board", 1 },	      { "release", 2 },	 { "machine", 3 },
		{ "collector", 4 },   { "command", 5 },	 { "attached", 6 },
		{ "unavailable", 7 }, { "function", 8 }, { "sandbox", 9 },
	};

	(void)state;
	check_ids(ids, COUNT_OF(ids), wanted, COUNT_OF(wanted));
}

static void test_probe_ids(void **state)
{
	static const struct id ids[] = { PROBES(X) };
	static const struct id wanted[] = { { "runqlat", 1 }, { "runqslower", 2 }, { "cpudist", 3 },
					    { "offcpu", 4 },  { "picknext", 5 },   { "funclat", 6 },
					    { "cputime", 7 }, { "iopf", 8 } };

	(void)state;
	check_ids(ids, COUNT_OF(ids), wanted, COUNT_OF(wanted));
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		assert_in_range(ids[i].id, 1, 31);
}
#undef X

static void test_flags_and_constants(void **state)
{
	(void)state;
	assert_memory_equal(&(const __u32) { WIRE_MAGIC }, "TRSR", 4);
	assert_int_equal(WIRE_MAJOR, 1);
	assert_int_equal(HEADER_SYNCED, 1);
	assert_int_equal(HEADER_FIRST, 2);
	assert_int_equal(HEADER_CLOSING, 4);
	assert_int_equal(HEADER_MONOTONIC, 8);
	assert_int_equal(CLOCK_SYNCED, 1);
	assert_int_equal(CLOCK_STEPPED, 2);
	assert_int_equal(SELF_BPF_STATS, 1);
	assert_int_equal(RUNQSLOWER_PREV, 1);
	assert_int_equal(CPUTIME_PROCESS, 0x01);
	assert_int_equal(CPUTIME_LEADER_GONE, 0x02);
	assert_int_equal(CPUTIME_EXITED, 0x04);
	assert_int_equal(CPUTIME_AS_IN_PROC, 0x08);
	assert_int_equal(CPUTIME_BASELINE, 0x10);
	assert_int_equal(CPUTIME_LATE, 0x20);
	assert_int_equal(CPUTIME_GONE, 0x40);
	assert_int_equal(CPUTIME_IRQ_APART, 0x01);
	assert_int_equal(CPUTIME_STEAL_APART, 0x02);
	assert_int_equal(CPUTIME_FILTERED, 0x04);
	assert_int_equal(CPUTIME_UNKNOWN_APART, 0x08);
	assert_int_equal(CPU_UNKNOWN, 0xffff);
	assert_int_equal(IOPF_WHOLE_DEVICE, 1);
	assert_int_equal(HIST_SHAPE(SCOPE_TID, 3), 0x33);
	assert_int_equal(HIST_SCOPE(0x23), SCOPE_TGID);
	assert_int_equal(HIST_PRECISION(0x23), 3);
	assert_int_equal(FUNCTION_BY_FEXIT, 1);
	assert_int_equal(FUNCTION_BY_KPROBE, 2);
	assert_int_equal(FUNCTION_HAS_BIAS, 1);
	assert_int_equal(CALLS_OTHERS, 0xffffffff);
	assert_int_equal(SCOPE_ALL, 0);
	assert_int_equal(SCOPE_CPU, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_record_types),
		cmocka_unit_test(test_ledger_columns),
		cmocka_unit_test(test_text_kinds),
		cmocka_unit_test(test_probe_ids),
		cmocka_unit_test(test_flags_and_constants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
