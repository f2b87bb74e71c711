// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * svg - single pictures: histogram, percentiles, course in time
 *
 * A directory has all of each distribution, a file each; to standard output there is the histogram of the
 * only one.
 */
#include <string.h>

#include "markup.h"
#include "options.h"
#include "svg_axis.h"
#include "svg_draw.h"

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct collected *state = writer->state;

	losses_distribution(&state->losses, session, distribution);
	if (histogram_total(distribution->buckets))
		collect(&state->collection, writer, session, distribution);
}

/* A picture that stands alone: with its style, and a line that says what it is. */
static void put_picture(FILE *out, const struct collected *state, const struct plotted *subject,
			void (*draw)(FILE *out, const struct plotted *subject))
{
	bool is_course = draw == svg_course;
	unsigned int width = is_course ? 2 * SVG_WIDTH + 20 : SVG_WIDTH;
	unsigned int height = SVG_HEIGHT + 24;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
		"height=\"%u\">\n<style>",
		width, height, width, height);
	svg_style(out);
	fprintf(out, "</style>\n<rect class=\"paper\" width=\"%u\" height=\"%u\"/>\n", width,
		height);
	draw(out, subject);
	fprintf(out, "<g class=\"plot\"><text x=\"%u\" y=\"%u\">", SVG_LEFT, height - 10);
	markup(out, subject->title);
	fputs(", board ", out);
	markup(out, subject->board);
	fprintf(out, ", session %u", subject->session);
	if (state->losses.count)
		fprintf(out, "</text><text class=\"markend\" x=\"%u\" y=\"%u\">INCOMPLETE",
			width - SVG_RIGHT, height - 10);
	fputs("</text></g>\n", out);
	if (state->losses.count) {
		fputs("<desc>", out);
		for (unsigned int i = 0; i < LOSSES_KEPT && i < state->losses.count; i++)
			if (state->losses.sentence[i]) {
				markup(out, state->losses.sentence[i]);
				fputc('\n', out);
			}
		fputs("</desc>\n", out);
	}
	fputs("</svg>\n", out);
}

static void put_file(struct writer *writer, unsigned int number, const char *what,
		     void (*draw)(FILE *out, const struct plotted *subject))
{
	const struct collected *state = writer->state;
	char stem[COLLECT_FILE], name[COLLECT_FILE + 32];
	FILE *out;

	snprintf(name, sizeof(name), "%s-%s.svg", collect_file(stem, &state->collection, number),
		 what);
	out = writer->failed ? NULL : writer_file_open(writer, name);
	if (out)
		put_picture(out, state, state->collection.subject[number], draw);
	writer_file_close(writer, out);
}

static void end(struct writer *writer, bool clean)
{
	struct collected *state = writer->state;
	unsigned int subjects = state->collection.subjects;
	char why[96];

	losses_end(&state->losses, writer, clean);
	for (unsigned int i = 0; !writer->out && i < subjects; i++) {
		put_file(writer, i, "histogram", svg_histogram);
		put_file(writer, i, "percentiles", svg_percentiles);
		if (svg_has_course(state->collection.subject[i]))
			put_file(writer, i, "course", svg_course);
	}
	if (!writer->out)
		return;
	if (subjects == 1) {
		put_picture(writer->out, state, state->collection.subject[0], svg_histogram);
		return;
	}
	snprintf(why, sizeof(why),
		 subjects ? "%u distributions: choose by --probe, or name a directory"
			  : "there is no distribution",
		 subjects);
	writer_fail(writer, why);
}

const struct format format_svg = {
	.suffix = ".svg",
	.makes = MAKES_EITHER,
	.takes = WRITES_REPORT,
	.interval_ns = NS_PER_SEC,
	.size = sizeof(struct collected),
	.row = collected_row,
	.distribution = distribution,
	.end = end,
	.close = collected_close,
};
