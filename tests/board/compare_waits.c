// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compare_waits RECORDING WAITS NEAR_NS [ALIKE_NS] - how a recording differs from the lines that replay printed
 *
 * The recording must hold runqlat's histogram and an event for every wait (runqslower:min=0).  What
 * ended before its first event or after its last is left out.  A wait and an event belong together
 * when they are the same thread's and began or ended at about the same time.  Quantiles of up to
 * ALIKE_NS are all alike: what ftrace itself takes is in them.  Prints NAME VALUE lines; the
 * differences are the recording's value minus the other.
 */
#include <stdint.h>
#include <string.h>

#include "compare.h"
#include "h2.h"
#include "probes.h"
#include "runqslower.h"

#define APART_MAX_NS 50000000 /* the starts or ends of what belongs together */
#define APART_NS 1000000      /* more than that is worth a line */
#define LONG_NS 200000
#define SHORT_NS 10000
#define WORST 5

struct wait {
	uint32_t tid;
	uint64_t end_ns;
	uint64_t wait_ns;
	char kind;
	unsigned int from_cpu;
	unsigned int cpu;
};

struct list {
	struct wait *wait;
	size_t count;
	size_t room;
};

struct pair {
	const struct wait *reference;
	long long difference;
};

static struct list recorded, reference;
static uint64_t histogram[H2_BUCKETS];
static long long near_ns; /* a difference up to this counts as none */
static uint64_t alike_ns;
static struct pair *pairs;
static size_t pair_count;

static void add(struct list *list, struct wait wait)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16384;
		list->wait = realloc(list->wait, list->room * sizeof(wait));
		if (!list->wait)
			fail("memory");
	}
	list->wait[list->count++] = wait;
}

/*
 * Input
 */

static void take_slice(const struct rec_slice *slice)
{
	if (slice->probe != PROBE_runqlat || slice->shape != HIST_SHAPE(SCOPE_ALL, H2_PRECISION))
		return;
	for (unsigned int i = 0; i < SLICE_BUCKETS && slice->first + i < H2_BUCKETS; i++)
		histogram[slice->first + i] = slice->count_low[i] | (uint64_t)slice->count_high[i]
									    << 32;
}

static void take_event(const struct rec_runqslower *event)
{
	add(&recorded, (struct wait) { .tid = event->tid,
				       .end_ns = event->time_ns,
				       .wait_ns = event->wait_ns,
				       .from_cpu = event->wake_cpu,
				       .cpu = event->cpu });
}

static void take(const struct record *record)
{
	if (record->type == REC_slice)
		take_slice((const struct rec_slice *)record);
	else if (record->type == REC_runqslower)
		take_event((const struct rec_runqslower *)record);
}

static void read_reference(const char *path)
{
	FILE *file = open_file(path);
	unsigned long long end, length;
	struct wait wait;

	while (fscanf(file, "%u %llu %llu %c %u %u\n", &wait.tid, &end, &length, &wait.kind,
		      &wait.from_cpu, &wait.cpu) == 6) {
		wait.end_ns = end;
		wait.wait_ns = length;
		add(&reference, wait);
	}
	if (!feof(file))
		fail(path);
	fclose(file);
}

/* Only what ended while the recording was made. */
static void cut_reference(void)
{
	uint64_t first = ~0ull, last = 0;
	size_t kept = 0;

	for (size_t i = 0; i < recorded.count; i++) {
		uint64_t end = recorded.wait[i].end_ns;

		first = end < first ? end : first;
		last = end > last ? end : last;
	}
	for (size_t i = 0; i < reference.count; i++)
		if (reference.wait[i].end_ns + APART_NS / 10 >= first &&
		    reference.wait[i].end_ns <= last)
			reference.wait[kept++] = reference.wait[i];
	reference.count = kept;
}

/*
 * Event by event
 */

static int by_tid_and_end(const void *a, const void *b)
{
	const struct wait *x = a, *y = b;

	if (x->tid != y->tid)
		return x->tid < y->tid ? -1 : 1;
	return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

/*
 * An emulated CPU may stand still between the two stamps of one moment, but hardly twice in a wait:
 * the start or the end is enough, and a wait of about the same length is the better match.
 */
static uint64_t apart(const struct wait *a, const struct wait *b)
{
	int64_t ends = (int64_t)(a->end_ns - b->end_ns);
	int64_t lengths = (int64_t)(a->wait_ns - b->wait_ns);
	int64_t starts = ends - lengths;

	ends = llabs(ends);
	starts = llabs(starts);
	return (uint64_t)((ends < starts ? ends : starts) + llabs(lengths) / 8);
}

/* Whether the one after @wait belongs to @other rather than @wait. */
static int next_is_nearer(const struct list *list, size_t index, const struct wait *other)
{
	const struct wait *wait = &list->wait[index];

	return index + 1 < list->count && wait[1].tid == other->tid &&
	       apart(&wait[1], other) < apart(wait, other);
}

static void report_alone(const char *what, const struct list *list, size_t index, size_t *count,
			 size_t *long_ones)
{
	const struct wait *wait = &list->wait[index];

	++*count;
	*long_ones += wait->wait_ns >= LONG_NS;
	if (*count <= WORST)
		printf("%s: tid %u end %llu wait %llu\n", what, wait->tid,
		       (unsigned long long)wait->end_ns, (unsigned long long)wait->wait_ns);
}

/* Both lists are in order; walk along them side by side. */
static void match(void)
{
	size_t i = 0, j = 0, missed = 0, missed_long = 0, invented = 0, invented_long = 0, late = 0;
	size_t wrong_cpu = 0;

	while (i < reference.count || j < recorded.count) {
		const struct wait *wait = &reference.wait[i], *event = &recorded.wait[j];
		int order = i == reference.count ? 1 : j == recorded.count ? -1 : 0;

		if (!order && (wait->tid != event->tid || apart(wait, event) > APART_MAX_NS))
			order = by_tid_and_end(wait, event);
		else if (!order)
			order = next_is_nearer(&recorded, j, wait)     ? 1
				: next_is_nearer(&reference, i, event) ? -1
								       : 0;
		if (order < 0) {
			report_alone("# not recorded", &reference, i++, &missed, &missed_long);
		} else if (order > 0) {
			report_alone("# not in the trace", &recorded, j++, &invented,
				     &invented_long);
		} else {
			pairs[pair_count].reference = wait;
			pairs[pair_count++].difference =
				(long long)(event->wait_ns - wait->wait_ns);
			late += apart(wait, event) > APART_NS;
			wrong_cpu += wait->cpu != event->cpu || wait->from_cpu != event->from_cpu;
			i++;
			j++;
		}
	}
	printf("wrong_cpu %zu\n", wrong_cpu);
	printf("missed %zu\nmissed_long %zu\ninvented %zu\ninvented_long %zu\nlate %zu\n", missed,
	       missed_long, invented, invented_long, late);
}

static int by_size(const void *a, const void *b)
{
	long long x = llabs(((const struct pair *)a)->difference);
	long long y = llabs(((const struct pair *)b)->difference);

	return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static int is_any(const struct wait *wait)
{
	(void)wait;
	return 1;
}

static int is_long(const struct wait *wait)
{
	return wait->wait_ns >= LONG_NS;
}

static int is_short(const struct wait *wait)
{
	return wait->wait_ns < SHORT_NS;
}

static int is_migrated(const struct wait *wait)
{
	return wait->from_cpu != wait->cpu;
}

static int is_preempted(const struct wait *wait)
{
	return wait->kind == 'p' || wait->kind == 'r';
}

static const struct {
	const char *name;
	int (*has)(const struct wait *wait);
} classes[] = {
	{ "all", is_any },	     { "long", is_long },	    { "short", is_short },
	{ "migrated", is_migrated }, { "preempted", is_preempted },
};

/*
 * NAME count, per 10,000 within near_ns, the recorded sum per 10,000 of the trace's, and differences:
 * least, 1 %, median, 99 %, greatest
 */
static void print_class(const char *name, int (*has)(const struct wait *wait))
{
	long long *values = malloc((pair_count + 1) * sizeof(*values));
	size_t count = 0, near = 0;
	double sum = 0, traced = 0;

	if (!values)
		fail("memory");
	for (size_t i = 0; i < pair_count; i++) {
		if (!has(pairs[i].reference))
			continue;
		values[count++] = pairs[i].difference;
		traced += (double)pairs[i].reference->wait_ns;
		sum += (double)pairs[i].reference->wait_ns + (double)pairs[i].difference;
		near += llabs(pairs[i].difference) <= near_ns;
	}
	printf("%s_count %zu\n", name, count);
	if (count) {
		qsort(values, count, sizeof(*values), by_value);
		printf("%s_near %zu\n", name, near * 10000 / count);
		printf("%s_sum %.0f\n", name, sum / traced * 10000);
		printf("%s_differences %lld %lld %lld %lld %lld\n", name, values[0],
		       values[count / 100], values[count / 2], values[count - 1 - count / 100],
		       values[count - 1]);
	}
	free(values);
}

static void print_worst(void)
{
	qsort(pairs, pair_count, sizeof(*pairs), by_size);
	for (size_t i = pair_count; i > 0 && i + WORST > pair_count; i--) {
		const struct wait *wait = pairs[i - 1].reference;

		printf("# apart by %lld: tid %u end %llu wait %llu %c cpu %u to %u\n",
		       pairs[i - 1].difference, wait->tid, (unsigned long long)wait->end_ns,
		       (unsigned long long)wait->wait_ns, wait->kind, wait->from_cpu, wait->cpu);
	}
}

/*
 * The histogram
 */

static int log2_of(uint64_t value)
{
	return value ? 64 - __builtin_clzll(value) : 0;
}

static int by_length(const void *a, const void *b)
{
	const struct wait *x = a, *y = b;

	return (x->wait_ns > y->wait_ns) - (x->wait_ns < y->wait_ns);
}

/* Both counts differ a little: take the same share of each. */
static uint64_t histogram_quantile(uint64_t count, unsigned int per_mille)
{
	uint64_t rank = (count - 1) * per_mille / 1000;

	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++) {
		if (rank < histogram[bucket])
			return h2_lower(bucket);
		rank -= histogram[bucket];
	}
	return 0;
}

static void print_quantiles(uint64_t count)
{
	static const unsigned int per_mille[] = { 50, 100, 250, 500, 750, 900, 950, 990, 999 };
	int worst = 0;

	qsort(reference.wait, reference.count, sizeof(*reference.wait), by_length);
	for (size_t i = 0; i < sizeof(per_mille) / sizeof(per_mille[0]); i++) {
		size_t rank = (reference.count - 1) * per_mille[i] / 1000;
		uint64_t one = histogram_quantile(count, per_mille[i]);
		uint64_t other = reference.wait[rank].wait_ns;
		int octaves = one <= alike_ns && other <= alike_ns
				      ? 0
				      : abs(log2_of(one) - log2_of(other));

		printf("# quantile 0.%03u: %llu recorded, %llu in the trace\n", per_mille[i],
		       (unsigned long long)one, (unsigned long long)other);
		worst = octaves > worst ? octaves : worst;
	}
	printf("octaves_apart %d\n", worst);
}

int main(int argc, char **argv)
{
	uint64_t count = 0;

	near_ns = argc >= 4 ? atoll(argv[3]) : 0;
	alike_ns = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
	if (near_ns <= 0) {
		fputs("usage: compare_waits RECORDING WAITS NEAR_NS [ALIKE_NS]\n", stderr);
		return 2;
	}
	read_records(argv[1], take);
	read_reference(argv[2]);
	cut_reference();
	for (unsigned int bucket = 0; bucket < H2_BUCKETS; bucket++)
		count += histogram[bucket];
	printf("histogram %llu\nevents %zu\nreference %zu\n", (unsigned long long)count,
	       recorded.count, reference.count);
	if (!count || !reference.count)
		return 1;
	pairs = calloc(recorded.count + reference.count, sizeof(*pairs));
	if (!pairs)
		fail("memory");
	qsort(recorded.wait, recorded.count, sizeof(*recorded.wait), by_tid_and_end);
	qsort(reference.wait, reference.count, sizeof(*reference.wait), by_tid_and_end);
	match();
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		print_class(classes[i].name, classes[i].has);
	print_worst();
	print_quantiles(count);
	return 0;
}
