// SPDX-License-Identifier: GPL-2.0-or-later
/* assembly - with keys: the records of a file put together to blocks again, for the gate */
#include "assembly.h"

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

static unsigned int judge(struct assembly *assembly)
{
	enum refusal refusal =
		gate_take(assembly->gate, assembly->block, assembly->have * RECORD_SIZE);
	unsigned int records = assembly->have;

	assembly->have = 0;
	if (!refusal)
		return records;
	gate_list(assembly->gate, refusal, assembly->input, assembly->offset);
	return 0;
}

unsigned int assembly_take(struct assembly *assembly, const struct record *record, __u64 offset)
{
	if (is_next(assembly, record, offset)) {
		assembly->block[assembly->have++] = *record;
		return assembly->have == assembly->want ? judge(assembly) : 0;
	}
	assembly_end(assembly);
	if (record->type == REC_header)
		begin(assembly, record, offset);
	else if (record->type != REC_pad && record->type != REC_arrival)
		assembly->gate->blockless++;
	return 0;
}
