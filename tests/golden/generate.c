// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * generate - writes the inputs of the golden pairs, and large files to measure the decoder with
 *
 * generate DIRECTORY      every case, as DIRECTORY/NAME.tsr: the same bytes on every machine
 * generate --bench BYTES  to standard output, half histogram snapshots, half events
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cputime.h"
#include "encode.h"
#include "iopf.h"

#define PROBE_BIT(name) (1u << PROBE_##name)
#define VALUES 500
#define SECOND_NS 1000000000ULL
/* Of the first board in steps(): slices of the snapshot at the end of the third second. */
#define LOST_BLOCK 6

/* Waits from under 1 us to some ms, most of them short. */
static void make_values(__u64 values[VALUES], __u64 seed)
{
	for (size_t i = 0; i < VALUES; i++) {
		__u64 random = encode_random(&seed);

		values[i] = (random & 1023) + ((random >> 10 & 0xffff) << (random >> 26 & 7));
	}
}

static void add_histogram(struct encoder *encoder, __u64 lost)
{
	__u64 columns[LEDGER_COLUMNS] = { VALUES + lost, VALUES };
	__u64 values[VALUES];

	make_values(values, 42);
	encode_snapshot(encoder, PROBE_runqlat, values, VALUES / 2);
	encode_block_end(encoder);
	encoder->time_ns += 1000000000ULL;
	encode_snapshot(encoder, PROBE_runqlat, values, VALUES);
	columns[LEDGER_unstamped] = lost;
	encode_counters(encoder, PROBE_runqlat, columns);
	encoder->totals.entered = (__u32)columns[LEDGER_entered];
	encoder->totals.unmeasured = (__u32)lost;
}

/* @entered beyond @count: events of which nothing is known. */
static void add_events(struct encoder *encoder, unsigned int count, __u64 entered, bool prev)
{
	__u64 columns[LEDGER_COLUMNS] = { entered, count };

	for (unsigned int i = 0; i < count; i++) {
		__u32 prev_tid = prev ? i % 5 * 10 : ~0u;
		char name[COMM_SIZE];

		snprintf(name, sizeof(name), "worker/%u", i % 7);
		encode_wait(encoder, name, 100 + i, 10000000 + i * 123457ULL, prev_tid);
		snprintf(name, sizeof(name), "prev-%u", prev_tid);
		if (prev && prev_tid)
			encode_task(encoder, prev_tid, 1000, name);
		encoder->time_ns += 20000000;
	}
	encode_counters(encoder, PROBE_runqslower, columns);
	encoder->totals.entered += (__u32)entered;
}

static void histogram(struct encoder *encoder)
{
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
	add_histogram(encoder, 0);
	encode_closing(encoder);
}

static void events(struct encoder *encoder)
{
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	add_events(encoder, 50, 50, true);
	encode_closing(encoder);
}

static void both(struct encoder *encoder)
{
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat) | PROBE_BIT(runqslower));
	add_events(encoder, 10, 10, false);
	add_histogram(encoder, 7);
	encoder->totals.entered += 10;
	encode_closing(encoder);
}

/* A bit in a record, a sector of zeros, one of 0xff, and bytes that do not belong there. */
static void damaged(struct encoder *encoder)
{
	both(encoder);
	encoder->bytes[5 * RECORD_SIZE + 20] ^= 4;
	memset(encoder->bytes + 1024, 0, 512);
	memset(encoder->bytes + 2048, 0xff, 128);
	memset(encoder->bytes + 2560, 'x', 100);
}

static void truncated(struct encoder *encoder)
{
	events(encoder);
	encoder->length -= 3 * RECORD_SIZE + 17;
}

/* The second block never arrives. */
static void lost_block(struct encoder *encoder)
{
	events(encoder);
	memmove(encoder->bytes + BLOCK_SIZE_MAX, encoder->bytes + 2 * BLOCK_SIZE_MAX,
		encoder->length - 2 * BLOCK_SIZE_MAX);
	encoder->length -= BLOCK_SIZE_MAX;
}

/* The second block arrives twice, the first one late. */
static void duplicated(struct encoder *encoder)
{
	static const size_t order[] = { 1, 1, 0 };
	unsigned char *bytes;
	size_t blocks = sizeof(order) / sizeof(order[0]);

	events(encoder);
	bytes = malloc(encoder->length + BLOCK_SIZE_MAX);
	if (!bytes)
		abort();
	for (size_t i = 0; i < blocks; i++)
		memcpy(bytes + i * BLOCK_SIZE_MAX, encoder->bytes + order[i] * BLOCK_SIZE_MAX,
		       BLOCK_SIZE_MAX);
	memcpy(bytes + blocks * BLOCK_SIZE_MAX, encoder->bytes + (blocks - 1) * BLOCK_SIZE_MAX,
	       encoder->length - (blocks - 1) * BLOCK_SIZE_MAX);
	free(encoder->bytes);
	encoder->bytes = bytes;
	encoder->length += BLOCK_SIZE_MAX;
}

/* Block by block from two boards. */
static void two_boards(struct encoder *encoder)
{
	struct encoder one, two;
	size_t at;

	encoder_open(&one, 1);
	encoder_open(&two, 2);
	events(&one);
	two.time_ns += 777;
	encode_about(&two, "arm-board-2", PROBE_BIT(runqslower));
	add_events(&two, 50, 50, true);
	encode_closing(&two);
	encoder->bytes = malloc(one.length + two.length);
	if (!encoder->bytes)
		abort();
	for (at = 0; at < one.length; at += BLOCK_SIZE_MAX) {
		size_t length = one.length - at < BLOCK_SIZE_MAX ? one.length - at : BLOCK_SIZE_MAX;

		memcpy(encoder->bytes + 2 * at, one.bytes + at, length);
		memcpy(encoder->bytes + 2 * at + length, two.bytes + at, length);
	}
	encoder->length = one.length + two.length;
	encoder_release(&one);
	encoder_release(&two);
}

static void unknown(struct encoder *encoder)
{
	struct record must_say = { .type = 0x2a }, may_ignore = { .type = 0xaa };

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
	for (int i = 0; i < 3; i++) {
		encode(encoder, &must_say);
		encode(encoder, &may_ignore);
	}
	add_histogram(encoder, 0);
	encode_closing(encoder);
}

static void newer_minor(struct encoder *encoder)
{
	encoder->minor = WIRE_MINOR + 3;
	unknown(encoder);
}

static void newer_major(struct encoder *encoder)
{
	encoder->major = WIRE_MAJOR + 1;
	histogram(encoder);
}

static void not_closed(struct encoder *encoder)
{
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
	add_histogram(encoder, 0);
	encode_block_end(encoder);
}

static void hostile_names(struct encoder *encoder)
{
	__u64 columns[LEDGER_COLUMNS] = { 5, 5 };

	encode_about(encoder, "\x1b[31mred \"board\"\n", PROBE_BIT(runqslower));
	encode_wait(encoder, "\x1b]0;title\x07", 1, 20000000, ~0u);
	encode_wait(encoder, "line\nbreak\r\\", 2, 20000001, ~0u);
	encode_wait(encoder, "caf\xc3\xa9 \xff\xc3", 3, 20000002, ~0u);
	encode_wait(encoder, "\xe2\x80\xaetpircs.sh", 4, 20000003, ~0u);
	encode_wait(encoder, "sixteen bytes!!!", 5, 20000004, ~0u);
	encode_counters(encoder, PROBE_runqslower, columns);
	encode_closing(encoder);
}

static void unsynchronised(struct encoder *encoder)
{
	encoder->header_flags = 0;
	events(encoder);
}

static void no_clock(struct encoder *encoder)
{
	encoder->header_flags = 0;
	encoder->realtime_ns = 0;
	events(encoder);
}

static void unexplained(struct encoder *encoder)
{
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	add_events(encoder, 10, 13, false);
	encode_closing(encoder);
}

/* The session has been running for long, and somebody listens to its end only. */
static void seq_wrap(struct encoder *encoder)
{
	encoder->seq = 0xfffffff0ULL;
	encoder->block_seq = 0xfffffffeULL;
	events(encoder);
}

/* Numbers that no kernel counts. */
static void hostile_numbers(struct encoder *encoder)
{
	struct rec_summary summary = {
		.type = REC_summary,
		.probe = PROBE_runqlat,
		.time_ns = ~0ULL,
		.shape = HIST_SHAPE(SCOPE_ALL, H2_PRECISION),
		.count = 1ULL << 63,
		.sum = ~0ULL,
		.squares_low = 1,
	};
	struct rec_range range = {
		.type = REC_range,
		.probe = PROBE_runqlat,
		.time_ns = ~0ULL,
		.shape = HIST_SHAPE(SCOPE_ALL, H2_PRECISION),
		.min = ~0ULL,
		.max = 3,
	};
	__u64 columns[LEDGER_COLUMNS] = { 0, ~0ULL, ~0ULL, ~0ULL, ~0ULL };

	encode_about(encoder, "arm-board-1", ~0u);
	add_histogram(encoder, 0);
	encode(encoder, &summary);
	encode(encoder, &range);
	encode_wait(encoder, "eternal", 1, ~0ULL, ~0u);
	encode_wait(encoder, "eternal", 1, ~0ULL, 77);
	encode_counters(encoder, PROBE_runqslower, columns);
	encode_closing(encoder);
}

static void add_calls(struct encoder *encoder, unsigned int probe, unsigned int cpu, __u32 tid,
		      __u64 count, __u64 mean)
{
	struct rec_calls calls = {
		.type = REC_calls,
		.probe = (__u8)probe,
		.cpu = (__u16)cpu,
		.tid = tid,
		.tgid = tid == CALLS_OTHERS ? tid : tid / 10 * 10,
		.count = count,
		.sum = count * mean,
		.min = mean / 2,
		.max = mean * 3,
	};

	encode(encoder, &calls);
}

static void add_function(struct encoder *encoder, unsigned int probe, unsigned int way,
			 __u64 bias_ns)
{
	struct rec_function function = {
		.type = REC_function,
		.flags = bias_ns ? FUNCTION_HAS_BIAS : 0,
		.probe = (__u8)probe,
		.way = (__u8)way,
		.rows = 5,
		.bias_ns = bias_ns,
	};

	encode(encoder, &function);
}

/* Two functions, one of them with rows of several CPUs, an older state and a name that nobody has. */
static void calls(struct encoder *encoder)
{
	__u64 columns[LEDGER_COLUMNS] = { VALUES + 16, VALUES }, values[VALUES];

	encode_about(encoder, "arm-board-1", PROBE_BIT(picknext) | PROBE_BIT(funclat));
	encode_text(encoder, TEXT_function, PROBE_picknext, "pick_next_task_fair");
	encode_text(encoder, TEXT_function, PROBE_funclat, "a_function\n\033[31m.isra.0");
	encode_task(encoder, 101, 1000, "worker/1");
	encode_task(encoder, 102, 1000, "two\nlines");
	add_calls(encoder, PROBE_picknext, 0, 101, 10, 5000);
	encoder->time_ns += 1000000000ULL;
	add_calls(encoder, PROBE_picknext, 0, 101, 200, 5000);
	add_calls(encoder, PROBE_picknext, 1, 101, 100, 4000);
	add_calls(encoder, PROBE_picknext, 1, 0, 150, 3000);
	add_calls(encoder, PROBE_picknext, 0, 102, 40, 100000);
	add_calls(encoder, PROBE_picknext, 0, 103, 9, 1);
	add_calls(encoder, PROBE_picknext, 0, CALLS_OTHERS, 1, 7);
	add_function(encoder, PROBE_picknext, FUNCTION_BY_FEXIT, 210);
	make_values(values, 43);
	encode_snapshot_of(encoder, PROBE_picknext, HIST_SHAPE(SCOPE_CPU, H2_PRECISION), 0, values,
			   VALUES / 2);
	encode_snapshot_of(encoder, PROBE_picknext, HIST_SHAPE(SCOPE_CPU, H2_PRECISION), 1,
			   values + VALUES / 2, VALUES / 2);
	columns[LEDGER_missed] = 5;
	columns[LEDGER_map_full] = 8;
	columns[LEDGER_in_flight] = 3;
	encode_counters(encoder, PROBE_picknext, columns);
	add_calls(encoder, PROBE_funclat, 3, 104, 2, 50);
	add_function(encoder, PROBE_funclat, FUNCTION_BY_KPROBE, 0);
	encode_closing(encoder);
}

/* Numbers that no board can mean, and ways that are not known here. */
static void hostile_calls(struct encoder *encoder)
{
	struct rec_function function = {
		.type = REC_function,
		.flags = 0xff,
		.probe = PROBE_funclat,
		.way = 99,
		.rows = ~0u,
		.bias_ns = ~0ULL,
		.deferred = ~0u,
	};
	struct rec_calls greatest = {
		.type = REC_calls,
		.probe = PROBE_funclat,
		.cpu = 0xffff,
		.tid = ~0u - 1,
		.tgid = ~0u,
		.count = ~0ULL,
		.sum = ~0ULL,
		.min = ~0ULL,
		.max = ~0ULL,
	};
	struct rec_calls none = { .type = REC_calls, .probe = PROBE_funclat, .min = ~0ULL };

	encode_about(encoder, "arm-board-1", PROBE_BIT(funclat));
	encode(encoder, &function);
	encode(encoder, &greatest);
	encode(encoder, &none);
	greatest.probe = PROBE_runqlat;
	encode(encoder, &greatest);
	greatest.probe = 31;
	encode(encoder, &greatest);
	greatest.probe = 0;
	encode(encoder, &greatest);
	greatest.probe = 200;
	encode(encoder, &greatest);
	function.probe = PROBE_runqslower;
	encode(encoder, &function);
	encode_closing(encoder);
}

/* The ring buffer ran over, and a full disk kept records from the file. */
static void losses(struct encoder *encoder)
{
	__u64 columns[LEDGER_COLUMNS] = { 60, 10, 50 }, sinks[LEDGER_COLUMNS] = { 0 };
	struct rec_gap gap = {
		.type = REC_gap,
		.cause = LEDGER_ring_full,
		.probe = PROBE_runqslower,
		.from_ns = encoder->time_ns,
		.to_ns = encoder->time_ns + 1000,
		.lost = 50,
		.total = 50,
	};

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	add_events(encoder, 10, 60, false);
	encode(encoder, &gap);
	encode_counters(encoder, PROBE_runqslower, columns);
	sinks[LEDGER_file_lost] = 14;
	encode_counters(encoder, 0, sinks);
	encoder->totals.ring_full = 50;
	encoder->totals.file_lost = 14;
	encode_block_end(encoder);
	encoder->seq += 14;
	encoder->block_seq++;
	encode_closing(encoder);
}

#define SECOND 1000000000ULL
#define MS 1000000ULL

/* A task's figures after so many ms; a quarter of its run time is system time. */
static void add_cputime(struct encoder *encoder, __u64 time_ns, __u8 flags, __u32 tid, __u32 tgid,
			__u64 start_ns, __u64 ms)
{
	struct rec_cputime record = {
		.type = REC_cputime,
		.flags = flags,
		.time_ns = time_ns,
		.start_ns = start_ns,
		.tid = tid,
		.tgid = tgid,
		.utime_ns = ms * MS / 16 * 12,
		.stime_ns = ms * MS / 16 * 4,
		.runtime_ns = ms * MS + 12345,
		.system_share = 1u << 30,
	};

	encode(encoder, &record);
}

static void add_children(struct encoder *encoder, __u64 time_ns, __u8 flags, __u32 tgid,
			 __u64 start_ns, __u64 ms)
{
	struct rec_cputime_children record = {
		.type = REC_cputime_children,
		.flags = flags,
		.time_ns = time_ns,
		.start_ns = start_ns,
		.tgid = tgid,
		.utime_ns = ms * MS,
		.stime_ns = ms * MS / 2,
	};

	encode(encoder, &record);
}

/* Two CPUs; what the tasks did not use was idle time, but for a tick or so. */
static void add_system(struct encoder *encoder, __u64 time_ns, __u8 flags, __u64 since_ms,
		       __u64 tasks_ms)
{
	struct rec_cputime_system record = {
		.type = REC_cputime_system,
		.flags = flags,
		.time_ns = time_ns,
		.tasks_ns = tasks_ms * MS,
		.user_ticks = 500 + (__u32)(tasks_ms / 10),
		.system_ticks = 600,
		.idle_ticks = 0xfffffff0u + (__u32)((2 * since_ms - tasks_ms) / 10),
		.iowait_ticks = 3,
		.irq_ticks = 70,
		.cpus = 2,
		.tasks = 90,
		.ticks_per_s = 100,
	};

	if (flags & CPUTIME_LATE) {
		record.flags = 0;
		record.left_out = 1;
		record.left_out_us = 200000;
	}
	encode(encoder, &record);
}

static void end_snapshot(struct encoder *encoder, __u64 time_ns, __u64 delivered, __u64 dropped)
{
	__u64 columns[LEDGER_COLUMNS] = { delivered + dropped, delivered },
	      none[LEDGER_COLUMNS] = { 0 };

	columns[LEDGER_user_dropped] = dropped;
	encoder->step_ns = 0;
	encoder->time_ns = time_ns;
	encode_counters(encoder, PROBE_cputime, columns);
	encode_counters(encoder, 0, none);
	encoder->totals.entered = (__u32)(delivered + dropped);
	encoder->totals.user_dropped = (__u32)dropped;
}

/*
 * Three snapshots: a task from before, one that begins in between, one with a main thread that
 * exits, one that the second snapshot leaves out, and a parent with a new process of an old id.
 */
static void cputime(struct encoder *encoder)
{
	const __u8 process = CPUTIME_PROCESS, baseline = CPUTIME_PROCESS | CPUTIME_BASELINE;
	__u64 begin = encoder->time_ns, at = begin + SECOND;

	encode_about(encoder, "arm-board-1", PROBE_BIT(cputime));
	add_system(encoder, begin, CPUTIME_BASELINE, 0, 0);
	encode_task(encoder, 100, 3 * SECOND, "old");
	add_cputime(encoder, begin, baseline, 100, 100, 3 * SECOND, 50000);
	add_cputime(encoder, at, process, 100, 100, 3 * SECOND, 50400);
	encode_task(encoder, 102, 4 * SECOND, "old/worker");
	add_cputime(encoder, begin, CPUTIME_BASELINE, 102, 100, 4 * SECOND, 49000);
	add_cputime(encoder, at, 0, 102, 100, 4 * SECOND, 49300);
	encode_task(encoder, 200, 3 * SECOND, "sh");
	add_cputime(encoder, begin, baseline, 200, 200, 3 * SECOND, 20);
	add_cputime(encoder, at, process, 200, 200, 3 * SECOND, 30);
	add_children(encoder, begin, baseline, 200, 3 * SECOND, 1000);
	add_children(encoder, at, process, 200, 3 * SECOND, 1100);
	encode_task(encoder, 201, begin + 100 * MS, "cc1");
	add_cputime(encoder, at, process, 201, 201, begin + 100 * MS, 800);
	encode_task(encoder, 300, 3 * SECOND, "modest");
	add_cputime(encoder, begin, baseline, 300, 300, 3 * SECOND, 5);
	add_cputime(encoder, at, process, 300, 300, 3 * SECOND, 55);
	add_system(encoder, at, 0, 1000, 1260);
	end_snapshot(encoder, at, 5, 0);
	encode_block_end(encoder);

	at += SECOND;
	add_cputime(encoder, at, process | CPUTIME_LEADER_GONE, 100, 100, 3 * SECOND, 51400);
	add_cputime(encoder, at, 0, 102, 100, 4 * SECOND, 50300);
	add_cputime(encoder, at, process | CPUTIME_EXITED, 201, 201, begin + 100 * MS, 1600);
	add_system(encoder, at, CPUTIME_LATE, 2000, 3260);
	end_snapshot(encoder, at, 8, 1);
	encode_block_end(encoder);

	at += SECOND;
	encode_task(encoder, 201, begin + 2100 * MS, "cc1");
	add_cputime(encoder, at, process | CPUTIME_LEADER_GONE, 100, 100, 3 * SECOND, 51600);
	add_cputime(encoder, at, CPUTIME_GONE, 102, 100, 4 * SECOND, 50500);
	add_cputime(encoder, at, process, 200, 200, 3 * SECOND, 40);
	add_children(encoder, at, process, 200, 3 * SECOND, 2300);
	add_cputime(encoder, at, process, 201, 201, begin + 2100 * MS, 300);
	add_cputime(encoder, at, process | CPUTIME_LATE, 300, 300, 3 * SECOND, 455);
	add_system(encoder, at, 0, 3000, 3970);
	end_snapshot(encoder, at, 13, 1);
	encode_closing(encoder);
}

/* What the second snapshot says of the task from before never arrives. */
static void cputime_lost(struct encoder *encoder)
{
	size_t lost = 35 * RECORD_SIZE, length = 2 * RECORD_SIZE;

	cputime(encoder);
	memmove(encoder->bytes + lost, encoder->bytes + lost + length,
		encoder->length - lost - length);
	encoder->length -= length;
}

/* A second later: @count of @values were counted, and a wait of each second was slow. */
static void add_second(struct encoder *encoder, const __u64 values[VALUES], unsigned int count)
{
	__u64 none[LEDGER_COLUMNS] = { 0 }, waits[LEDGER_COLUMNS] = { 0 };
	__u64 columns[LEDGER_COLUMNS] = { count, count };

	encoder->step_ns = 0;
	encoder->time_ns += 600000000;
	encode_wait(encoder, "worker", 100 + count % 7, 10000000 + count * 1000, ~0u);
	encoder->time_ns += 400000000;
	encode_snapshot(encoder, PROBE_runqlat, values, count);
	encode_counters(encoder, PROBE_runqlat, columns);
	waits[LEDGER_entered] = waits[LEDGER_delivered] = ++encoder->totals.entered;
	encode_counters(encoder, PROBE_runqslower, waits);
	encode_counters(encoder, 0, none);
	encode_block_end(encoder);
}

#define COMPARED_SECONDS 25
#define COMPARED_EACH 100

/* A recording to be compared with another one: as many waits each second, @percent as long as usual. */
static void compared(struct encoder *encoder, __u64 seed, __u64 percent)
{
	__u64 values[COMPARED_SECONDS * COMPARED_EACH], none[LEDGER_COLUMNS] = { 0 };

	_Static_assert(COMPARED_SECONDS * COMPARED_EACH % VALUES == 0, "made by VALUES");
	for (size_t i = 0; i < COMPARED_SECONDS * COMPARED_EACH; i += VALUES)
		make_values(values + i, seed + i);
	for (size_t i = 0; i < COMPARED_SECONDS * COMPARED_EACH; i++)
		values[i] = values[i] * percent / 100;
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
	encoder->step_ns = 0;
	for (__u64 count = COMPARED_EACH; count <= COMPARED_SECONDS * COMPARED_EACH;
	     count += COMPARED_EACH) {
		__u64 columns[LEDGER_COLUMNS] = { count, count };

		encoder->time_ns += SECOND_NS;
		encode_snapshot(encoder, PROBE_runqlat, values, count);
		encode_counters(encoder, PROBE_runqlat, columns);
		encode_counters(encoder, 0, none);
		encoder->totals.entered = (__u32)count;
	}
	encode_closing(encoder);
}

static void before(struct encoder *encoder)
{
	compared(encoder, 44, 100);
}

static void as_before(struct encoder *encoder)
{
	compared(encoder, 4321, 100);
}

static void slower(struct encoder *encoder)
{
	compared(encoder, 1234, 180);
}

static size_t block_length(const unsigned char *block)
{
	return ((const struct rec_header *)block)->records * (size_t)RECORD_SIZE;
}

/* Two boards, eight seconds each, block by block; one block of the first board is lost. */
static void steps(struct encoder *encoder)
{
	static const char *const names[] = { "arm-board-1", "arm-board-2" };
	struct encoder board[2];
	size_t at[2] = { 0, 0 }, blocks = 0;
	__u64 values[VALUES];

	for (unsigned int i = 0; i < 2; i++) {
		encoder_open(&board[i], i + 1);
		board[i].time_ns += i * 250000000;
		make_values(values, 42 + i);
		encode_about(&board[i], names[i], PROBE_BIT(runqlat) | PROBE_BIT(runqslower));
		for (unsigned int second = 1; second <= 8; second++)
			add_second(&board[i], values, second < 5 ? second * 40 : 300);
		board[i].totals.entered += 300;
		encode_closing(&board[i]);
	}
	encoder->bytes = malloc(board[0].length + board[1].length);
	if (!encoder->bytes)
		abort();
	while (at[0] < board[0].length || at[1] < board[1].length) {
		for (unsigned int i = 0; i < 2; i++) {
			const unsigned char *block = board[i].bytes + at[i];

			if (at[i] >= board[i].length)
				continue;
			at[i] += block_length(block);
			if (i == 0 && ++blocks == LOST_BLOCK)
				continue;
			memcpy(encoder->bytes + encoder->length, block, block_length(block));
			encoder->length += block_length(block);
		}
	}
	encoder_release(&board[0]);
	encoder_release(&board[1]);
}

/* The key of golden.keys: what a test knows is no secret. */
static void set_key(struct encoder *encoder)
{
	__u8 fleet_key[KEY_SIZE];

	for (unsigned int i = 0; i < KEY_SIZE; i++)
		fleet_key[i] = (__u8)i;
	encoder_set_key(encoder, fleet_key, 1);
}

static void tagged(struct encoder *encoder)
{
	set_key(encoder);
	histogram(encoder);
}

/* A block by a wrong key, one of which a record is damaged, one cut short, one without a tag. */
static void tagged_wrong(struct encoder *encoder)
{
	size_t block[5] = { 0 };

	tagged(encoder);
	for (unsigned int i = 1; i < 5; i++)
		block[i] = block[i - 1] + block_length(encoder->bytes + block[i - 1]);
	encoder->bytes[block[1] + 2 * RECORD_SIZE + 30] ^= 1;
	encode_sign(encoder->bytes + block[1] + 2 * RECORD_SIZE);
	encoder->bytes[block[2] + RECORD_SIZE + 20] ^= 1;
	encoder->bytes[block[4] - 10] ^= 1;
	encoder->board_key[0] ^= 1;
	encode_block_end(encoder);
	encoder->slot = 0;
	encode_block_end(encoder);
}

static void append(struct encoder *encoder, const void *bytes, size_t size)
{
	encoder->bytes = realloc(encoder->bytes, encoder->length + size);
	if (!encoder->bytes)
		abort();
	memcpy(encoder->bytes + encoder->length, bytes, size);
	encoder->length += size;
	encoder->room = encoder->length;
}

/* The block at @block as --seal sends it; returns the size of what is appended. */
static size_t append_sealed(struct encoder *encoder, const unsigned char *block)
{
	unsigned char sealed[BLOCK_SIZE_MAX + SEAL_OVERHEAD];
	size_t size = encode_sealed(encoder, block, block_length(block), sealed);

	append(encoder, sealed, size);
	return size;
}

/* Datagrams as they were saved without keys. */
static void sealed(struct encoder *encoder)
{
	unsigned char *plain;
	size_t length;

	tagged(encoder);
	plain = encoder->bytes;
	length = encoder->length;
	encoder_drop_bytes(encoder);
	for (size_t at = 0; at < length; at += block_length(plain + at))
		append_sealed(encoder, plain + at);
	free(plain);
}

/*
 * Of four blocks the second is damaged; of the third only the beginning is there, and then all of it as
 * it is in a file; behind the last one is a block by a key that is not known, and half a head.
 */
static void sealed_wrong(struct encoder *encoder)
{
	unsigned char *plain, *block[4];
	size_t size;

	tagged(encoder);
	plain = encoder->bytes;
	block[0] = plain;
	for (unsigned int i = 1; i < 4; i++)
		block[i] = block[i - 1] + block_length(block[i - 1]);
	encoder_drop_bytes(encoder);
	append_sealed(encoder, block[0]);
	append_sealed(encoder, block[1]);
	encoder->bytes[encoder->length - 500] ^= 1;
	size = append_sealed(encoder, block[2]);
	encoder->length -= size / 2;
	append(encoder, block[2], block_length(block[2]));
	append_sealed(encoder, block[3]);
	encoder->slot = 2;
	append_sealed(encoder, block[0]);
	size = append_sealed(encoder, block[0]);
	encoder->length -= size - RECORD_SIZE / 2;
	free(plain);
}

/* Of two boards, of which the second has no key; it says that its session is that of the first. */
static void tagged_mixed(struct encoder *encoder)
{
	struct encoder two;

	tagged(encoder);
	encoder_open(&two, 1);
	two.board_id++;
	events(&two);
	append(encoder, two.bytes, two.length);
	encoder_release(&two);
}

/* Of each CPU and each process, twice. */
static void keys(struct encoder *encoder)
{
	__u64 values[VALUES], none[LEDGER_COLUMNS] = { 0 };
	__u64 columns[LEDGER_COLUMNS] = { 500, 500 };

	make_values(values, 7);
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
	encoder->step_ns = 0;
	for (unsigned int second = 1; second <= 2; second++) {
		encoder->time_ns += 1000000000;
		for (__u32 i = 0; i < 2; i++)
			encode_snapshot_of(encoder, PROBE_runqlat,
					   HIST_SHAPE(SCOPE_CPU, H2_PRECISION), i, values + 250 * i,
					   125 * second);
		for (__u32 i = 0; i < 5; i++)
			encode_snapshot_of(encoder, PROBE_runqlat,
					   HIST_SHAPE(SCOPE_TGID, H2_PRECISION), 1000 + i,
					   values + 100 * i, (10 + 10 * i) * second);
		encode_task(encoder, 1004, 1000, "busy \x1b[31m");
		encode_task(encoder, 1003, 1000, "second");
		encode_counters(encoder, PROBE_runqlat, columns);
		encode_counters(encoder, 0, none);
	}
	encoder->totals.entered = 500;
	encode_closing(encoder);
}

/* Two better ways to attach failed; both reasons are said again with the session record. */
static void unavailable(struct encoder *encoder)
{
	for (unsigned int i = 0; i < 2; i++) {
		encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
		encode_text(encoder, TEXT_unavailable, PROBE_runqlat,
			    "tp_btf: this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)");
		encode_text(encoder, TEXT_unavailable, PROBE_runqlat,
			    "raw_tp: not permitted (CONFIG_SECURITY_LOCKDOWN_LSM)");
	}
	add_histogram(encoder, 0);
	encode_closing(encoder);
}

/* Waits as the records of tracepoints tell them: without process and policy. */
static void by_event(struct encoder *encoder)
{
	struct rec_runqslower wait = {
		.type = REC_runqslower,
		.flags = RUNQSLOWER_PREV,
		.wait_ns = 12345678,
		.tid = 1204,
		.prev_tid = 17,
		.cpu = 1,
		.prio = 120,
		.policy = POLICY_UNKNOWN,
		.comm = "worker",
	};
	__u64 columns[LEDGER_COLUMNS] = { [LEDGER_entered] = 1, [LEDGER_delivered] = 1 };

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_text(encoder, TEXT_unavailable, PROBE_runqslower,
		    "sched_info: no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)");
	encode(encoder, &wait);
	encode_task(encoder, 17, 0, "ksoftirqd/1");
	encode_counters(encoder, PROBE_runqslower, columns);
	encode_closing(encoder);
}

static void add_device(struct encoder *encoder, __u32 number, const char *name)
{
	struct rec_device device = { .type = REC_device, .device = number };

	memcpy(device.name, name, strnlen(name, sizeof(device.name)));
	encode(encoder, &device);
}

/* One device with two PASIDs, one with a PASID that saw no answer, and one whose name never came. */
static void iopf(struct encoder *encoder)
{
	struct rec_iopf counts = { .type = REC_iopf, .key = DEVICE_KEY(1, 7), .failed = 2 };
	__u64 columns[LEDGER_COLUMNS] = { 0 };
	__u64 values[VALUES];

	make_values(values, 42);
	encode_about(encoder, "arm-board-1", PROBE_BIT(iopf));
	encode_text(encoder, TEXT_unavailable, PROBE_iopf, "tracepoints: the kernel has none");
	add_device(encoder, 1, "0000:0a:00.0");
	add_device(encoder, 2, "a-device-with-a~re-than-32-bytes");
	encode(encoder, &counts);
	encode_snapshot_of(encoder, PROBE_iopf, HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION), counts.key,
			   values, 100);
	counts = (struct rec_iopf) { .type = REC_iopf, .key = DEVICE_KEY(1, 0xfffff) };
	counts.without_exit = 3;
	counts.partial = 1;
	encode(encoder, &counts);
	encode_snapshot_of(encoder, PROBE_iopf, HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION), counts.key,
			   values + 100, 50);
	counts = (struct rec_iopf) { .type = REC_iopf, .key = DEVICE_KEY(2, 1), .in_flight = 4 };
	counts.without_entry = 5;
	encode(encoder, &counts);
	encode_snapshot_of(encoder, PROBE_iopf, HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION), counts.key,
			   values, 0);
	counts = (struct rec_iopf) { .type = REC_iopf, .key = DEVICE_KEY(3, 1) };
	encode(encoder, &counts);
	encode_snapshot_of(encoder, PROBE_iopf, HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION), counts.key,
			   values, 1);
	counts = (struct rec_iopf) { .type = REC_iopf, .key = DEVICE_KEY(1, 0) };
	counts.flags = IOPF_WHOLE_DEVICE;
	counts.unrecoverable = 11;
	encode(encoder, &counts);
	columns[LEDGER_entered] = 151 + 3 + 5 + 4;
	columns[LEDGER_delivered] = 151;
	columns[LEDGER_user_dropped] = 3;
	columns[LEDGER_unstamped] = 5;
	columns[LEDGER_in_flight] = 4;
	encode_counters(encoder, PROBE_iopf, columns);
	encode_closing(encoder);
}

/* Names that want to be more, numbers that no kernel counts, records that belong to nothing. */
static void hostile_iopf(struct encoder *encoder)
{
	struct rec_iopf counts = { .type = REC_iopf };
	struct rec_summary summary = {
		.type = REC_summary,
		.probe = PROBE_iopf,
		.shape = HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION),
		.key = ~0u,
		.count = ~0ull,
		.sum = ~0ull,
	};
	const __u64 values[] = { 0, 1, ~0ull, 1ull << 63 };

	encode_about(encoder, "arm-board-1", PROBE_BIT(iopf));
	add_device(encoder, 4095, "\x1b]0;title\x07");
	add_device(encoder, ~0u, "nobody's");
	add_device(encoder, 0, "none");
	encode(encoder, &summary);
	counts.key = counts.in_flight = counts.partial = ~0u;
	counts.failed = counts.without_exit = counts.without_entry = counts.unrecoverable = ~0ull;
	encode(encoder, &counts);
	counts.flags = 0xff;
	encode(encoder, &counts);
	counts.key = 0;
	counts.flags = 0;
	encode(encoder, &counts);
	encode_snapshot_of(encoder, PROBE_iopf, HIST_SHAPE(SCOPE_DEVICE, H2_PRECISION), 0, values,
			   4);
	encode_snapshot_of(encoder, PROBE_iopf, HIST_SHAPE(15, H2_PRECISION), 77, values, 4);
	encode_closing(encoder);
}

static void add_own_cost(struct encoder *encoder, struct rec_self self, struct rec_use use)
{
	self.type = REC_self;
	use.type = REC_use;
	encode(encoder, &self);
	encode(encoder, &use);
}

/* A budget: events are shed after the second snapshot, and some go on again in the end. */
static void own_cost(struct encoder *encoder)
{
	struct rec_self self = {
		.flags = SELF_BPF_STATS,
		.rss_kib = 600,
		.peak_rss_kib = 640,
		.maps_kib = 375,
	};
	struct rec_use use = {
		.ring_bytes = 262144,
		.entries_room = 64,
		.budget_ppm = 10000,
		.window_ms = 10000,
	};

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_text(encoder, TEXT_sandbox, 0,
		    "uid 60773, gid 60773, no capabilities, Landlock 4, seccomp");
	for (__u32 second = 1; second <= 5; second++) {
		self.cpu_ns += second == 2 ? 20000000 : 3000000;
		self.bpf_run_ns += 1200000;
		self.bpf_runs += 10000;
		self.wakeups += 40;
		use.ring_peak = second == 2 ? 131072 : 6400 * second;
		use.entries_used = 5 * second;
		use.used_ppm = second == 2 ? 9800 : 2000;
		use.shed = second == 3 ? USE_SHED_ALL : second == 4 ? 10 : 0;
		encoder->time_ns += 1000000000;
		add_own_cost(encoder, self, use);
	}
	encode_closing(encoder);
}

/* Times and counts that go back, sizes of 0, numbers out of any range. */
static void hostile_own_cost(struct encoder *encoder)
{
	const struct rec_self most = { .flags = 0xff,
				       .cpu_ns = ~0ULL,
				       .bpf_run_ns = ~0ULL,
				       .bpf_runs = ~0ULL,
				       .rss_kib = ~0u,
				       .peak_rss_kib = ~0u };
	const struct rec_use full = { .flags = 0xff,
				      .ring_peak = ~0u,
				      .entries_used = ~0u,
				      .entries_room = 1,
				      .budget_ppm = ~0u,
				      .used_ppm = ~0u,
				      .window_ms = ~0u,
				      .shed = 77 };
	const struct rec_self none = { 0 };

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqlat));
	add_own_cost(encoder, none, full);
	encoder->time_ns += 1000000000;
	add_own_cost(encoder, most, full);
	encoder->time_ns -= 500000000;
	add_own_cost(encoder, none, full);
	encoder->time_ns = ~0ULL - 10000000;
	add_own_cost(encoder, none, full);
	encode_closing(encoder);
}

/* Set to @realtime_ns at time 0; returns where the clock would be now without that. */
static __u64 set_clock(struct encoder *encoder, __u64 realtime_ns)
{
	__u64 before = encoder->realtime_ns + encoder->time_ns;

	encoder->realtime_ns = realtime_ns;
	return before;
}

/* A few rows and the block's end. */
static void add_rows(struct encoder *encoder, __u64 *entered)
{
	for (unsigned int i = 0; i < 3; i++) {
		encode_wait(encoder, "worker", 100 + i, 10000000, ~0u);
		encoder->time_ns += SECOND_NS / 2;
		++*entered;
	}
	encode_block_end(encoder);
}

static void end_rows(struct encoder *encoder, __u64 entered)
{
	__u64 columns[LEDGER_COLUMNS] = { entered, entered };

	encode_counters(encoder, PROBE_runqslower, columns);
	encoder->totals.entered = (__u32)entered;
	encode_closing(encoder);
}

/* A board that begins in 1970; two hours later its second session learns the time. */
static void clock_boot(struct encoder *encoder)
{
	__u64 entered = 0, realtime_ns = encoder->realtime_ns, before;
	struct encoder second;

	encoder_open(&second, 9);
	second.board_id = encoder->board_id;
	second.time_ns = 7200 * SECOND_NS;
	encoder->header_flags = second.header_flags = 0;
	encoder->realtime_ns = second.realtime_ns = 0;

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_clock(encoder, 0, 16000000, 0);
	add_rows(encoder, &entered);
	end_rows(encoder, entered);

	entered = 0;
	encode_about(&second, "arm-board-1", PROBE_BIT(runqslower));
	encode_clock(&second, 0, 16000000, 0);
	add_rows(&second, &entered);
	before = set_clock(&second, realtime_ns);
	encode_clock(&second, CLOCK_SYNCED, 500000, before);
	second.header_flags = HEADER_SYNCED;
	add_rows(&second, &entered);
	encode_clock(&second, CLOCK_SYNCED, 3000, 0);
	end_rows(&second, entered);
	append(encoder, second.bytes, second.length);
	encoder_release(&second);
}

/*
 * Rows, and then what dates them, and pads.  What follows was not written by the board: another time in
 * a block with a wrong tag, an arrival, and a pad.
 */
static void tagged_dates(struct encoder *encoder)
{
	__u64 entered = 0, realtime_ns = encoder->realtime_ns, before;

	set_key(encoder);
	encoder->header_flags = 0;
	encoder->realtime_ns = 0;
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_clock(encoder, 0, 16000000, 0);
	add_rows(encoder, &entered);
	before = set_clock(encoder, realtime_ns);
	encode_clock(encoder, CLOCK_SYNCED, 3000, before);
	add_rows(encoder, &entered);
	encode_pad(encoder, 30000);
	encode_pad(encoder, 30000);

	encoder->board_key[0] ^= 1;
	encoder->time_ns += 3600 * SECOND_NS;
	encoder->realtime_ns += 1000 * SECOND_NS;
	encode_clock(encoder, CLOCK_SYNCED, 1, 0);
	encode_block_end(encoder);
	encode_arrival(encoder, encoder->realtime_ns);
	encode_pad(encoder, 1);
}

/* Never synchronised, and set forth and back more often than is listed: the last setting counts. */
static void clock_set(struct encoder *encoder)
{
	__u64 entered = 0, realtime_ns = encoder->realtime_ns;

	encoder->header_flags = 0;
	encoder->realtime_ns = 0;
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_clock(encoder, 0, 16000000, 0);
	for (unsigned int i = 0; i < 10; i++) {
		__u64 before = set_clock(encoder, realtime_ns - i % 2 * 3600 * SECOND_NS);

		encode_clock(encoder, 0, 16000000, before);
		add_rows(encoder, &entered);
	}
	end_rows(encoder, entered);
}

/* Set by a second although synchronised within milliseconds. */
static void clock_disagrees(struct encoder *encoder)
{
	__u64 entered = 0, before;

	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_clock(encoder, CLOCK_SYNCED, 9000, 0);
	add_rows(encoder, &entered);
	before = set_clock(encoder, encoder->realtime_ns + SECOND_NS);
	encode_clock(encoder, CLOCK_SYNCED, 2000, before);
	add_rows(encoder, &entered);
	end_rows(encoder, entered);
}

/* The board knows no time; the second of its blocks was under way for the shortest time. */
static void clock_arrival(struct encoder *encoder)
{
	__u64 entered = 0, realtime_ns = encoder->realtime_ns;

	encoder->header_flags = 0;
	encoder->realtime_ns = 0;
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	add_rows(encoder, &entered);
	encode_arrival(encoder, realtime_ns + encoder->time_ns + SECOND_NS);
	add_rows(encoder, &entered);
	encode_arrival(encoder, realtime_ns + encoder->time_ns + SECOND_NS / 20);
	add_rows(encoder, &entered);
	encode_arrival(encoder, realtime_ns + encoder->time_ns + SECOND_NS / 2);
	end_rows(encoder, entered);
}

/* Times that no clock shows. */
static void hostile_clock(struct encoder *encoder)
{
	__u64 entered = 0;

	encoder->realtime_ns = ~0ULL - encoder->time_ns - SECOND_NS;
	encode_about(encoder, "arm-board-1", PROBE_BIT(runqslower));
	encode_clock(encoder, CLOCK_SYNCED, ~0u, ~0ULL);
	encode_clock(encoder, CLOCK_SYNCED, 0, 1);
	add_rows(encoder, &entered);
	encode_arrival(encoder, 0);
	encode_arrival(encoder, ~0ULL);
	encoder->time_ns = ~0ULL - 100 * SECOND_NS;
	encode_clock(encoder, CLOCK_SYNCED, 1, 1);
	encode_clock(encoder, 0xff, 1, ~0ULL);
	add_rows(encoder, &entered);
	end_rows(encoder, entered);
}

/* What each format has to escape, in every place where text from outside can be. */
static void hostile_text(struct encoder *encoder)
{
	static const char *const names[] = {
		"<script>alert(1)",
		"</script><b>&x;",
		"\"quoted\", it's",
		"=cmd()|' /C'!A0",
		"+1+1",
		"-2,3",
		"@SUM(A1:A9)",
		"\ttab\rreturn",
		"two\nlines\n# EOF",
		"back\\slash\\",
		"\x1b[2J\x1b]0;t\x07",
		"\xff\xfe\xc3(\xed\xa0\x80",
		"%s%n%99999d",
		"${x} `id` $(id)",
		"\xe2\x80\xae\xe2\x81\xa6gpj",
		" a=b,c d=1i 5",
		"]]>*/ EOD\nEOD",
		"caf\xc3\xa9",
	};
	const unsigned int count = sizeof(names) / sizeof(names[0]);
	const __u64 values[] = { 1000, 2000, 3000000 };
	__u64 waits[LEDGER_COLUMNS] = { count + 3, count, 3 };
	__u64 times[LEDGER_COLUMNS] = { 3ULL * count, 3ULL * count };

	encode_about(encoder, "</title><script>x='\",\\=\n\xff",
		     PROBE_BIT(runqslower) | PROBE_BIT(cpudist) | PROBE_BIT(funclat));
	encode_text(encoder, TEXT_function, PROBE_funclat, "<img src=x onerror=y>\\");
	for (unsigned int i = 0; i < count; i++) {
		encode_task(encoder, 100 + i, 1000, names[i]);
		encode_wait(encoder, names[i], 100 + i, 20000000 + i, ~0u);
		encode_snapshot_of(encoder, PROBE_cpudist, HIST_SHAPE(SCOPE_TGID, H2_PRECISION),
				   100 + i, values, 3);
	}
	encode_counters(encoder, PROBE_runqslower, waits);
	encode_counters(encoder, PROBE_cpudist, times);
	encode_closing(encoder);
}

static const struct {
	const char *name;
	void (*make)(struct encoder *encoder);
} cases[] = {
	{ "histogram", histogram },
	{ "events", events },
	{ "both", both },
	{ "damaged", damaged },
	{ "truncated", truncated },
	{ "lost_block", lost_block },
	{ "duplicated", duplicated },
	{ "two_boards", two_boards },
	{ "unknown", unknown },
	{ "newer_minor", newer_minor },
	{ "newer_major", newer_major },
	{ "not_closed", not_closed },
	{ "hostile_names", hostile_names },
	{ "hostile_numbers", hostile_numbers },
	{ "unsynchronised", unsynchronised },
	{ "no_clock", no_clock },
	{ "unexplained", unexplained },
	{ "seq_wrap", seq_wrap },
	{ "losses", losses },
	{ "steps", steps },
	{ "keys", keys },
	{ "unavailable", unavailable },
	{ "by_event", by_event },
	{ "cputime", cputime },
	{ "cputime_lost", cputime_lost },
	{ "iopf", iopf },
	{ "hostile_iopf", hostile_iopf },
	{ "own_cost", own_cost },
	{ "hostile_own_cost", hostile_own_cost },
	{ "calls", calls },
	{ "hostile_calls", hostile_calls },
	{ "tagged", tagged },
	{ "tagged_wrong", tagged_wrong },
	{ "tagged_mixed", tagged_mixed },
	{ "sealed", sealed },
	{ "sealed_wrong", sealed_wrong },
	{ "tagged_dates", tagged_dates },
	{ "clock_boot", clock_boot },
	{ "clock_set", clock_set },
	{ "clock_disagrees", clock_disagrees },
	{ "clock_arrival", clock_arrival },
	{ "hostile_clock", hostile_clock },
	{ "hostile_text", hostile_text },
	{ "before", before },
	{ "as_before", as_before },
	{ "slower", slower },
};

static int write_case(const char *directory, size_t number)
{
	struct encoder encoder;
	char path[4096];
	FILE *file;
	int failed;

	snprintf(path, sizeof(path), "%s/%s.tsr", directory, cases[number].name);
	encoder_open(&encoder, 1);
	cases[number].make(&encoder);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		encoder_release(&encoder);
		return 1;
	}
	failed = fwrite(encoder.bytes, 1, encoder.length, file) != encoder.length;
	failed |= fclose(file) != 0;
	encoder_release(&encoder);
	if (failed)
		perror(path);
	return failed;
}

/* A snapshot of 40 records or so, then as many events, again and again. */
static int write_bench(size_t bytes)
{
	struct encoder encoder;
	__u64 values[VALUES], random = 1, waits = 0;
	size_t written = 0;

	make_values(values, 42);
	encoder_open(&encoder, 1);
	encode_about(&encoder, "bench", PROBE_BIT(runqlat) | PROBE_BIT(runqslower));
	while (written < bytes) {
		__u64 counts[LEDGER_COLUMNS] = { VALUES, VALUES }, events[LEDGER_COLUMNS] = { 0 };

		encode_snapshot(&encoder, PROBE_runqlat, values, VALUES);
		encode_counters(&encoder, PROBE_runqlat, counts);
		for (__u32 i = 0; i < 60; i++, waits++)
			encode_wait(&encoder, "worker", 100 + i,
				    1000000 + (encode_random(&random) & 0xffffff), ~0u);
		events[LEDGER_entered] = events[LEDGER_delivered] = waits;
		encode_counters(&encoder, PROBE_runqslower, events);
		encoder.totals.entered = (__u32)(VALUES + waits);
		encoder.time_ns += 1000000;
		written += encoder.length;
		if (fwrite(encoder.bytes, 1, encoder.length, stdout) != encoder.length)
			return 1;
		encoder.length = 0;
	}
	encode_closing(&encoder);
	fwrite(encoder.bytes, 1, encoder.length, stdout);
	encoder_release(&encoder);
	return fflush(stdout) != 0;
}

/* As many boards, each with a session of one empty block. */
static int write_sessions(unsigned int sessions)
{
	for (unsigned int number = 1; number <= sessions; number++) {
		struct encoder encoder;
		bool failed;

		encoder_open(&encoder, number);
		encoder.board_id = number;
		encode_closing(&encoder);
		failed = fwrite(encoder.bytes, 1, encoder.length, stdout) != encoder.length;
		encoder_release(&encoder);
		if (failed)
			return 1;
	}
	return fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	if (argc == 3 && !strcmp(argv[1], "--bench"))
		return write_bench(strtoull(argv[2], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "--sessions"))
		return write_sessions((unsigned int)strtoul(argv[2], NULL, 10));
	if (argc != 2 || argv[1][0] == '-') {
		fputs("usage: generate DIRECTORY | --bench BYTES | --sessions N\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		failed |= write_case(argv[1], i);
	return failed;
}
