// SPDX-License-Identifier: GPL-2.0-or-later
/* calls_writer - snapshots of a function's calls: rows by CPU and thread, a histogram for each CPU */
#include "calls_writer.h"

#include <string.h>

#define READ_ATTEMPTS 16
#define ROWS_OF_CPU (CALL_ROWS + 1u)
#define SNAPSHOTS_PER_NAME 16

static const struct call_row *row_at(const struct funclat_cpu *cpu, unsigned int index)
{
	return index < CALL_ROWS ? &cpu->row[index] : &cpu->others;
}

static void add_row(struct hist *hist, const struct call_row *row)
{
	hist->sum += row->sum;
	if (row->min < hist->min)
		hist->min = row->min;
	if (row->max > hist->max)
		hist->max = row->max;
}

const struct hist *calls_hist(const struct funclat_cpu *cpu)
{
	static struct hist hist;

	hist = cpu->calls;
	hist.sum = 0;
	hist.min = ~0ull;
	hist.max = 0;
	for (unsigned int i = 0; i < ROWS_OF_CPU; i++)
		add_row(&hist, row_at(cpu, i));
	return &hist;
}

static bool is_consistent(const struct funclat_cpu *copy)
{
	__u64 calls = 0;

	for (unsigned int i = 0; i < ROWS_OF_CPU; i++)
		calls += row_at(copy, i)->count;
	return calls == hist_count(&copy->calls);
}

/*
 * The CPU may be in the middle of a call's end: copy until the rows count what the buckets count.  After a
 * bounded number of attempts the two are at most one call apart; once the hooks are gone, never.
 */
static const struct funclat_cpu *copy_cpu(const struct funclat_cpu *live)
{
	static struct funclat_cpu copy;

	for (unsigned int i = 0; i < READ_ATTEMPTS; i++) {
		memcpy(&copy, live, sizeof(copy));
		if (is_consistent(&copy))
			break;
	}
	return &copy;
}

/* FNV-1a; never 0, which stands for no name. */
static __u32 hash_name(const struct call_row *row)
{
	__u32 hash = 0x811c9dc5 ^ (__u32)row->start_ns;

	for (unsigned int i = 0; i < COMM_SIZE; i++)
		hash = (hash ^ (__u8)row->comm[i]) * 0x01000193;
	return hash | 1;
}

static void write_name(const struct call_row *row, struct stream *stream)
{
	struct rec_task task = {
		.type = REC_task,
		.start_ns = row->start_ns,
		.tid = (__u32)row->key,
		.tgid = (__u32)((row->key & ~ROW_STALE) >> 32),
	};

	memcpy(task.comm, row->comm, sizeof(task.comm));
	stream_add(stream, &task);
}

static void write_row(const struct calls_writer *writer, unsigned int cpu, bool others,
		      const struct call_row *row, __u64 time_ns, struct stream *stream)
{
	struct rec_calls calls = {
		.type = REC_calls,
		.time_ns = time_ns,
		.probe = (__u8)writer->probe,
		.cpu = (__u16)cpu,
		.tid = others ? CALLS_OTHERS : (__u32)row->key,
		.tgid = others ? CALLS_OTHERS : (__u32)((row->key & ~ROW_STALE) >> 32),
		.count = row->count,
		.sum = row->sum,
		.min = row->min,
		.max = row->max,
	};

	stream_add(stream, &calls);
}

/* The name goes out when it is new and, because records may be lost, again with some of the rows. */
static void send_row(struct calls_writer *writer, unsigned int cpu, unsigned int index,
		     const struct funclat_cpu *copy, __u64 time_ns, bool final,
		     struct stream *stream)
{
	struct calls_sent *sent = &writer->sent[cpu];
	const struct call_row *row = row_at(copy, index);
	bool again = final || (sent->hist.snapshots + index) % SNAPSHOTS_PER_NAME == 0;

	write_row(writer, cpu, index == CALL_ROWS, row, time_ns, stream);
	sent->count[index] = row->count;
	if (index == CALL_ROWS || (!again && sent->name[index] == hash_name(row)))
		return;
	write_name(row, stream);
	sent->name[index] = hash_name(row);
}

/* A thread may have another name by the next time. */
static void ask_for_name(struct funclat_cpu *live, unsigned int index)
{
	if (index < CALL_ROWS)
		__atomic_fetch_or(&live->row[index].key, ROW_STALE, __ATOMIC_RELAXED);
}

/* A snapshot under way. */
struct snapshot {
	__u64 time_ns;
	bool final;
	unsigned int left; /* rows that may still be written */
	struct stream *stream;
};

/* Rows @from to @to - 1 of one CPU. */
static void write_rows(struct calls_writer *writer, unsigned int cpu, struct funclat_cpu *live,
		       const struct funclat_cpu *copy, unsigned int from, unsigned int to,
		       struct snapshot *snapshot)
{
	for (unsigned int i = from; i < to; i++) {
		const struct call_row *row = row_at(copy, i);

		if (!row->count)
			continue;
		writer->rows++;
		if (!snapshot->final && row->count == writer->sent[cpu].count[i])
			continue;
		if (!snapshot->final && !snapshot->left) {
			writer->deferred++;
			continue;
		}
		send_row(writer, cpu, i, copy, snapshot->time_ns, snapshot->final,
			 snapshot->stream);
		ask_for_name(live, i);
		snapshot->left -= !snapshot->final;
		writer->next = cpu * ROWS_OF_CPU + i + 1;
	}
}

static void write_histogram(struct calls_writer *writer, unsigned int cpu,
			    const struct funclat_cpu *copy, const struct snapshot *snapshot)
{
	struct hist_writer *hist = &writer->sent[cpu].hist;

	hist->probe = writer->probe;
	hist->shape = HIST_SHAPE(SCOPE_CPU, H2_PRECISION);
	hist->key = cpu;
	if (hist_count(&copy->calls))
		hist_write(hist, calls_hist(copy), snapshot->time_ns, snapshot->final,
			   snapshot->stream);
}

/* From where the last snapshot stopped, around to the same place. */
void calls_write(struct calls_writer *writer, struct funclat_cpu *cpus, __u64 time_ns, bool final,
		 struct stream *stream)
{
	struct snapshot snapshot = { time_ns, final, CALLS_PER_SNAPSHOT, stream };
	unsigned int begin = writer->next / ROWS_OF_CPU, first = writer->next % ROWS_OF_CPU;

	writer->rows = 0;
	writer->deferred = 0;
	for (unsigned int i = 0; i <= writer->cpus; i++) {
		unsigned int cpu = (begin + i) % writer->cpus;
		const struct funclat_cpu *copy = copy_cpu(&cpus[cpu]);

		write_rows(writer, cpu, &cpus[cpu], copy, i ? 0 : first,
			   i < writer->cpus ? ROWS_OF_CPU : first, &snapshot);
		if (i < writer->cpus)
			write_histogram(writer, cpu, copy, &snapshot);
	}
}
