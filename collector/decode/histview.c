// SPDX-License-Identifier: GPL-2.0-or-later
/* histview - the view of a probe whose records are histograms of times */
#include "histview.h"

#include <stdlib.h>

#include "histstep.h"
#include "histtell.h"
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
	struct histset *set = state;
	__u64 refused = set->refused;

	histset_take(set, record);
	session->shared->homeless += set->refused - refused;
}

__u64 histview_received(const void *state)
{
	return histset_total(state);
}

/* "tid = 12 (name)" */
static void print_task(const char *scope, __u32 id, const struct session *session, __u64 time_ns,
		       FILE *out)
{
	const __u8 *comm = session_task(session, id, time_ns);

	fprintf(out, "%s = %u", scope, id);
	if (!comm)
		return;
	fputs(" (", out);
	text_print(out, comm, COMM_SIZE, 0);
	fputc(')', out);
}

static void print_device(__u32 key, const struct session *session, FILE *out)
{
	session_print_device(session, DEVICE_OF_KEY(key), 0, out);
	fprintf(out, ", PASID %u", PASID_OF_KEY(key));
}

static void print_key(const struct keyed_histogram *keyed, const struct session *session,
		      __u64 time_ns, FILE *out)
{
	unsigned int scope = HIST_SCOPE(keyed->shape);

	if (scope == SCOPE_ALL)
		return;
	fputc('\n', out);
	if (scope == SCOPE_CPU)
		fprintf(out, "cpu = %u", keyed->key);
	else if (scope == SCOPE_IDLE)
		fprintf(out, "idle, cpu = %u", keyed->key);
	else if (scope == SCOPE_DEVICE)
		print_device(keyed->key, session, out);
	else if (scope == SCOPE_TGID)
		print_task("pid", keyed->key, session, time_ns, out);
	else if (scope == SCOPE_TID)
		print_task("tid", keyed->key, session, time_ns, out);
	else
		fprintf(out, "scope %u, key %u", scope, keyed->key);
	fputc('\n', out);
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

static void print_histogram(const struct histogram *buckets, const struct moments *moments,
			    const struct options *options, FILE *out)
{
	if (options->buckets == BUCKETS_H2)
		plot_h2(out, buckets, options->unit);
	else
		plot_log2(out, buckets, options->unit);
	plot_figures(out, buckets, moments, options->unit);
}

static void print_total(const struct keyed_histogram *keyed, const struct session *session,
			FILE *out)
{
	struct moments moments = keyed_histogram_moments(keyed);
	__u64 total = histogram_total(&keyed->buckets);

	print_key(keyed, session, session->last_ns, out);
	if (total || moments.count)
		print_histogram(&keyed->buckets, &moments, session->shared->options, out);
	else
		fputs("     nothing was counted\n", out);
	print_shortage(keyed, total, out);
}

/* What is to be printed, the busiest first; CPUs in their order. */
struct listing {
	struct listed {
		const struct keyed_histogram *keyed;
		__u64 count;
	} histogram[HISTSET_MAX];
	unsigned int count;
};

static void list_add(struct listing *listing, const struct keyed_histogram *keyed, __u64 count)
{
	listing->histogram[listing->count++] = (struct listed) { keyed, count };
}

static int by_count(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;

	if (a->keyed->shape != b->keyed->shape)
		return a->keyed->shape < b->keyed->shape ? -1 : 1;
	if (a->count != b->count && HIST_SCOPE(a->keyed->shape) != SCOPE_CPU)
		return a->count > b->count ? -1 : 1;
	return a->keyed->key < b->keyed->key ? -1 : 1;
}

/* Sort it, and cut it to what --rows allows: returns how many are left out. */
static unsigned int list_cut(struct listing *listing, const struct session *session)
{
	__u64 rows = session->shared->options->rows;
	unsigned int all = listing->count;

	qsort(listing->histogram, all, sizeof(listing->histogram[0]), by_count);
	/* that of all tasks on all CPUs is no row among others */
	if (all && HIST_SCOPE(listing->histogram[0].keyed->shape) == SCOPE_ALL)
		rows += rows < ~0ULL;
	if (rows < all)
		listing->count = (unsigned int)rows;
	return all - listing->count;
}

static void print_rest(unsigned int left_out, FILE *out)
{
	if (left_out)
		fprintf(out, "\n%u more histogram%s (--rows all)\n", left_out,
			text_plural(left_out));
}

void histview_print(const struct histset *set, const struct session *session, FILE *out)
{
	const struct selection *selection = &session->shared->options->selection;
	struct listing listing;
	unsigned int left_out;

	listing.count = 0;
	for (unsigned int i = 0; i < set->count; i++)
		if (selection_takes_histogram(selection, session, set->histogram[i]))
			list_add(&listing, set->histogram[i],
				 histogram_total(&set->histogram[i]->buckets));
	left_out = list_cut(&listing, session);
	for (unsigned int i = 0; i < listing.count; i++)
		print_total(listing.histogram[i].keyed, session, out);
	print_rest(left_out, out);
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
	histview_print(state, session, out);
}

/* It reaches further back than the step it is shown in. */
static void print_since(const struct histstep *difference, const struct session *session, FILE *out)
{
	char text[TEXT_TIME];

	fprintf(out, "     counted since %s, because records are missing:\n",
		difference->from_ns
			? clock_time_of_day(text, session_clock(session), difference->from_ns)
			: "recording began");
}

static void print_difference(const struct keyed_histogram *keyed, const struct session *session,
			     const struct step *step, FILE *out)
{
	struct histstep difference;

	histstep_take(keyed, step, &difference);
	print_key(keyed, session, step->to_ns, out);
	if (difference.from_ns < step->from_ns)
		print_since(&difference, session, out);
	if (difference.backwards)
		fputs("     impossible: counts are less than they were before\n", out);
	else
		print_histogram(&difference.buckets, &difference.moments, session->shared->options,
				out);
}

/* Those of which nothing can be shown now. */
static void print_doubt(unsigned int unsure, unsigned int baseless, FILE *out)
{
	if (unsure)
		fprintf(out,
			"     records are missing: what %u histogram%s counted is not in this "
			"step\n",
			unsure, text_plural(unsure));
	if (baseless)
		fprintf(out, "     %u histogram%s without memory for steps: see the totals\n",
			baseless, text_plural(baseless));
}

void histview_print_step(struct histset *set, const struct session *session,
			 const struct step *step, FILE *out)
{
	const struct selection *selection = &session->shared->options->selection;
	unsigned int states[HISTSTEP_STATES] = { 0 }, left_out;
	struct listing listing;

	listing.count = 0;
	histstep_prove(set, session->ledger.account[step->probe], step);
	for (unsigned int i = 0; i < set->count; i++) {
		const struct keyed_histogram *keyed = set->histogram[i];
		enum histstep_state state = histstep_judge(set, keyed, step);

		states[state]++;
		if (state == HISTSTEP_COUNTED &&
		    selection_takes_histogram(selection, session, keyed))
			list_add(&listing, keyed, histstep_count(keyed));
	}
	left_out = list_cut(&listing, session);
	for (unsigned int i = 0; i < listing.count; i++)
		print_difference(listing.histogram[i].keyed, session, step, out);
	print_rest(left_out, out);
	if (states[HISTSTEP_SAME] == set->count)
		fputs("     nothing was counted\n", out);
	print_doubt(states[HISTSTEP_UNSURE], states[HISTSTEP_NO_BASE], out);
	histstep_next(set, step);
}

void histview_show_step(struct histset *set, struct session *session, const struct step *step)
{
	if (session->shared->writer)
		histtell_step(set, session, step);
	else
		histview_print_step(set, session, step, step_heading(session, step));
}

void histview_step(void *state, struct session *session, const struct step *step)
{
	histview_show_step(state, session, step);
}

void histview_tell(const void *state, const struct session *session, unsigned int probe,
		   struct writer *writer)
{
	histtell(state, session, probe, writer);
}

void histview_merge(void *state, struct session *session, const void *after)
{
	(void)session;
	histset_merge(state, after);
}

void histview_close(void *state, struct session *session)
{
	histset_release(state);
	budget_give(&session->shared->budget, state, sizeof(struct histset));
}
