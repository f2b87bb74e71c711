// SPDX-License-Identifier: GPL-2.0-or-later
/* hist_writer - snapshots of a kernel histogram as slice, summary and range records */
#include "hist_writer.h"

#include <string.h>

#define SNAPSHOTS_PER_FULL 16

void hist_merge(struct hist *into, const struct hist *from)
{
	into->sum += from->sum;
	into->squares_low += from->squares_low;
	into->squares_high += from->squares_high + (into->squares_low < from->squares_low);
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	for (unsigned int i = 0; i < H2_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
}

__u64 hist_count(const struct hist *hist)
{
	__u64 count = 0;

	for (unsigned int i = 0; i < H2_BUCKETS; i++)
		count += hist->bucket[i];
	return count;
}

static unsigned int slice_length(unsigned int first)
{
	return first + SLICE_BUCKETS <= H2_BUCKETS ? SLICE_BUCKETS : H2_BUCKETS - first;
}

static bool slice_is_empty(const struct hist *hist, unsigned int first)
{
	for (unsigned int i = 0; i < slice_length(first); i++)
		if (hist->bucket[first + i])
			return false;
	return true;
}

static bool slice_changed(const struct hist_writer *writer, const struct hist *hist,
			  unsigned int first)
{
	return memcmp(&writer->sent[first], &hist->bucket[first],
		      slice_length(first) * sizeof(hist->bucket[0])) != 0;
}

static void write_slice(struct hist_writer *writer, const struct hist *hist, unsigned int first,
			__u64 time_ns, struct stream *stream)
{
	struct rec_slice slice = {
		.type = REC_slice,
		.time_ns = time_ns,
		.probe = (__u8)writer->probe,
		.shape = writer->shape,
		.first = (__u16)first,
		.key = writer->key,
	};

	for (unsigned int i = 0; i < slice_length(first); i++) {
		__u64 count = hist->bucket[first + i];

		writer->sent[first + i] = count;
		slice.count_low[i] = (__u32)count;
		slice.count_high[i] = (__u16)(count >> 32);
	}
	stream_add(stream, &slice);
}

static void write_summary(const struct hist_writer *writer, const struct hist *hist,
			  unsigned int slices, __u64 time_ns, struct stream *stream)
{
	struct rec_summary summary = {
		.type = REC_summary,
		.time_ns = time_ns,
		.probe = (__u8)writer->probe,
		.shape = writer->shape,
		.key = writer->key,
		.count = hist_count(hist),
		.sum = hist->sum,
		.squares_low = hist->squares_low,
		.squares_high = hist->squares_high,
		.slices = slices,
	};
	struct rec_range range = {
		.type = REC_range,
		.time_ns = time_ns,
		.probe = (__u8)writer->probe,
		.shape = writer->shape,
		.key = writer->key,
		.min = hist->min,
		.max = hist->max,
	};

	stream_add(stream, &summary);
	stream_add(stream, &range);
}

void hist_write(struct hist_writer *writer, const struct hist *hist, __u64 time_ns, bool final,
		struct stream *stream)
{
	bool all = final || writer->snapshots % SNAPSHOTS_PER_FULL == 0;
	unsigned int slices = 0;

	if (!final && !memcmp(writer->sent, hist->bucket, sizeof(writer->sent)))
		return;
	writer->snapshots++;
	for (unsigned int first = 0; first < H2_BUCKETS; first += SLICE_BUCKETS) {
		if (slice_is_empty(hist, first))
			continue;
		slices++;
		if (all || slice_changed(writer, hist, first))
			write_slice(writer, hist, first, time_ns, stream);
	}
	write_summary(writer, hist, slices, time_ns, stream);
}
