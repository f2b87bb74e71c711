// SPDX-License-Identifier: GPL-2.0-or-later
/* report_refused - what was not used for want of a tag, or of a key */
#include "report.h"

static void print_listed(const struct gate *gate, FILE *out)
{
	for (unsigned int i = 0; i < gate->lines; i++) {
		const struct refused_block *block = &gate->listed[i];

		text_print_string(out, block->input ? block->input : "?");
		fprintf(out, ": offset %llu: block %s\n", block->offset,
			refusal_texts[block->refusal]);
	}
	if (gate->all_refused > gate->lines)
		fprintf(out, "... and %llu more refused blocks\n", gate->all_refused - gate->lines);
}

void report_refused(const struct decoder *decoder, FILE *out)
{
	const struct gate *gate = decoder->gate;

	if (decoder->sealed)
		fprintf(out, "%llu sealed block%s, not opened: name the keys with --keys\n",
			decoder->sealed, text_plural(decoder->sealed));
	if (!gate || decoder->shared.options->listen)
		return;
	if (gate->all_refused) {
		fprintf(out, "refused: %llu block%s\n", gate->all_refused,
			text_plural(gate->all_refused));
		gate_report(gate, out);
		print_listed(gate, out);
	}
	if (gate->blockless)
		fprintf(out,
			"refused: %llu intact record%s in no whole block, which nothing proves\n",
			gate->blockless, text_plural(gate->blockless));
}
