// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_reader - any bytes through the reader alone, in four ways that have to agree
 *
 * The input's first byte says whether CRCs are mended, the second how many bytes come at a time, the
 * third how many doubts are left, the fourth where the input is parted; all others are the
 * recording.  Read at once, in chunks, with blocks as a whole and in two parts, it has the
 * same records and damaged ranges, and each byte is in just one of them.
 */
#include <stdlib.h>
#include <string.h>

#include "mend.h"
#include "reader.h"

#define CHOICES 4
#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size);

/* What was heard of an input, in order. */
struct heard {
	__u64 next; /* where the next record or range begins */
	bool gap;   /* one began elsewhere */
	__u64 digest;
};

static void digest(struct heard *heard, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		heard->digest = (heard->digest ^ byte[i]) * 0x100000001b3; /* FNV-1a */
}

static void hear_record(void *context, const struct record *record, __u64 offset)
{
	struct heard *heard = context;

	heard->gap |= offset != heard->next;
	heard->next = offset + RECORD_SIZE;
	digest(heard, &offset, sizeof(offset));
	digest(heard, record, RECORD_SIZE);
}

static void hear_block(void *context, const struct record *records, unsigned int count,
		       __u64 offset)
{
	for (unsigned int i = 0; i < count; i++)
		hear_record(context, &records[i], offset + (__u64)i * RECORD_SIZE);
}

static void hear_damage(void *context, const struct damage *damage)
{
	struct heard *heard = context;

	heard->gap |= damage->offset != heard->next || !damage->length;
	heard->next = damage->offset + damage->length;
	digest(heard, &damage->offset, sizeof(damage->offset));
	digest(heard, &damage->length, sizeof(damage->length));
	digest(heard, &damage->kind, sizeof(damage->kind));
}

static const struct reader_ops by_record = { .record = hear_record, .damage = hear_damage };
static const struct reader_ops by_block = {
	.record = hear_record,
	.damage = hear_damage,
	.block = hear_block,
};

struct trial {
	unsigned char bytes[INPUT_MAX];
	size_t size;
	size_t chunk;
	unsigned int doubts;
};

static void feed(struct reader *reader, const struct trial *trial, size_t from, size_t to,
		 size_t chunk)
{
	for (size_t at = from; at < to; at += chunk)
		reader_feed(reader, trial->bytes + at, to - at < chunk ? to - at : chunk);
	reader_end(reader);
}

static struct heard read_whole(const struct trial *trial, const struct reader_ops *ops,
			       size_t chunk)
{
	static struct reader reader;
	struct heard heard = { 0 };

	reader_init(&reader, ops, &heard);
	reader.doubts = trial->doubts;
	feed(&reader, trial, 0, trial->size, chunk);
	if (heard.gap || heard.next != trial->size)
		abort();
	return heard;
}

/* False: the second part does not begin where the first one ends, and would be read again. */
static bool read_parts(const struct trial *trial, size_t parting, struct heard *heard)
{
	static struct reader first, second;
	struct heard after = { 0 };

	*heard = (struct heard) { 0 };
	reader_init(&first, &by_block, heard);
	reader_begin_part(&first, 0, true, parting);
	feed(&first, trial, 0, trial->size, trial->size);
	if (!first.stopped)
		return false;
	after.next = first.offset;
	after.digest = heard->digest;
	reader_init(&second, &by_block, &after);
	reader_begin_part(&second, parting, false, ~0ULL);
	feed(&second, trial, parting, trial->size, trial->size);
	*heard = after;
	return reader_has_begun(&second) && second.began_at == first.offset;
}

static void agree(const struct heard *one, const struct heard *other)
{
	if (one->next != other->next || one->digest != other->digest)
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t size)
{
	static struct trial trial;
	struct heard whole, other;

	if (size <= CHOICES || size - CHOICES > INPUT_MAX)
		return 0;
	trial.size = size - CHOICES;
	memcpy(trial.bytes, input + CHOICES, trial.size);
	if (input[0] & 1)
		mend(trial.bytes, trial.size);
	trial.chunk = input[1] ? input[1] : trial.size;
	trial.doubts = input[2] & 0x80 ? READER_DOUBTS : input[2];
	whole = read_whole(&trial, &by_record, trial.size);
	other = read_whole(&trial, &by_record, trial.chunk);
	agree(&whole, &other);
	other = read_whole(&trial, &by_block, trial.size);
	agree(&whole, &other);
	other = read_whole(&trial, &by_block, trial.chunk);
	agree(&whole, &other);
	if (input[2] & 0x80 && read_parts(&trial, trial.size * input[3] / 256, &other))
		agree(&whole, &other);
	return 0;
}
