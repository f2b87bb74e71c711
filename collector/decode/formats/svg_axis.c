// SPDX-License-Identifier: GPL-2.0-or-later
/* svg_axis - the frame of a picture: title, logarithmic axes with their labels */
#include "svg_axis.h"

#include <math.h>

#include "markup.h"

double svg_place(const struct svg_axis *axis, double value)
{
	double span = axis->most > axis->least ? axis->most - axis->least : 1;

	return axis->from + (value - axis->least) / span * (axis->to - axis->from);
}

double svg_log(__u64 ns)
{
	return log2((double)(ns ? ns : 1));
}

void svg_begin(FILE *out, unsigned int width, unsigned int height, const char *what,
	       const struct plotted *subject)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" "
		"width=\"%u\" height=\"%u\" role=\"img\" class=\"plot\">\n<title>",
		width, height, width, height);
	markup(out, what);
	fputs(": ", out);
	markup(out, subject->title);
	fprintf(out,
		"</title>\n<rect class=\"paper\" width=\"%u\" height=\"%u\"/>\n"
		"<text class=\"title\" x=\"%u\" y=\"20\">",
		width, height, SVG_LEFT);
	markup(out, what);
	fputs("</text>\n", out);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void svg_label(FILE *out, double x, double y, const char *class, const char *text)
{
	fprintf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
	markup(out, text);
	fputs("</text>\n", out);
}

/* "20 us" for @factor * 10^@power ns */
static const char *tick_name(char to[16], unsigned int factor, unsigned int power)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	static const unsigned int tens[] = { 1, 10, 100 };

	if (power < 12)
		snprintf(to, 16, "%u %s", factor * tens[power % 3], units[power / 3]);
	else
		snprintf(to, 16, "%ue%u s", factor, power - 9);
	return to;
}

#define TICKS 16

struct tick {
	double value;
	char name[16];
};

/* The powers of ten on @axis, every third where they are many, with 2 and 5 where they are few. */
static unsigned int find_ticks(const struct svg_axis *axis, struct tick ticks[TICKS])
{
	static const unsigned int factors[] = { 1, 2, 5 };
	double powers = (axis->most - axis->least) / log2(10);
	unsigned int step = powers > 9 ? 9 : powers < 2.5 ? 1 : 3, number = 0;

	for (unsigned int i = 0; i < 3 * 20 && number < TICKS; i += step) {
		unsigned int power = i / 3;
		double value = log2(factors[i % 3]) + power * log2(10);

		if (value < axis->least - 1e-9 || value > axis->most + 1e-9)
			continue;
		ticks[number].value = value;
		tick_name(ticks[number++].name, factors[i % 3], power);
	}
	return number;
}

void svg_times_below(FILE *out, const struct svg_axis *axis, unsigned int height)
{
	struct tick ticks[TICKS];
	unsigned int number = find_ticks(axis, ticks);

	for (unsigned int i = 0; i < number; i++) {
		double x = svg_place(axis, ticks[i].value);

		fprintf(out, "<path class=\"grid\" d=\"M%.1f,%uV%u\"/>\n", x, SVG_TOP,
			height - SVG_BOTTOM);
		svg_label(out, x, height - SVG_BOTTOM + 16, "below", ticks[i].name);
	}
}

void svg_times_left(FILE *out, const struct svg_axis *axis, unsigned int width)
{
	struct tick ticks[TICKS];
	unsigned int number = find_ticks(axis, ticks);

	for (unsigned int i = 0; i < number; i++) {
		double y = svg_place(axis, ticks[i].value);

		fprintf(out, "<path class=\"grid\" d=\"M%u,%.1fH%u\"/>\n", SVG_LEFT, y,
			width - SVG_RIGHT);
		svg_label(out, SVG_LEFT - 6, y + 4, "left", ticks[i].name);
	}
}

/* 1, 2 or 5 times a power of ten, so that about four of them make @most */
static __u64 count_step(__u64 most)
{
	static const unsigned int factors[] = { 1, 2, 5 };
	__u64 step = 1, ten = 1;

	for (unsigned int i = 1; i < 3 * 18 && step * 4 < most; i++) {
		if (i % 3 == 0)
			ten *= 10;
		step = factors[i % 3] * ten;
	}
	return step;
}

static const char *count_name(char to[24], __u64 count)
{
	static const char letters[] = " kMGTPE";
	unsigned int letter = 0;

	while (count && !(count % 1000) && letter < 6) {
		count /= 1000;
		letter++;
	}
	snprintf(to, 24, letter ? "%llu%c" : "%llu", count, letters[letter]);
	return to;
}

void svg_counts_left(FILE *out, __u64 most, const struct svg_axis *axis, unsigned int width)
{
	__u64 step = count_step(most);
	char name[24];

	for (__u64 i = 0; i <= 8 && i * step <= most; i++) {
		double y = svg_place(axis, (double)(i * step));

		fprintf(out, "<path class=\"grid\" d=\"M%u,%.1fH%u\"/>\n", SVG_LEFT, y,
			width - SVG_RIGHT);
		svg_label(out, SVG_LEFT - 6, y + 4, "left", count_name(name, i * step));
	}
}

bool svg_time_axis(struct svg_axis *axis, const struct histogram *buckets)
{
	__u32 least, greatest;

	if (!histogram_ends(buckets, &least, &greatest))
		return false;
	axis->least = svg_log(h2_lower(least)) - 0.3;
	axis->most = svg_log(h2_upper(greatest)) + 0.3;
	/* of a single value, too, one sees where it is */
	if (axis->most - axis->least < 3) {
		axis->least -= 1;
		axis->most += 1;
	}
	if (axis->least < 0)
		axis->least = 0;
	return true;
}
