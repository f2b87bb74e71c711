// SPDX-License-Identifier: GPL-2.0-or-later
/* svg_draw - a distribution as pictures, for a file of their own or within a page */
#include "svg_draw.h"

#include <math.h>

#include "markup.h"
#include "options.h"
#include "svg_axis.h"

#define COURSE_WIDTH 1140u
#define SHADES 6

void svg_style(FILE *out)
{
	fputs(":root{--paper:#fff;--ink:#1b1f24;--faint:#5b6570;--grid:#e3e6ea;--bar:#2f6fb0;"
	      "--line:#c2410c;--s1:#dbe9f6;--s2:#b3d1ea;--s3:#7fb2da;--s4:#4a8dc2;--s5:#2165a3;"
	      "--s6:#0b3c71}\n"
	      "@media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e6e9ed;"
	      "--faint:#9aa5b1;--grid:#2a3139;--bar:#6aa9e0;--line:#fb923c;--s1:#16324d;"
	      "--s2:#1d4c78;--s3:#2a6ca6;--s4:#4793cf;--s5:#82bdec;--s6:#d3e9fb}}\n"
	      "@media print{:root{--paper:#fff;--ink:#000;--faint:#444;--grid:#ddd;--bar:#2f6fb0;"
	      "--line:#c2410c;--s1:#dbe9f6;--s2:#b3d1ea;--s3:#7fb2da;--s4:#4a8dc2;--s5:#2165a3;"
	      "--s6:#0b3c71}}\n"
	      ".plot{font:12px system-ui,sans-serif;max-width:100%;height:auto}\n"
	      ".plot text{fill:var(--faint)}.plot .title{fill:var(--ink);font-weight:600}\n"
	      ".plot .below{text-anchor:middle}.plot .left{text-anchor:end}\n"
	      ".plot .markend{fill:var(--line);font-size:11px;text-anchor:end;paint-order:stroke;"
	      "stroke:var(--paper);stroke-width:3px}\n"
	      ".paper{fill:var(--paper)}.grid{stroke:var(--grid);fill:none}\n"
	      ".bar{fill:var(--bar)}.bar:hover{fill:var(--line)}\n"
	      ".line{stroke:var(--bar);stroke-width:2;fill:none}\n"
	      ".point{stroke:var(--line);stroke-dasharray:4 3;fill:none}\n"
	      ".s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--s4)}"
	      ".s5{fill:var(--s5)}.s6{fill:var(--s6)}\n"
	      ".half{stroke:var(--line);stroke-width:1.5;fill:none}\n",
	      out);
}

/* Buckets below 16 ns are a nanosecond wide: there the axis begins with them as they are. */
static void put_bar(FILE *out, const struct svg_axis *x, const struct svg_axis *y, __u32 bucket,
		    __u64 count)
{
	double left = svg_place(x, svg_log(h2_lower(bucket)));
	double right = svg_place(x, log2((double)h2_upper(bucket) + 1));
	double top = svg_place(y, (double)count), width = right - left;
	char low[TEXT_NUMBER], high[TEXT_NUMBER];
	const struct unit *unit = unit_find("us");

	if (y->from - top < 1)
		top = y->from - 1; /* rare ones are what one looks for */
	fprintf(out,
		"<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
		"<title>%llu: %s to %s us</title></rect>\n",
		left, top, width > 0.8 ? width - 0.4 : width, y->from - top, count,
		text_ns(low, h2_lower(bucket), unit), text_ns(high, h2_upper(bucket), unit));
}

/* Where half of all lie below, and nearly all. */
static void put_marks(FILE *out, const struct svg_axis *x, const struct plotted *subject)
{
	struct figures figures = figures_of(&subject->buckets, &subject->moments);
	unsigned int row = 0;

	for (unsigned int i = 0; i < FIGURES_PERCENTILES; i++) {
		double at = svg_place(x, svg_log(figures.percentile_ns[i]));
		char name[16];

		if (i == 1 || i == 2)
			continue;
		snprintf(name, sizeof(name), "p%s", figures_percentiles[i].name);
		fprintf(out, "<path class=\"point\" d=\"M%.1f,%uV%u\"/>\n", at, SVG_TOP,
			SVG_HEIGHT - SVG_BOTTOM);
		svg_label(out, at - 3, SVG_TOP + 10 + 12 * row++, "markend", name);
	}
}

void svg_histogram(FILE *out, const struct plotted *subject)
{
	struct svg_axis x = { .from = SVG_LEFT, .to = SVG_WIDTH - SVG_RIGHT };
	struct svg_axis y = { .from = SVG_HEIGHT - SVG_BOTTOM, .to = SVG_TOP };
	__u64 most = 0;

	svg_begin(out, SVG_WIDTH, SVG_HEIGHT, "Histogram", subject);
	for (__u32 i = 0; i < H2_BUCKETS; i++)
		if (subject->buckets.count[i] > most)
			most = subject->buckets.count[i];
	y.most = (double)most * 1.05;
	if (svg_time_axis(&x, &subject->buckets)) {
		svg_counts_left(out, most, &y, SVG_WIDTH);
		svg_times_below(out, &x, SVG_HEIGHT);
		for (__u32 i = 0; i < H2_BUCKETS; i++)
			if (subject->buckets.count[i])
				put_bar(out, &x, &y, i, subject->buckets.count[i]);
		put_marks(out, &x, subject);
		svg_label(out, (x.from + x.to) / 2, SVG_HEIGHT - 10, "below",
			  "latency, one bar for each bucket");
	}
	svg_end(out);
}

/* 0 %, 90 %, 99 %, 99.9 % ... have the same distance. */
static void put_nines(FILE *out, const struct svg_axis *x)
{
	static const char *const names[] = { "0 %",	  "90 %",	"99 %",
					     "99.9 %",	  "99.99 %",	"99.999 %",
					     "99.9999 %", "99.99999 %", "99.999999 %" };

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]) && i <= x->most; i++) {
		double at = svg_place(x, i);

		fprintf(out, "<path class=\"grid\" d=\"M%.1f,%uV%u\"/>\n", at, SVG_TOP,
			SVG_HEIGHT - SVG_BOTTOM);
		svg_label(out, at, SVG_HEIGHT - SVG_BOTTOM + 16, "below", names[i]);
	}
}

static void put_curve(FILE *out, const struct svg_axis *x, const struct svg_axis *y,
		      const struct histogram *buckets, __u64 total)
{
	__u64 below = 0;
	bool begun = false;

	fputs("<path class=\"line\" d=\"", out);
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		double share;

		if (!buckets->count[i])
			continue;
		fprintf(out, "%c%.1f,%.1f", begun ? 'L' : 'M',
			svg_place(x, log10((double)total / (double)(total - below))),
			svg_place(y, svg_log(h2_upper(i))));
		begun = true;
		below += buckets->count[i];
		share = below < total ? log10((double)total / (double)(total - below)) : x->most;
		fprintf(out, "H%.1f", svg_place(x, share));
	}
	fputs("\"/>\n", out);
}

void svg_percentiles(FILE *out, const struct plotted *subject)
{
	struct svg_axis x = { .from = SVG_LEFT, .to = SVG_WIDTH - 2 * SVG_RIGHT };
	struct svg_axis y = { .from = SVG_HEIGHT - SVG_BOTTOM, .to = SVG_TOP };
	__u64 total = histogram_total(&subject->buckets);

	svg_begin(out, SVG_WIDTH, SVG_HEIGHT, "Percentiles", subject);
	if (svg_time_axis(&y, &subject->buckets)) {
		x.most = log10((double)total) + 0.3;
		svg_times_left(out, &y, SVG_WIDTH - SVG_RIGHT);
		put_nines(out, &x);
		put_curve(out, &x, &y, &subject->buckets, total);
		svg_label(out, (x.from + x.to) / 2, SVG_HEIGHT - 10, "below",
			  "share that was faster; at most 12.5 % too high, never too low");
	}
	svg_end(out);
}

/*
 * The course: cells of a quarter of an octave, in shades by the logarithm of their counts
 */

#define PER_OCTAVE 4
#define CELLS (64 * PER_OCTAVE)

bool svg_has_course(const struct plotted *subject)
{
	return subject->times > 1;
}

static void fill_cells(__u64 cells[CELLS], const struct histogram *buckets)
{
	for (unsigned int i = 0; i < CELLS; i++)
		cells[i] = 0;
	for (__u32 i = 0; i < H2_BUCKETS; i++) {
		/* the middle, so that none lies on an edge */
		double middle = ((double)h2_lower(i) + (double)h2_upper(i)) / 2 + 0.25;
		double cell = middle < 1 ? 0 : floor(log2(middle) * PER_OCTAVE);

		cells[cell < CELLS ? (unsigned int)cell : CELLS - 1] += buckets->count[i];
	}
}

static __u64 find_most(const struct plotted *subject)
{
	__u64 cells[CELLS], most = 1;

	for (unsigned int i = 0; i < subject->times; i++) {
		fill_cells(cells, &subject->time[i].buckets);
		for (unsigned int j = 0; j < CELLS; j++)
			if (cells[j] > most)
				most = cells[j];
	}
	return most;
}

static unsigned int shade_of(__u64 count, __u64 most)
{
	double part = most > 1 ? log((double)count) / log((double)most) : 1;

	return part >= 1 ? SHADES : 1 + (unsigned int)(part * SHADES);
}

static double left_of(const struct svg_axis *x, const struct column_of_time *time)
{
	return svg_place(x, (double)time->from_ns);
}

/* All cells of one shade are one path: a page with many of them stays small. */
static void put_shade(FILE *out, const struct plotted *subject, const struct svg_axis *x,
		      const struct svg_axis *y, __u64 most, unsigned int shade)
{
	__u64 cells[CELLS];

	fprintf(out, "<path class=\"s%u\" d=\"", shade);
	for (unsigned int i = 0; i < subject->times; i++) {
		double left = left_of(x, &subject->time[i]);
		double width = svg_place(x, (double)subject->time[i].to_ns) - left;

		fill_cells(cells, &subject->time[i].buckets);
		for (unsigned int j = 0; j < CELLS; j++) {
			double bottom = svg_place(y, (double)j / PER_OCTAVE);
			double top = svg_place(y, (double)(j + 1) / PER_OCTAVE);

			if (cells[j] && shade_of(cells[j], most) == shade)
				fprintf(out, "M%.1f,%.1fh%.1fV%.1fh-%.1fz", left, bottom, width,
					top, width);
		}
	}
	fputs("\"/>\n", out);
}

static void put_line(FILE *out, const struct plotted *subject, const struct svg_axis *x,
		     const struct svg_axis *y)
{
	bool begun = false;

	fputs("<path class=\"half\" d=\"", out);
	for (unsigned int i = 0; i < subject->times; i++) {
		const struct column_of_time *time = &subject->time[i];
		double middle = (left_of(x, time) + svg_place(x, (double)time->to_ns)) / 2;

		if (!histogram_total(&time->buckets))
			continue;
		fprintf(out, "%c%.1f,%.1f", begun ? 'L' : 'M', middle,
			svg_place(y, svg_log(histogram_percentile(&time->buckets, 990))));
		begun = true;
	}
	fputs("\"/>\n", out);
}

static void put_clock(FILE *out, const struct plotted *subject, const struct svg_axis *x)
{
	__u64 span_ns = (__u64)(x->most - x->least), boot_ns = (__u64)x->least;

	for (unsigned int i = 0; i <= 6; i++) {
		__u64 at_ns = boot_ns + span_ns / 6 * i;
		double at = svg_place(x, (double)at_ns);
		char text[TEXT_TIME];

		if (subject->date_from_ns) {
			text_time_of_day(text, subject->date_from_ns + (at_ns - subject->from_ns));
			text[8] = '\0'; /* without the fraction */
		} else {
			snprintf(text, sizeof(text), "%.1f s", (double)at_ns / NS_PER_SEC);
		}
		svg_label(out, at, SVG_HEIGHT - SVG_BOTTOM + 16, "below", text);
	}
}

void svg_course(FILE *out, const struct plotted *subject)
{
	struct svg_axis x = { .from = SVG_LEFT, .to = COURSE_WIDTH - 2 * SVG_RIGHT };
	struct svg_axis y = { .from = SVG_HEIGHT - SVG_BOTTOM, .to = SVG_TOP };
	struct histogram all = { 0 };
	__u64 most = find_most(subject);
	char text[80];

	svg_begin(out, COURSE_WIDTH, SVG_HEIGHT, "Course", subject);
	for (unsigned int i = 0; i < subject->times; i++)
		for (__u32 j = 0; j < H2_BUCKETS; j++)
			all.count[j] += subject->time[i].buckets.count[j];
	if (svg_time_axis(&y, &all)) {
		x.least = (double)subject->time[0].from_ns;
		x.most = (double)subject->time[subject->times - 1].to_ns;
		svg_times_left(out, &y, COURSE_WIDTH - SVG_RIGHT);
		for (unsigned int shade = 1; shade <= SHADES; shade++)
			put_shade(out, subject, &x, &y, most, shade);
		put_line(out, subject, &x, &y);
		put_clock(out, subject, &x);
		snprintf(text, sizeof(text), "strongest: %llu in a cell; the line: p99", most);
		svg_label(out, x.to, 20, "left", text);
	}
	svg_end(out);
}
