// SPDX-License-Identifier: GPL-2.0-or-later
/* plot - a histogram as a table of stars, and its figures in two lines */
#include "plot.h"

#include <math.h>
#include <string.h>

#define STARS 40
/* From this row on the edges have more than ten digits, and bcc makes two columns of stars one. */
#define WIDE_ROW 33

static void print_stars(FILE *out, __u64 value, __u64 greatest, unsigned int width)
{
	char stars[STARS + 1] = { 0 };
	unsigned int length = greatest ? (unsigned int)((u128)value * width / greatest) : 0;

	memset(stars, '*', length);
	fprintf(out, "|%-*s|\n", (int)width, stars);
}

void plot_log2(FILE *out, const struct histogram *histogram, const struct unit *unit)
{
	__u64 rows[LOG2_ROWS], greatest = 0;
	int last = -1, digits;

	histogram_log2(histogram, unit->ns, rows);
	for (int i = 0; i < LOG2_ROWS; i++) {
		if (rows[i])
			last = i;
		if (rows[i] > greatest)
			greatest = rows[i];
	}
	if (last < 0)
		return;
	digits = last < WIDE_ROW ? 10 : 20;
	fprintf(out, "%*s%-*s : count    distribution\n", digits - 5, "", digits + 9, unit->plural);
	for (int i = 0; i <= last; i++) {
		__u64 lower = i ? 1ULL << i : 0, upper = (1ULL << i) - 1 + (1ULL << i);

		fprintf(out, "%*llu -> %-*llu : %-8llu ", digits, lower, digits, upper, rows[i]);
		print_stars(out, rows[i], greatest, digits == 10 ? STARS : STARS / 2);
	}
}

void plot_h2(FILE *out, const struct histogram *histogram, const struct unit *unit)
{
	__u64 greatest = 0;

	for (__u32 i = 0; i < H2_BUCKETS; i++)
		if (histogram->count[i] > greatest)
			greatest = histogram->count[i];
	if (!greatest)
		return;
	fprintf(out, "%16s%-28s : count    distribution\n", "", unit->plural);
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		char lower[TEXT_NUMBER], upper[TEXT_NUMBER];

		if (!histogram->count[i])
			continue;
		fprintf(out, "%20s -> %-20s : %-8llu ", text_ns(lower, h2_lower(i), unit),
			text_ns(upper, h2_upper(i), unit), histogram->count[i]);
		print_stars(out, histogram->count[i], greatest, STARS);
	}
}

static void print_real(FILE *out, const char *name, bool possible, long double ns,
		       const struct unit *unit)
{
	if (possible)
		fprintf(out, "%s %.3Lf %s", name, ns / unit->ns, unit->name);
	else
		fprintf(out, "%s impossible", name);
}

struct extremes {
	__u64 min;
	__u64 max;
	bool min_is_bound; /* "at least", "at most": what the buckets say */
	bool max_is_bound;
};

/* The recorded extremes, where they lie in the outermost buckets; else the edges of these. */
static bool find_extremes(const struct histogram *histogram, const struct moments *moments,
			  struct extremes *extremes)
{
	__u32 least, greatest;

	if (!histogram_ends(histogram, &least, &greatest))
		return false;
	*extremes = (struct extremes) { .min = moments->min, .max = moments->max };
	if (!moments->count || h2_bucket(moments->min) != least) {
		extremes->min = h2_lower(least);
		extremes->min_is_bound = true;
	}
	if (!moments->count || h2_bucket(moments->max) != greatest) {
		extremes->max = h2_upper(greatest);
		extremes->max_is_bound = true;
	}
	return true;
}

static void print_percentiles(FILE *out, const struct histogram *histogram,
			      const struct extremes *extremes, const struct unit *unit)
{
	static const struct {
		const char *name;
		unsigned int per_mille;
	} wanted[] = { { "p50", 500 }, { "p90", 900 }, { "p99", 990 }, { "p99.9", 999 } };
	char number[TEXT_NUMBER];

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		__u64 value = histogram_percentile(histogram, wanted[i].per_mille);

		if (value > extremes->max)
			value = extremes->max;
		if (value < extremes->min)
			value = extremes->min;
		fprintf(out, "  %s %s", wanted[i].name, text_ns(number, value, unit));
	}
}

static void print_order(FILE *out, const struct histogram *histogram, const struct moments *moments,
			const struct unit *unit)
{
	struct extremes extremes;
	char number[TEXT_NUMBER];

	if (!find_extremes(histogram, moments, &extremes))
		return;
	if (moments->count && moments->min > moments->max)
		fputs("     min and max are impossible: bounds from the buckets follow\n", out);
	fprintf(out, "     min %s%s", extremes.min_is_bound ? ">= " : "",
		text_ns(number, extremes.min, unit));
	print_percentiles(out, histogram, &extremes, unit);
	fprintf(out, "  max %s%s %s\n", extremes.max_is_bound ? "<= " : "",
		text_ns(number, extremes.max, unit), unit->name);
}

void plot_figures(FILE *out, const struct histogram *histogram, const struct moments *moments,
		  const struct unit *unit)
{
	long double mean = 0, variance = 0;
	bool has_mean = moments_mean(moments, &mean);
	bool has_variance = moments_variance(moments, &variance);

	fprintf(out, "     count %llu", moments->count);
	if (moments->count) {
		print_real(out, "  mean", has_mean, mean, unit);
		print_real(out, "  standard deviation", has_variance, sqrtl(variance), unit);
		if (has_variance)
			fprintf(out, " (variance %.3Lf %s^2)", variance / unit->ns / unit->ns,
				unit->name);
	}
	fputc('\n', out);
	print_order(out, histogram, moments, unit);
}
