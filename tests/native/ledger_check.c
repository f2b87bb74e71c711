// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ledger_check FILE|- - what one recording says of itself, as "NAME... VALUE" lines
 *
 * Written apart from the decoder, so that the two can be held against each other: it knows only
 * bpf/wire.h, wants whole blocks in their order, and computes the CRC its own way.  Built from this
 * file alone, with -Ibpf.
 *
 * Exit status: 0 read, whatever is in it; 1 cannot be read; 2 wrong usage.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "h2.h"
#include "probes.h"
#include "wire.h"

#define TYPES 256
#define HIST_ROOM 512

/* The last snapshot of one histogram over everything (scope all). */
struct snapshot {
	__u64 time_ns;
	__u64 bucket[HIST_ROOM];
	unsigned int slices;
	struct rec_summary summary;
	struct rec_range range;
};

static struct {
	unsigned long long blocks, records, unfinished, missing, misplaced, bad, cut;
	unsigned long long of_type[TYPES];
	unsigned long long counters[PROBE_ID_MAX + 1][LEDGER_COLUMNS];
	struct snapshot hist[PROBE_ID_MAX + 1];
	struct rec_trailer trailer;
	struct rec_self self;
	__u64 first_ns, last_ns; /* of blocks */
	__u64 longest_ns;	 /* of the waits that came as events */
	__u32 next_seq;
	__u32 next_block;
	unsigned int left;     /* records to come in this block, trailer included */
	unsigned int in_block; /* data records so far in this block */
	bool begun, first, closing, closing_whole;
} seen;

static const char *const probe_names[PROBE_ID_MAX + 1] = {
#define X(id, name, summary) [id] = #name,
	PROBES(X)
#undef X
		[0] = "sinks",
};

static const char *const column_names[LEDGER_COLUMNS] = {
#define X(id, name, summary) [id] = #name,
	LEDGER(X)
#undef X
};

static const char *const type_names[TYPES] = {
#define X(type, name, summary) [type] = #name,
	RECORDS(X)
#undef X
};

static __u32 crc_of_byte[256];

/* One entry per byte, from the reflected polynomial. */
static void prepare_crc(void)
{
	for (__u32 byte = 0; byte < 256; byte++) {
		__u32 crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
		crc_of_byte[byte] = crc;
	}
}

static bool is_intact(const struct record *record)
{
	const __u8 *bytes = (const __u8 *)record;
	__u32 crc = ~0u;

	for (unsigned int i = 0; i < RECORD_CRC_SPAN; i++)
		crc = crc >> 8 ^ crc_of_byte[(crc ^ bytes[i]) & 0xff];
	return ~crc == record->crc;
}

/* A jump ahead in the sequence is what is missing; a step back has no place here. */
static void expect_seq(__u32 seq)
{
	__u32 ahead = seq - seen.next_seq;

	if (ahead >> 31)
		seen.misplaced++;
	else
		seen.missing += ahead;
	seen.next_seq = seq;
}

/* Data records of a block whose trailer never came. */
static void leave_block(void)
{
	if (seen.left)
		seen.unfinished += seen.in_block;
	seen.in_block = 0;
}

static void take_header(const struct rec_header *header)
{
	if (header->magic != WIRE_MAGIC || header->major != WIRE_MAJOR ||
	    header->records < BLOCK_RECORDS_MIN || header->records > BLOCK_RECORDS_MAX ||
	    header->block_seq < seen.next_block || seen.left || seen.closing)
		seen.misplaced++;
	if (!seen.begun) {
		seen.begun = true;
		seen.first = header->flags & HEADER_FIRST;
		seen.first_ns = header->time_ns;
		seen.next_seq = 0;
	}
	leave_block();
	expect_seq(header->seq);
	seen.last_ns = header->time_ns;
	seen.next_block = header->block_seq + 1;
	seen.closing = header->flags & HEADER_CLOSING;
	seen.left = header->records - 1u;
}

static void take_trailer(const struct rec_trailer *trailer)
{
	if (seen.left)
		seen.misplaced++;
	expect_seq(trailer->seq);
	seen.trailer = *trailer;
	seen.blocks++;
	seen.closing_whole = seen.closing;
}

static void take_counters(const struct rec_counters *record)
{
	if (record->probe > PROBE_ID_MAX) {
		seen.misplaced++;
		return;
	}
	for (unsigned int i = 0; i < COUNTERS_PER_RECORD; i++)
		if (record->first + i < LEDGER_COLUMNS)
			seen.counters[record->probe][record->first + i] = record->value[i];
}

/* The snapshot that a record of the given place belongs to; NULL for those not looked at. */
static struct snapshot *snapshot_of(__u8 probe, __u8 shape, __u64 time_ns)
{
	struct snapshot *hist = &seen.hist[probe & PROBE_ID_MAX];

	if (probe > PROBE_ID_MAX || HIST_PRECISION(shape) != H2_PRECISION) {
		seen.misplaced++;
		return NULL;
	}
	if (HIST_SCOPE(shape) != SCOPE_ALL)
		return NULL;
	if (hist->time_ns != time_ns) {
		memset(hist, 0, sizeof(*hist));
		hist->time_ns = time_ns;
	}
	return hist;
}

static void take_slice(const struct rec_slice *slice)
{
	struct snapshot *hist = snapshot_of(slice->probe, slice->shape, slice->time_ns);

	if (!hist)
		return;
	hist->slices++;
	for (unsigned int i = 0; i < SLICE_BUCKETS; i++)
		if (slice->first + i < HIST_ROOM)
			hist->bucket[slice->first + i] =
				(__u64)slice->count_high[i] << 32 | slice->count_low[i];
}

static void take_summary(const struct rec_summary *summary)
{
	struct snapshot *hist = snapshot_of(summary->probe, summary->shape, summary->time_ns);

	if (hist)
		hist->summary = *summary;
}

static void take_range(const struct rec_range *range)
{
	struct snapshot *hist = snapshot_of(range->probe, range->shape, range->time_ns);

	if (hist)
		hist->range = *range;
}

/* The wait, of which only this is looked at, follows the frame. */
static void take_event(const struct record *record)
{
	__u64 wait_ns;

	memcpy(&wait_ns, record->body, sizeof(wait_ns));
	if (wait_ns > seen.longest_ns)
		seen.longest_ns = wait_ns;
}

static void take_data(const struct record *record)
{
	expect_seq(record->seq);
	seen.next_seq++;
	seen.records++;
	seen.in_block++;
	switch (record->type) {
	case REC_counters:
		take_counters((const struct rec_counters *)record);
		break;
	case REC_slice:
		take_slice((const struct rec_slice *)record);
		break;
	case REC_summary:
		take_summary((const struct rec_summary *)record);
		break;
	case REC_range:
		take_range((const struct rec_range *)record);
		break;
	case REC_self:
		memcpy(&seen.self, record, sizeof(seen.self));
		break;
	case REC_runqslower:
		take_event(record);
		break;
	}
}

static void take(const struct record *record)
{
	if (!is_intact(record)) {
		seen.bad++;
		return;
	}
	seen.of_type[record->type]++;
	if (record->type == REC_header) {
		take_header((const struct rec_header *)record);
		return;
	}
	if (record->type == REC_pad) { /* between blocks */
		seen.misplaced += seen.left != 0;
		return;
	}
	if (seen.left)
		seen.left--;
	else
		seen.misplaced++;
	if (record->type == REC_trailer)
		take_trailer((const struct rec_trailer *)record);
	else
		take_data(record);
}

static int read_all(FILE *file)
{
	static struct record buffer[1024];
	size_t length;

	while ((length = fread(buffer, 1, sizeof(buffer), file))) {
		for (size_t i = 0; i < length / RECORD_SIZE; i++)
			take(&buffer[i]);
		seen.cut = length % RECORD_SIZE;
	}
	leave_block();
	return ferror(file) ? -EIO : 0;
}

static void print_ledger(void)
{
	for (unsigned int probe = 0; probe <= PROBE_ID_MAX; probe++) {
		unsigned int first = probe ? 0 : LEDGER_FIRST_SINK;
		unsigned int end = probe ? LEDGER_FIRST_SINK : LEDGER_COLUMNS;

		if (!probe_names[probe])
			continue;
		for (unsigned int column = first; column < end; column++)
			if (column_names[column])
				printf("%s %s %llu\n", probe_names[probe], column_names[column],
				       seen.counters[probe][column]);
	}
}

static void print_trailer(void)
{
#define X(name) printf("total " #name " %u\n", seen.trailer.name);
	TRAILER_TOTALS(X)
#undef X
}

static bool is_in_bucket(__u64 value, unsigned int bucket)
{
	return bucket < H2_BUCKETS && h2_lower(bucket) <= value && value <= h2_upper(bucket);
}

/* Whether sum, least and greatest value are possible with these buckets. */
static bool is_possible(const struct snapshot *hist)
{
	unsigned int least = HIST_ROOM, greatest = HIST_ROOM;
	long double low = 0, high = 0, sum = hist->summary.sum;

	for (unsigned int i = 0; i < H2_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		least = least == HIST_ROOM ? i : least;
		greatest = i;
		low += (long double)hist->bucket[i] * h2_lower(i);
		high += (long double)hist->bucket[i] * h2_upper(i);
	}
	return low <= sum && sum <= high && is_in_bucket(hist->range.min, least) &&
	       is_in_bucket(hist->range.max, greatest);
}

/* How many are below each power of two: their lower edges are edges of buckets. */
static void print_cumulative(const char *name, const struct snapshot *hist)
{
	unsigned long long below = 0;
	unsigned int i = 0;

	for (unsigned int power = 0; power < 64; power++) {
		while (i < H2_BUCKETS && h2_lower(i) < 1ull << power)
			below += hist->bucket[i++];
		printf("%s below 2^%u %llu\n", name, power, below);
	}
}

static void print_histogram(const char *name, const struct snapshot *hist)
{
	unsigned long long total = 0;

	for (unsigned int i = 0; i < HIST_ROOM; i++)
		total += hist->bucket[i];
	printf("%s histogram buckets %llu\n", name, total);
	printf("%s histogram count %llu\n", name, (unsigned long long)hist->summary.count);
	printf("%s histogram sum %llu\n", name, (unsigned long long)hist->summary.sum);
	printf("%s histogram min %llu\n", name, (unsigned long long)hist->range.min);
	printf("%s histogram max %llu\n", name, (unsigned long long)hist->range.max);
	printf("%s histogram slices_missing %d\n", name,
	       (int)(hist->summary.slices - hist->slices));
	printf("%s histogram possible %d\n", name, is_possible(hist));
	print_cumulative(name, hist);
}

static void print_recording(void)
{
	printf("blocks %llu\nrecords %llu\nunfinished %llu\n", seen.blocks, seen.records,
	       seen.unfinished);
	printf("missing %llu\nmisplaced %llu\nbad %llu\n", seen.missing, seen.misplaced, seen.bad);
	printf("cut %llu\nopen %u\n", seen.cut, seen.left);
	printf("first %d\nclosing %d\n", seen.first, seen.closing_whole);
	printf("trailer seq %u\n", seen.trailer.seq);
	printf("duration_ns %llu\n", (unsigned long long)(seen.last_ns - seen.first_ns));
	printf("longest_ns %llu\n", (unsigned long long)seen.longest_ns);
	printf("wakeups %u\n", seen.self.wakeups);
	printf("cpu_ns %llu\n", (unsigned long long)seen.self.cpu_ns);
	printf("peak_rss_kib %u\nrss_kib %u\nmaps_kib %u\n", seen.self.peak_rss_kib,
	       seen.self.rss_kib, seen.self.maps_kib);
	for (unsigned int type = 0; type < TYPES; type++)
		if (type_names[type])
			printf("record %s %llu\n", type_names[type], seen.of_type[type]);
}

int main(int argc, char **argv)
{
	FILE *file = stdin;

	if (argc != 2) {
		fprintf(stderr, "usage: ledger_check FILE|-\n");
		return 2;
	}
	if (strcmp(argv[1], "-"))
		file = fopen(argv[1], "rb");
	prepare_crc();
	if (!file || read_all(file)) {
		fprintf(stderr, "ledger_check: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	print_recording();
	print_ledger();
	print_trailer();
	for (unsigned int probe = 1; probe <= PROBE_ID_MAX; probe++)
		if (seen.hist[probe].time_ns)
			print_histogram(probe_names[probe], &seen.hist[probe]);
	return 0;
}
