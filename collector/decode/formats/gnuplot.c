// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gnuplot - one script with its data: a picture of each distribution, and of each one's course in time
 *
 * "gnuplot FILE" makes SVG files; "gnuplot -e 'type=\"png\"' FILE" makes PNG.  Names are text of
 * text_escape(), which has no quote: in single quotes gnuplot takes all of it as it is.
 */
#include <string.h>

#include "collect.h"
#include "options.h"

static void put_heading(FILE *out, const struct losses *losses)
{
	fputs("# Made by " PROGRAM ": gnuplot THIS makes a picture of each plot below.\n"
	      "# Times are microseconds; " FIGURES_BOUND ".\n",
	      out);
	losses_print(losses, out, "# ");
	fputs("if (!exists('type')) type = 'svg'\n"
	      "if (!exists('name')) name = 'tarsier'\n"
	      "if (type eq 'png') set terminal png noenhanced size 1200,600; else "
	      "set terminal svg noenhanced size 1200,600 background 'white'\n"
	      "set encoding utf8\nset grid\nset key top left\nset style fill solid 0.6 noborder\n",
	      out);
}

/* Values of 0 have no place on a logarithmic axis: they are shown as the least there is. */
static void put_buckets(FILE *out, const struct histogram *buckets, __u64 total)
{
	char low[TEXT_NUMBER], high[TEXT_NUMBER];
	const struct unit *unit = unit_find("us");
	__u64 below = 0;

	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		if (!buckets->count[i])
			continue;
		below += buckets->count[i];
		fprintf(out, "%s %s %llu %.9f\n", text_ns(low, i ? h2_lower(i) : 1, unit),
			text_ns(high, i ? h2_upper(i) : 1, unit), buckets->count[i],
			(double)below / (double)total);
	}
}

static void put_distribution(FILE *out, const struct plotted *subject, unsigned int number,
			     bool lossy)
{
	struct figures figures = figures_of(&subject->buckets, &subject->moments);
	__u32 least, greatest;

	if (!histogram_ends(&subject->buckets, &least, &greatest))
		return;
	fprintf(out, "\n$distribution_%u << EOD\n# least greatest count share\n", number);
	put_buckets(out, &subject->buckets, figures.count);
	fprintf(out,
		"EOD\nreset\nset grid\nset key top left\nset style fill solid 0.6 noborder\n"
		"set output name.'-%u.'.type\n"
		"set title '%s, board %s, session %u%s' noenhanced\n"
		"set logscale x\nset xrange [%.6f:%.6f]\nset xlabel 'us'\nset ylabel 'count'\nset "
		"yrange [0:*]\n"
		"set y2range [0:1]\nset y2tics\nset y2label 'share up to here'\n"
		"plot $distribution_%u using (sqrt($1*$2)):3:1:2:(0):3 with boxxyerror "
		"title 'count', '' using 2:4 axes x1y2 with steps lw 2 title 'share'\n",
		number, subject->title, subject->board, subject->session,
		lossy ? " (INCOMPLETE: see the script)" : "",
		(double)(least ? h2_lower(least) : 1) / 1100, (double)h2_upper(greatest) / 900,
		number);
}

static void put_times(FILE *out, const struct plotted *subject)
{
	char value[TEXT_NUMBER];

	for (unsigned int i = 0; i < subject->times; i++) {
		const struct column_of_time *time = &subject->time[i];
		__u64 total = histogram_total(&time->buckets);
		static const unsigned int per_mille[] = { 500, 990, 999, 1000 };

		if (!total)
			continue;
		fprintf(out, "%.6f %llu", (double)(time->to_ns - subject->time->from_ns) / 1e9,
			total);
		for (unsigned int j = 0; j < 4; j++)
			fprintf(out, " %s",
				text_ns(value, histogram_percentile(&time->buckets, per_mille[j]),
					unit_find("us")));
		fputc('\n', out);
	}
}

/* From the least median to the greatest bucket, a nanosecond at least. */
static void find_range(const struct plotted *subject, __u64 *least, __u64 *greatest)
{
	for (unsigned int i = 0; i < subject->times; i++) {
		const struct histogram *buckets = &subject->time[i].buckets;
		__u64 median = histogram_percentile(buckets, 500) | 1;
		__u64 most = histogram_percentile(buckets, 1000) | 1;

		if (!histogram_total(buckets))
			continue;
		if (median < *least)
			*least = median;
		if (most > *greatest)
			*greatest = most;
	}
}

static void put_course(FILE *out, const struct plotted *subject, unsigned int number, bool lossy)
{
	__u64 least = ~0ULL, greatest = 0;

	if (!subject->times)
		return;
	find_range(subject, &least, &greatest);
	fprintf(out, "\n$course_%u << EOD\n# seconds count p50 p99 p99.9 greatest\n", number);
	put_times(out, subject);
	fprintf(out,
		"EOD\nreset\nset grid\nset key top left\n"
		"set output name.'-%u-time.'.type\n"
		"set title '%s, board %s, session %u%s' noenhanced\n"
		"set logscale y\nset yrange [%.3f:%.3f]\nset xlabel 's since recording began'\nset "
		"ylabel 'us'\n"
		"plot $course_%u using 1:3 with linespoints title 'p50', "
		"'' using 1:4 with linespoints title 'p99', "
		"'' using 1:5 with linespoints title 'p99.9', "
		"'' using 1:6 with linespoints title 'greatest'\n",
		number, subject->title, subject->board, subject->session,
		lossy ? " (INCOMPLETE: see the script)" : "", least / 1500.0, greatest / 800.0,
		number);
}

static void end(struct writer *writer, bool clean)
{
	struct collected *state = writer->state;
	const struct collection *collection = &state->collection;

	losses_end(&state->losses, writer, clean);
	put_heading(writer->out, &state->losses);
	for (unsigned int i = 0; i < collection->subjects; i++) {
		put_distribution(writer->out, collection->subject[i], i + 1, state->losses.count);
		put_course(writer->out, collection->subject[i], i + 1, state->losses.count);
	}
	if (!collection->subjects)
		fputs("print 'no distribution'\n", writer->out);
	if (collection->left_out)
		fprintf(writer->out, "# left out: %llu more distributions\n", collection->left_out);
}

const struct format format_gnuplot = {
	.suffix = ".gp",
	.takes = WRITES_REPORT,
	.size = sizeof(struct collected),
	.row = collected_row,
	.distribution = collected_distribution,
	.end = end,
	.close = collected_close,
};
