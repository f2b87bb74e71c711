// SPDX-License-Identifier: GPL-2.0-or-later
/* histview - the view of a probe whose records are histograms of times */
#include "histview.h"

#include "plot.h"

void *histview_open(struct session *session)
{
	struct histset *set = budget_take(&session->shared->budget, sizeof(*set));

	if (set)
		histset_init(set, &session->shared->budget);
	return set;
}

void histview_take(void *state, struct session *session, const struct record *record)
{
	(void)session;
	histset_take(state, record);
}

__u64 histview_received(const void *state)
{
	return histset_total(state);
}

static void print_key(const struct keyed_histogram *keyed, FILE *out)
{
	static const char *const scopes[] = {
		[SCOPE_CPU] = "cpu",
		[SCOPE_TGID] = "pid",
		[SCOPE_TID] = "tid",
	};
	unsigned int scope = HIST_SCOPE(keyed->shape);

	if (scope == SCOPE_ALL)
		return;
	if (scope < sizeof(scopes) / sizeof(scopes[0]))
		fprintf(out, "\n%s = %u\n", scopes[scope], keyed->key);
	else
		fprintf(out, "\nscope %u, key %u\n", scope, keyed->key);
}

/* Is all there that the summary counts? */
static void print_shortage(const struct keyed_histogram *keyed, __u64 total, FILE *out)
{
	__u64 count = keyed->summary.count;

	if (!keyed->summary.type)
		fputs("     no summary was received: mean and deviation are unknown\n", out);
	else if (total < count)
		fprintf(out,
			"     %llu of %llu counts are missing: their slices were not received\n",
			count - total, count);
	else if (total > count)
		fprintf(out,
			"     the buckets have %llu counts more: the summary is an older one\n",
			total - count);
}

void histview_plot(const struct keyed_histogram *keyed, const struct options *options, FILE *out)
{
	struct moments moments = keyed_histogram_moments(keyed);
	__u64 total = histogram_total(&keyed->buckets);

	if (options->buckets == BUCKETS_H2)
		plot_h2(out, &keyed->buckets, options->unit);
	else
		plot_log2(out, &keyed->buckets, options->unit);
	if (total || moments.count)
		plot_figures(out, &keyed->buckets, &moments, options->unit);
	else
		fputs("     nothing was counted\n", out);
	print_shortage(keyed, total, out);
}

void histview_shortage(const struct histset *set, FILE *out)
{
	if (set->foreign)
		fprintf(out,
			"     %llu record%s of an unknown bucket layout: use a newer " PROGRAM "\n",
			set->foreign, text_plural(set->foreign));
	if (set->refused)
		fprintf(out, "     %llu record%s of further histograms, more than are kept\n",
			set->refused, text_plural(set->refused));
}

void histview_report(const void *state, const struct session *session, FILE *out)
{
	const struct histset *set = state;

	for (unsigned int i = 0; i < set->count; i++) {
		print_key(set->histogram[i], out);
		histview_plot(set->histogram[i], session->shared->options, out);
	}
	histview_shortage(set, out);
}

void histview_close(void *state, struct session *session)
{
	histset_release(state);
	budget_give(&session->shared->budget, state, sizeof(struct histset));
}
