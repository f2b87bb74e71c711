// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_calls_writer - rows and histograms of a function's calls, as records */
#include "fakes.h"

#include "calls_writer.h"

#define CPUS 2

static struct funclat_cpu cpus[CPUS];
static struct calls_sent sent[CPUS];
static struct calls_writer writer;
static struct stream stream;

static int set_up(void **state)
{
	(void)state;
	memset(cpus, 0, sizeof(cpus));
	memset(sent, 0, sizeof(sent));
	for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
		cpus[cpu].others.min = ~0ull;
		for (unsigned int i = 0; i < CALL_ROWS; i++) {
			cpus[cpu].row[i].key = ROW_EMPTY;
			cpus[cpu].row[i].min = ~0ull;
		}
	}
	writer = (struct calls_writer) { .probe = PROBE_funclat, .cpus = CPUS, .sent = sent };
	return 0;
}

/* What the programs do at the end of a call. */
static void count(unsigned int cpu, struct call_row *row, __u64 duration)
{
	cpus[cpu].calls.bucket[h2_bucket(duration)]++;
	row->count++;
	row->sum += duration;
	if (duration < row->min)
		row->min = duration;
	if (duration > row->max)
		row->max = duration;
}

static void count_thread(unsigned int cpu, __u32 tid, const char *comm, __u64 duration)
{
	struct call_row *row = &cpus[cpu].row[tid % CALL_ROWS];

	row->key = (__u64)(tid + 1000) << 32 | tid;
	row->start_ns = tid * 10;
	snprintf(row->comm, sizeof(row->comm), "%s", comm);
	count(cpu, row, duration);
}

static void write(bool final)
{
	fake_output_open(&stream, BLOCK_RECORDS_MAX);
	calls_write(&writer, cpus, 77, final, &stream);
	stream_flush(&stream);
}

/* Record @index of this type; NULL: there are fewer. */
static const void *record(__u8 type, unsigned int index)
{
	for (unsigned int i = 0; i < fake_records(); i++) {
		const struct record *record = fake_record(i);

		if (record->type == type && !index--)
			return record;
	}
	return NULL;
}

static unsigned int records(__u8 type)
{
	unsigned int count = 0;

	while (record(type, count))
		count++;
	return count;
}

static void test_nothing(void **state)
{
	(void)state;
	write(false);
	assert_int_equal(fake_records(), 0);
	write(true);
	assert_int_equal(fake_records(), 0);
	assert_int_equal(writer.rows, 0);
}

static void test_row(void **state)
{
	const struct rec_calls *calls;
	const struct rec_task *task;
	const struct rec_summary *summary;

	(void)state;
	count_thread(1, 5, "worker", 100);
	count_thread(1, 5, "worker", 300);
	write(false);
	assert_int_equal(records(REC_calls), 1);
	calls = record(REC_calls, 0);
	assert_int_equal(calls->probe, PROBE_funclat);
	assert_int_equal(calls->cpu, 1);
	assert_int_equal(calls->tid, 5);
	assert_int_equal(calls->tgid, 1005);
	assert_true(calls->time_ns == 77 && calls->count == 2 && calls->sum == 400);
	assert_true(calls->min == 100 && calls->max == 300);
	task = record(REC_task, 0);
	assert_true(task->tid == 5 && task->tgid == 1005 && task->start_ns == 50);
	assert_memory_equal(task->comm, "worker", 7);
	summary = record(REC_summary, 0);
	assert_int_equal(summary->shape, HIST_SHAPE(SCOPE_CPU, H2_PRECISION));
	assert_true(summary->key == 1 && summary->count == 2 && summary->sum == 400);
	assert_true(((const struct rec_range *)record(REC_range, 0))->min == 100);
	assert_int_equal(writer.rows, 1);
	assert_int_equal(writer.deferred, 0);
}

/* A name that is old goes out again only now and then; the programs are asked for a newer one. */
static void test_changes(void **state)
{
	(void)state;
	count_thread(0, 5, "worker", 100);
	count_thread(0, 6, "other", 100);
	write(false);
	assert_int_equal(records(REC_calls), 2);
	assert_int_equal(records(REC_task), 2);
	assert_true(cpus[0].row[5].key == ((1005ull << 32 | 5) | ROW_STALE));
	write(false);
	assert_int_equal(fake_records(), 0);
	assert_int_equal(writer.rows, 2);
	count_thread(0, 5, "worker", 100);
	write(false);
	assert_int_equal(records(REC_calls), 1);
	assert_int_equal(records(REC_task), 0);
	count_thread(0, 5, "renamed", 100);
	write(false);
	assert_int_equal(records(REC_calls), 1);
	assert_memory_equal(((const struct rec_task *)record(REC_task, 0))->comm, "renamed", 8);
}

static void test_others(void **state)
{
	const struct rec_calls *calls;

	(void)state;
	count(0, &cpus[0].others, 1000);
	write(false);
	assert_int_equal(records(REC_task), 0);
	calls = record(REC_calls, 0);
	assert_true(calls->tid == CALLS_OTHERS && calls->tgid == CALLS_OTHERS);
	assert_true(calls->count == 1 && calls->sum == 1000);
	assert_true(((const struct rec_summary *)record(REC_summary, 0))->sum == 1000);
}

/* What is beyond the limit comes with the next snapshots, and no row has to wait for ever. */
static void test_limit(void **state)
{
	bool seen[CPUS][CALL_ROWS] = { 0 };
	unsigned int missing = CPUS * CALL_ROWS;

	(void)state;
	for (unsigned int snapshot = 0; snapshot < 4; snapshot++) {
		for (unsigned int cpu = 0; cpu < CPUS; cpu++)
			for (__u32 tid = 0; tid < CALL_ROWS; tid++)
				count_thread(cpu, tid, "worker", 100);
		write(false);
		assert_int_equal(records(REC_calls), CALLS_PER_SNAPSHOT);
		assert_int_equal(writer.rows, CPUS * CALL_ROWS);
		assert_int_equal(writer.deferred, CPUS * CALL_ROWS - CALLS_PER_SNAPSHOT);
		for (unsigned int i = 0; i < CALLS_PER_SNAPSHOT; i++) {
			const struct rec_calls *calls = record(REC_calls, i);

			missing -= !seen[calls->cpu][calls->tid];
			seen[calls->cpu][calls->tid] = true;
		}
	}
	assert_int_equal(missing, 0);
}

static void test_final_has_all(void **state)
{
	(void)state;
	for (__u32 tid = 0; tid < CALL_ROWS; tid++)
		count_thread(1, tid, "worker", 100 + tid);
	write(true);
	assert_int_equal(records(REC_calls), CALL_ROWS);
	assert_int_equal(records(REC_task), CALL_ROWS);
	assert_int_equal(writer.deferred, 0);
	write(true);
	assert_int_equal(records(REC_calls), CALL_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing, set_up),
		cmocka_unit_test_setup(test_row, set_up),
		cmocka_unit_test_setup(test_changes, set_up),
		cmocka_unit_test_setup(test_others, set_up),
		cmocka_unit_test_setup(test_limit, set_up),
		cmocka_unit_test_setup(test_final_has_all, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
