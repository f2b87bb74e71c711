// SPDX-License-Identifier: GPL-2.0-or-later
/* tell_input - what is not of any session: damage, and what is unknown here */
#include "tell.h"

static const struct column input_columns[] = {
	{ "size", CELL_BYTES, false, "of what was read" },
	{ "records", CELL_COUNT, false, "intact ones" },
	{ "damaged_ranges", CELL_COUNT, false, "ranges that hold no intact record" },
	{ "damaged", CELL_BYTES, false, "in these ranges" },
	{ "sealed_blocks", CELL_COUNT, false, "blocks that only keys open" },
	{ "refused_blocks", CELL_COUNT, false, "blocks that the keys kept out" },
	{ "passed_over", CELL_COUNT, false, "records for which there was no place or memory" },
	{ "unknown_records", CELL_COUNT, false, "records of kinds that are not known here" },
	{ "stopped", CELL_FLAG, false,
	  "reading was ended (Ctrl-C) before the end of what there is" },
	{ "clean", CELL_FLAG, false, "nothing is damaged, missing or unexplained" },
};

static const struct table_kind input_kind = {
	.name = "input",
	.summary = "all that was read",
	.column = input_columns,
	.columns = sizeof(input_columns) / sizeof(input_columns[0]),
	.is_of_input = true,
};

static const struct column damage_columns[] = {
	{ "input", CELL_TEXT, true, "file" },
	{ "offset", CELL_COUNT, true, "of the first byte" },
	{ "length", CELL_BYTES, false, "bytes" },
	{ "kind", CELL_TEXT, false, "what it looks like" },
};

static const struct table_kind damage_kind = {
	.name = "damage",
	.summary = "the first ranges that hold no intact record",
	.column = damage_columns,
	.columns = sizeof(damage_columns) / sizeof(damage_columns[0]),
	.is_of_input = true,
};

static __u64 count_unknown(const struct shared *shared)
{
	__u64 count = shared->unknown_probe;

	for (unsigned int type = 0; type < 256; type++)
		if (!(type & RECORD_MAY_BE_IGNORED))
			count += shared->unknown[type];
	return count;
}

static void tell_damage(const struct decoder *decoder, struct writer *writer)
{
	for (unsigned int i = 0; i < DAMAGE_LISTED && i < decoder->damages; i++) {
		const struct damage_entry *entry = &decoder->damage[i];
		const struct cell cells[] = {
			cell_string(entry->input),
			cell_number(entry->damage.offset),
			cell_number(entry->damage.length),
			cell_string(damage_texts[entry->damage.kind]),
		};

		ASSERT_CELLS(cells, damage_columns);
		tell_row(NULL, &damage_kind, cells, writer);
	}
}

void tell_input(const struct decoder *decoder, bool clean, struct writer *writer)
{
	const struct gate *gate = decoder->gate;
	const struct cell cells[] = {
		cell_number(decoder->bytes),
		cell_number(decoder->records),
		cell_number(decoder->damages),
		cell_number(decoder->damaged_bytes),
		cell_number(decoder->sealed),
		gate ? cell_number(gate->all_refused) : cell_unknown(),
		cell_number(decoder->shared.homeless),
		cell_number(count_unknown(&decoder->shared)),
		cell_number(decoder->stopped),
		cell_number(clean),
	};

	ASSERT_CELLS(cells, input_columns);
	tell_damage(decoder, writer);
	tell_row(NULL, &input_kind, cells, writer);
}
