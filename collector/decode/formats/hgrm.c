// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hgrm - the percentile distribution of HdrHistogram, as its plotters read it
 *
 * One histogram a file; to standard output there must be only one.  Values are microseconds.
 * Lines that begin with # are comments to all of them.
 */
#include <math.h>
#include <string.h>

#include "collect.h"
#include "options.h"

/* Percentiles in as fine steps as the buckets have: one line for each of them that is not empty. */
static void put_lines(FILE *out, const struct histogram *buckets, __u64 total)
{
	char value[TEXT_NUMBER];
	__u64 below = 0;

	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		long double share, rest;

		if (!buckets->count[i])
			continue;
		below += buckets->count[i];
		share = (long double)below / total;
		rest = (long double)(total - below) / total;
		fprintf(out, "%12s %.12Lf %10llu", text_ns(value, h2_upper(i), unit_find("us")),
			share, below);
		if (below < total)
			fprintf(out, " %14.2Lf", 1 / rest);
		else
			fputs("            inf", out);
		fputc('\n', out);
	}
}

static void put_tail(FILE *out, const struct figures *figures, __u64 greatest_ns)
{
	char max[TEXT_NUMBER];

	fprintf(out, "#[Mean    = %12.3Lf, StdDeviation   = %12.3Lf]\n",
		figures->has_mean ? figures->mean_ns / NS_PER_US : NAN,
		figures->has_variance ? figures->deviation_ns / NS_PER_US : NAN);
	fprintf(out, "#[Max     = %12s, Total count    = %12llu]\n",
		text_ns(max, figures->has_max ? figures->max_ns : greatest_ns, unit_find("us")),
		figures->count);
	fprintf(out, "#[Buckets = %12d, SubBuckets     = %12u]\n", 64 - H2_PRECISION,
		H2_PER_OCTAVE);
}

static void put_histogram(FILE *out, const struct plotted *subject, const struct losses *losses)
{
	struct figures figures = figures_of(&subject->buckets, &subject->moments);

	fprintf(out, "#%s, board %s, session %u, microseconds; %s\n", subject->title,
		subject->board, subject->session, FIGURES_BOUND);
	losses_print(losses, out, "#");
	fputs("       Value     Percentile TotalCount 1/(1-Percentile)\n\n", out);
	put_lines(out, &subject->buckets, figures.count);
	put_tail(out, &figures, histogram_percentile(&subject->buckets, 1000));
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct collected *state = writer->state;

	losses_distribution(&state->losses, session, distribution);
	if (!distribution->is_step && histogram_total(distribution->buckets))
		collect(&state->collection, writer, session, distribution);
}

static void put_files(struct writer *writer)
{
	const struct collected *state = writer->state;
	char name[COLLECT_FILE + 8], stem[COLLECT_FILE];

	for (unsigned int i = 0; i < state->collection.subjects && !writer->failed; i++) {
		FILE *out;

		snprintf(name, sizeof(name), "%s.hgrm", collect_file(stem, &state->collection, i));
		out = writer_file_open(writer, name);
		if (out)
			put_histogram(out, state->collection.subject[i], &state->losses);
		writer_file_close(writer, out);
	}
}

static void end(struct writer *writer, bool clean)
{
	struct collected *state = writer->state;
	unsigned int subjects = state->collection.subjects;
	char why[128];

	losses_end(&state->losses, writer, clean);
	if (!writer->out) {
		put_files(writer);
	} else if (subjects == 1) {
		put_histogram(writer->out, state->collection.subject[0], &state->losses);
	} else {
		snprintf(why, sizeof(why),
			 subjects ? "%u histograms: choose by --probe, or name a directory"
				  : "there is no histogram",
			 subjects);
		writer_fail(writer, why);
	}
	if (state->collection.left_out && !writer->failed)
		fprintf(stderr, PROGRAM ": %llu more histograms were left out\n",
			state->collection.left_out);
}

const struct format format_hgrm = {
	.suffix = ".hgrm",
	.makes = MAKES_EITHER,
	.takes = WRITES_REPORT,
	.size = sizeof(struct collected),
	.row = collected_row,
	.distribution = distribution,
	.end = end,
	.close = collected_close,
};
