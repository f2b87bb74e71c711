// SPDX-License-Identifier: GPL-2.0-or-later
/* diff - 'tarsier-decode diff': two recordings, before and after */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "command.h"
#include "comparison.h"
#include "exit.h"
#include "formats/json_value.h"
#include "gather.h"
#include "tell.h"
#include "verdict.h"
#include "view.h"

#define STEPS_WANTED 60
#define NS_PER_MSEC 1000000ULL

static const char *check(struct options *options)
{
	options->rows = 0;
	if (!strcmp(options->inputs[0], "-") || !strcmp(options->inputs[1], "-"))
		return "each recording is read twice: name files or directories";
	return options->format && strcmp(options->format->name, "json") != 0
		       ? "--format is text or json here"
		       : NULL;
}

struct recording {
	const char *name;
	struct collection collection;
	int status;
};

/* All of one recording, in steps of @interval_ns; 0: without steps.  False: told the user. */
static bool collect(const struct options *options, __u64 interval_ns, bool loud,
		    struct recording *recording)
{
	char *inputs[] = { (char *)recording->name };
	struct input_result result = { .quiet = !loud };
	struct options reading = *options;
	struct decoder *decoder;
	bool clean;

	reading.inputs = inputs;
	reading.input_count = 1;
	reading.interval_ns = interval_ns;
	reading.format = NULL;
	decoder = gather_open(&reading, 0, stdout);
	if (!decoder)
		return false;
	decoder->shared.writer = series_writer(&reading);
	if (!decoder->shared.writer) {
		gather_close(decoder, EXIT_IO);
		return false;
	}
	gather(decoder, &result);
	clean = tell(decoder, decoder->shared.writer);
	series_release(&recording->collection);
	recording->collection = series_take(decoder->shared.writer);
	if (loud)
		verdict_print(decoder, stderr);
	recording->status = gather_close(decoder, gather_status(decoder, &result, clean, stdout));
	return true;
}

/* 1, 2 or 5 times a power of ten, so that the shorter one has up to STEPS_WANTED steps. */
static __u64 choose_interval(const struct recording both[2])
{
	static const unsigned int factors[] = { 1, 2, 5 };
	__u64 one = both[0].collection.length_ns, other = both[1].collection.length_ns;
	__u64 length_ns = one < other ? one : other;

	for (__u64 power_ns = NS_PER_MSEC; power_ns < length_ns; power_ns *= 10)
		for (unsigned int i = 0; i < 3; i++)
			if (length_ns / (power_ns * factors[i]) <= STEPS_WANTED)
				return power_ns * factors[i];
	return NS_PER_MSEC;
}

static double rate(const struct series *series)
{
	return series->length_ns
		       ? (double)series->total.moments.count * 1e9 / (double)series->length_ns
		       : 0;
}

/*
 * As text
 */

static void print_line(const char *name, double before, double after, int decimals,
		       const char *text)
{
	printf("  %-12s %16.*f %16.*f", name, decimals, before, decimals, after);
	if (before != 0)
		printf(" %+9.1f%%", change_percent(before, after));
	else
		printf(" %10s", "");
	printf("%s%s\n", *text ? "  " : "", text);
}

static void print_figures(const struct comparison *comparison, const struct unit *unit)
{
	const struct span *before = &comparison->before->total, *after = &comparison->after->total;
	double scale = (double)unit->ns;

	printf("  %-12s %16s %16s %10s  %s\n", unit->name, "BEFORE", "AFTER", "CHANGE", "VERDICT");
	print_line("count", (double)before->moments.count, (double)after->moments.count, 0, "");
	print_line("per second", rate(comparison->before), rate(comparison->after), 1, "");
	for (unsigned int i = 0; i < FIGURES_COUNT; i++) {
		const struct change *change = &comparison->change[i];

		if (change->known)
			print_line(figure_names[i], change->before / scale, change->after / scale,
				   unit->decimals, change_texts[change->kind]);
	}
	print_line("max", (double)before->moments.max / scale, (double)after->moments.max / scale,
		   unit->decimals, "");
}

static void print_heading(const struct series *series)
{
	char name[VIEW_NAME];

	fputs(view_name(name, series->probe), stdout);
	if (series->of_cpu)
		printf(", CPU %llu", series->cpu);
	putchar('\n');
}

static void print_comparison(const struct comparison *comparison, const struct options *options)
{
	print_heading(comparison->before);
	print_figures(comparison, options->unit);
	printf("  verdict: %s ", change_texts[comparison->kind]);
	if (comparison->by_steps)
		printf("(by %zu and %zu steps)\n\n", comparison->before->steps,
		       comparison->after->steps);
	else
		printf("(by the counts alone: %zu and %zu steps are less than %d)\n\n",
		       comparison->before->steps, comparison->after->steps, COMPARISON_STEPS_LEAST);
}

static void print_only(const struct series *series, const char *which)
{
	print_heading(series);
	printf("  only in the recording %s\n\n", which);
}

/*
 * As JSON
 */

static json_t *json_of_series(const struct series *series)
{
	const struct moments *moments = &series->total.moments;

	return json_pack("{s:I, s:f, s:I, s:I}", "count", (json_int_t)moments->count, "per_second",
			 rate(series), "max_ns", (json_int_t)moments->max, "steps",
			 (json_int_t)series->steps);
}

static json_t *json_of_change(const struct change *change)
{
	json_t *value = json_object();

	if (change->known) {
		json_object_set_new(value, "before_ns", json_real(change->before));
		json_object_set_new(value, "after_ns", json_real(change->after));
	}
	json_object_set_new(value, "verdict", json_string(change_texts[change->kind]));
	return value;
}

static json_t *json_of_comparison(const struct comparison *comparison)
{
	json_t *value = json_object();
	char name[VIEW_NAME];

	json_object_set_new(value, "probe",
			    json_string(view_name(name, comparison->before->probe)));
	json_object_set_new(value, "cpu",
			    comparison->before->of_cpu
				    ? json_integer((json_int_t)comparison->before->cpu)
				    : json_null());
	json_object_set_new(value, "before", json_of_series(comparison->before));
	json_object_set_new(value, "after", json_of_series(comparison->after));
	for (unsigned int i = 0; i < FIGURES_COUNT; i++)
		json_object_set_new(value, figure_names[i], json_of_change(&comparison->change[i]));
	json_object_set_new(value, "by_steps", json_boolean(comparison->by_steps));
	json_object_set_new(value, "verdict", json_string(change_texts[comparison->kind]));
	return value;
}

static void show(const struct recording both[2], const struct options *options)
{
	const struct collection *before = &both[0].collection, *after = &both[1].collection;
	json_t *all;

	json_begin();
	all = json_array();
	for (unsigned int i = 0; i < before->count; i++) {
		const struct series *other = series_find(after, &before->series[i]);
		struct comparison comparison;

		if (!other && !options->format)
			print_only(&before->series[i], "before");
		if (!other)
			continue;
		comparison = compare_series(&before->series[i], other);
		if (options->format)
			json_array_append_new(all, json_of_comparison(&comparison));
		else
			print_comparison(&comparison, options);
	}
	for (unsigned int i = 0; i < after->count; i++)
		if (!series_find(before, &after->series[i]) && !options->format)
			print_only(&after->series[i], "after");
	if (options->format) {
		json_dumpf(all, stdout, JSON_INDENT(1));
		putchar('\n');
	}
	json_decref(all);
}

static int worse(int one, int other)
{
	return one == EXIT_IO || (one && other != EXIT_IO) ? one : other;
}

static int run(const struct options *options)
{
	struct recording both[2] = { { .name = options->inputs[0] },
				     { .name = options->inputs[1] } };
	__u64 interval_ns = options->interval_ns;
	int status = EXIT_IO;

	if (!interval_ns && collect(options, 0, false, &both[0]) &&
	    collect(options, 0, false, &both[1]))
		interval_ns = choose_interval(both);
	if (interval_ns && collect(options, interval_ns, true, &both[0]) &&
	    collect(options, interval_ns, true, &both[1])) {
		status = worse(both[0].status, both[1].status);
		if (both[0].collection.incomplete || both[1].collection.incomplete)
			fputs(PROGRAM ": diff: there are more steps than fit; choose a longer "
				      "--interval\n",
			      stderr);
		if (status == EXIT_CLEAN || status == EXIT_DAMAGED)
			show(both, options);
		if (both[0].collection.no_memory || both[1].collection.no_memory ||
		    json_lacked_memory()) {
			fputs(PROGRAM ": out of memory\n", stderr);
			status = EXIT_IO;
		}
		if (fflush(stdout) || ferror(stdout)) {
			fprintf(stderr, PROGRAM ": cannot write the report: %s\n", strerror(errno));
			status = EXIT_IO;
		}
	}
	series_release(&both[0].collection);
	series_release(&both[1].collection);
	return status;
}

const struct command command_diff = {
	.operands = "FILE|DIR FILE|DIR",
	.operands_least = 2,
	.operands_most = 2,
	.wanted = "name two recordings: before and after",
	.about = "Compares what two recordings, before and after, say of durations; with --verbose "
		 "for each\n"
		 "CPU too. A difference is called one if the figures of the recordings' steps tell "
		 "it from\n"
		 "noise (Mann-Whitney U test at 1 %); with fewer than 8 steps, if the confidence "
		 "intervals\n"
		 "of the figures are apart (99 % each, values taken for independent). Percentiles "
		 "are known\n"
		 "to a bucket, 12.5 %: less is within the resolution.",
	.example = "  " PROGRAM " diff before.tsr after.tsr",
	.check = check,
	.run = run,
};
