// SPDX-License-Identifier: GPL-2.0-or-later
/* assembly - with keys: the records of a file put together to blocks again, for the gate */
#include "assembly.h"

#include <string.h>

void assembly_begin(struct assembly *assembly, const char *input)
{
	assembly->input = input;
	assembly->pad_offset = 0;
}

void assembly_end(struct assembly *assembly)
{
	assembly->gate->blockless += assembly->have;
	assembly->have = 0;
}

static void begin(struct assembly *assembly, const struct record *record, __u64 offset)
{
	const struct rec_header *header = (const struct rec_header *)record;

	assembly->block[0] = *record;
	assembly->have = 1;
	assembly->want = header->records;
	assembly->offset = offset;
	if (header->magic != WIRE_MAGIC || header->records < BLOCK_RECORDS_MIN ||
	    header->records > BLOCK_RECORDS_MAX)
		assembly_end(assembly);
}

static bool is_next(const struct assembly *assembly, const struct record *record, __u64 offset)
{
	return assembly->have && record->type != REC_header &&
	       offset == assembly->offset + assembly->have * RECORD_SIZE;
}

/* May it be used?  Where it ends, pads may follow. */
static bool is_let_in(struct assembly *assembly, const void *bytes, size_t size, __u64 offset)
{
	enum refusal refusal = gate_take(assembly->gate, bytes, size);

	assembly->pad_offset = 0;
	if (!refusal)
		assembly->pad_offset = offset + size;
	else
		gate_list(assembly->gate, refusal, assembly->input, offset);
	return !refusal;
}

static unsigned int judge(struct assembly *assembly)
{
	unsigned int records = assembly->have;

	assembly->have = 0;
	if (!is_let_in(assembly, assembly->block, records * RECORD_SIZE, assembly->offset))
		return 0;
	assembly->salt = assembly->block[0].salt;
	return records;
}

static unsigned int take_pad(struct assembly *assembly, const struct record *record, __u64 offset)
{
	if (offset != assembly->pad_offset || record->salt != assembly->salt)
		return 0;
	assembly->pad_offset += RECORD_SIZE;
	assembly->block[0] = *record;
	return 1;
}

unsigned int assembly_take(struct assembly *assembly, const struct record *record, __u64 offset)
{
	if (is_next(assembly, record, offset)) {
		assembly->block[assembly->have++] = *record;
		return assembly->have == assembly->want ? judge(assembly) : 0;
	}
	assembly_end(assembly);
	if (record->type == REC_pad)
		return take_pad(assembly, record, offset);
	if (record->type == REC_header)
		begin(assembly, record, offset);
	else if (record->type != REC_arrival)
		assembly->gate->blockless++;
	return 0;
}

unsigned int assembly_take_sealed(struct assembly *assembly, const void *bytes, size_t size,
				  __u64 offset)
{
	const struct block *block = &assembly->gate->block;

	assembly_end(assembly);
	if (!is_let_in(assembly, bytes, size, offset))
		return 0;
	memcpy(assembly->block, block->bytes, block->size);
	assembly->salt = assembly->block[0].salt;
	return (unsigned int)(block->size / RECORD_SIZE);
}
