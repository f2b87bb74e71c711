// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare_times RECORDING TIMES BEGIN_NS END_NS NEAR_NS [blocked] - whether cpudist and offcpu counted what the trace holds
 *
 * RECORDING holds histograms per thread; TIMES is what 'replay TRACING times' printed.  Looked at are
 * the threads that were new after BEGIN_NS and dead before END_NS, both while recording: all of
 * their times lie in both.  Prints NAME VALUE lines; with runs of one id they are added up.
 */
#include <stdint.h>
#include <string.h>

#include "compare.h"
#include "probes.h"

#define TIDS 65536
#define WORST 5

struct sums {
	uint64_t count;
	uint64_t sum_ns;
	uint64_t longest_ns;
};

struct thread {
	struct sums traced[2]; /* on, off */
	struct sums recorded[2];
	uint64_t blocked;   /* times off the CPU that were not all wait */
	int64_t blocked_ns; /* of the times off the CPU, without the waits */
	unsigned int born, died;
	int is_cut; /* it did something before, or after */
};

static struct thread threads[TIDS];

static int which(unsigned int probe)
{
	return probe == PROBE_cpudist ? 0 : probe == PROBE_offcpu ? 1 : -1;
}

static void take_summary(const struct rec_summary *summary)
{
	int kind = which(summary->probe);

	if (kind < 0 || HIST_SCOPE(summary->shape) != SCOPE_TID || summary->key >= TIDS)
		return;
	threads[summary->key].recorded[kind].count = summary->count;
	threads[summary->key].recorded[kind].sum_ns = summary->sum;
}

static void take_range(const struct rec_range *range)
{
	int kind = which(range->probe);

	if (kind >= 0 && HIST_SCOPE(range->shape) == SCOPE_TID && range->key < TIDS)
		threads[range->key].recorded[kind].longest_ns = range->max;
}

static void take(const struct record *record)
{
	if (record->type == REC_summary)
		take_summary((const struct rec_summary *)record);
	else if (record->type == REC_range)
		take_range((const struct rec_range *)record);
}

static void take_time(struct thread *thread, int kind, uint64_t length_ns, uint64_t wait_ns)
{
	struct sums *sums = &thread->traced[kind];

	sums->count++;
	sums->sum_ns += length_ns;
	if (length_ns > sums->longest_ns)
		sums->longest_ns = length_ns;
	if (kind && wait_ns < length_ns) {
		thread->blocked++;
		thread->blocked_ns += (int64_t)(length_ns - wait_ns);
	}
}

static void read_times(const char *path, uint64_t begin_ns, uint64_t end_ns)
{
	unsigned long long begin, end, wait;
	FILE *file = open_file(path);
	char word[8], line[128];
	unsigned int tid;

	while (fgets(line, sizeof(line), file)) {
		int got = sscanf(line, "%7s %u %llu %llu %llu", word, &tid, &begin, &end, &wait);

		if (got < 3 || tid >= TIDS)
			fail(line);
		if (begin < begin_ns || (got == 5 ? end : begin) > end_ns)
			threads[tid].is_cut = 1;
		else if (!strcmp(word, "new"))
			threads[tid].born++;
		else if (!strcmp(word, "dead"))
			threads[tid].died++;
		else if (got == 5)
			take_time(&threads[tid], !strcmp(word, "off"), end - begin, wait);
	}
	fclose(file);
}

static int is_comparable(const struct thread *thread)
{
	return thread->born && thread->born == thread->died && !thread->is_cut;
}

/* With `blocked`, what the recording calls off the CPU has no waits in it. */
static void expect_blocked(void)
{
	for (unsigned int tid = 0; tid < TIDS; tid++) {
		threads[tid].traced[1].count = threads[tid].blocked;
		threads[tid].traced[1].sum_ns = (uint64_t)threads[tid].blocked_ns;
	}
}

static void compare(int kind, const char *name, uint64_t near_ns)
{
	uint64_t compared = 0, times = 0, apart = 0, far = 0, invented = 0, sum = 0, traced = 0;

	for (unsigned int tid = 1; tid < TIDS; tid++) {
		const struct sums *one = &threads[tid].recorded[kind];
		const struct sums *other = &threads[tid].traced[kind];
		uint64_t difference = one->sum_ns > other->sum_ns ? one->sum_ns - other->sum_ns
								  : other->sum_ns - one->sum_ns;

		if (!is_comparable(&threads[tid]))
			continue;
		compared++;
		times += other->count;
		sum += one->sum_ns;
		traced += other->sum_ns;
		far += difference > near_ns * (other->count + 1);
		if (one->longest_ns > other->longest_ns + near_ns && ++invented <= WORST)
			printf("# %s: tid %u: at most %llu ns recorded, %llu in the trace\n", name,
			       tid, (unsigned long long)one->longest_ns,
			       (unsigned long long)other->longest_ns);
		if (one->count != other->count && ++apart <= WORST)
			printf("# %s: tid %u: %llu recorded, %llu in the trace\n", name, tid,
			       (unsigned long long)one->count, (unsigned long long)other->count);
	}
	printf("%s_threads %llu\n%s_times %llu\n%s_apart %llu\n%s_far %llu\n%s_invented %llu\n",
	       name, (unsigned long long)compared, name, (unsigned long long)times, name,
	       (unsigned long long)apart, name, (unsigned long long)far, name,
	       (unsigned long long)invented);
	printf("%s_sum %llu\n%s_traced_sum %llu\n", name, (unsigned long long)sum, name,
	       (unsigned long long)traced);
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fputs("usage: compare_times RECORDING TIMES BEGIN_NS END_NS NEAR_NS [blocked]\n",
		      stderr);
		return 2;
	}
	read_records(argv[1], take);
	read_times(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
	if (argc > 6)
		expect_blocked();
	compare(0, "on", strtoull(argv[5], NULL, 10));
	compare(1, "off", strtoull(argv[5], NULL, 10));
	return 0;
}
