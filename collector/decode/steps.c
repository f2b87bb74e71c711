// SPDX-License-Identifier: GPL-2.0-or-later
/* steps - --interval: when a step of a session's time is over */
#include "steps.h"

#include "session.h"
#include "view.h"

/* A collector's least interval: taken where the recording's own is not known. */
#define SNAPSHOT_MS_LEAST 10
#define NS_PER_MS 1000000ULL

bool steps_open(struct session *session)
{
	session->steps = budget_take(&session->shared->budget, sizeof(*session->steps));
	if (session->steps)
		session->steps->whole_from = SEQSET_FIRST;
	return session->steps;
}

static __u64 add_up_to_max(__u64 left, __u64 right)
{
	return left + right < left ? ~0ULL : left + right;
}

/* Half the distance between snapshots: one that is as far ahead of a boundary is the nearest. */
static __u64 tolerance_ns(const struct session *session)
{
	__u64 interval_ns = session->shared->options->interval_ns;
	__u64 snapshots_ns =
		(session->about.type ? session->about.interval_ms : SNAPSHOT_MS_LEAST) * NS_PER_MS;

	return (snapshots_ns && snapshots_ns < interval_ns ? snapshots_ns : interval_ns) / 2;
}

/* With --since and --until there are three steps: before, between and behind. */
static __u64 find_border(const struct session *session, __u64 from_ns)
{
	__u64 since_ns = session_since_ns(session);

	return from_ns < since_ns ? since_ns : session_until_ns(session);
}

/* From when on a snapshot ends the step that begins at @from_ns. */
static __u64 find_due(const struct session *session, __u64 from_ns)
{
	__u64 origin_ns = session->steps->origin_ns, distance_ns, boundary_ns;
	__u64 interval_ns = session->shared->options->interval_ns;
	__u64 tolerance = tolerance_ns(session);
	__u64 passed_ns = add_up_to_max(from_ns, tolerance) - origin_ns;

	if (__builtin_mul_overflow(passed_ns / interval_ns + 1, interval_ns, &distance_ns))
		return ~0ULL;
	boundary_ns = add_up_to_max(origin_ns, distance_ns);
	return boundary_ns - tolerance;
}

static __u64 find_end(const struct session *session, __u64 from_ns)
{
	const struct options *options = session->shared->options;

	return options->interval_ns ? find_due(session, from_ns) : find_border(session, from_ns);
}

static void begin(struct session *session)
{
	const struct rec_session *about = &session->about;
	struct steps *steps = session->steps;

	steps->begun = true;
	steps->origin_ns = session->first_ns;
	if (about->type && about->started_ns < session->first_ns)
		steps->origin_ns = about->started_ns;
	steps->step.from_ns = session->first_ns;
	steps->due_ns = find_end(session, session->first_ns);
}

/* Does the open step end at the latest snapshot? */
static bool is_due(const struct session *session)
{
	const struct steps *steps = session->steps;

	return steps->snapshot_ns >= steps->due_ns && steps->snapshot_ns > steps->step.from_ns;
}

/* The latest snapshot is over: from which one on is all here? */
static void find_whole_since(struct session *session)
{
	struct steps *steps = session->steps;

	if (!steps->over) {
		steps->step.whole_since_ns = STEP_NOT_WHOLE;
		steps->whole_from = 0;
	} else if (seqset_run(&session->data, steps->number) > steps->whole_from) {
		steps->step.whole_since_ns = steps->snapshot_ns;
		steps->whole_from = steps->number;
	}
}

/* Once: why steps are not as long as was asked for. */
static void explain(const struct session *session, FILE *out)
{
	const struct rec_session *about = &session->about;
	__u64 interval_ns = session->shared->options->interval_ns;
	char text[TEXT_TIME];

	if (about->type && !about->interval_ms)
		fputs("(a single step: this recording has no snapshot but the closing one)\n", out);
	else if (about->type && interval_ns % (about->interval_ms * NS_PER_MS))
		fprintf(out,
			"(a step ends at the snapshot nearest to a multiple of %s; there is one "
			"every %u ms)\n",
			text_seconds(text, interval_ns), about->interval_ms);
}

FILE *step_heading(struct session *session, const struct step *step)
{
	FILE *out = table_block(&session->shared->table, session, step->probe);
	char from[TEXT_TIME], to[TEXT_TIME], length[TEXT_TIME];

	fprintf(out, ", %s to %s (%s):\n",
		clock_time_of_day(from, session_clock(session), step->from_ns),
		clock_time_of_day(to, session_clock(session), step->to_ns),
		text_seconds(length, step->to_ns - step->from_ns));
	if (!session->steps->explained)
		explain(session, out);
	session->steps->explained = true;
	return out;
}

/* Within --since and --until. */
static bool is_asked_for(const struct session *session)
{
	const struct step *step = &session->steps->step;

	if (!selection_takes_session(&session->shared->options->selection, session))
		return false;
	return !selection_has_range(&session->shared->options->selection) ||
	       (step->from_ns >= session_since_ns(session) &&
		step->from_ns < session_until_ns(session));
}

static void show(struct session *session, enum probe_id probe)
{
	const struct options *options = session->shared->options;
	const struct view *view = view_entries[probe].view;

	if (!session->view_state[probe] || !view->step ||
	    (options->probe && options->probe != probe))
		return;
	session->steps->step.probe = probe;
	view->step(session->view_state[probe], session, &session->steps->step);
}

static void show_all(struct session *session)
{
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		show(session, i);
}

/* What comes next is compared with the end of this step, which nobody asked for. */
static void pass_over(struct session *session)
{
	struct shared *shared = session->shared;
	struct table table = shared->table;
	struct writer *writer = shared->writer;
	bool explained = session->steps->explained;

	shared->table.out = fopen("/dev/null", "we");
	shared->writer = NULL;
	if (shared->table.out) {
		show_all(session);
		fclose(shared->table.out);
	} else {
		shared->budget.refused++; /* it goes into the next step */
	}
	shared->table = table;
	shared->writer = writer;
	session->steps->explained = explained;
}

static void end_step(struct session *session)
{
	struct steps *steps = session->steps;
	struct step *step = &steps->step;

	session_settle(session);
	find_whole_since(session);
	step->to_ns = steps->snapshot_ns;
	if (is_asked_for(session))
		show_all(session);
	else
		pass_over(session);
	step->from_ns = step->to_ns;
	steps->due_ns = find_end(session, step->to_ns);
}

static bool is_of_snapshot(const struct record *record)
{
	return record->type == REC_slice || record->type == REC_summary ||
	       record->type == REC_range || record->type == REC_counters;
}

void steps_before(struct session *session, const struct record *record)
{
	const struct steps *steps = session->steps;

	if (record->time_ns > steps->snapshot_ns &&
	    (is_of_snapshot(record) || session->shared->probe_of_event[record->type]) &&
	    steps->begun && is_due(session))
		end_step(session);
}

/* Nothing is missing up to the end of the latest snapshot: there is nothing to wait for. */
static bool is_whole(const struct session *session)
{
	const struct steps *steps = session->steps;

	return seqset_run(&session->data, steps->number) <= steps->whole_from;
}

/* @record belongs to a snapshot: perhaps it is the first or the last one. */
static void watch_snapshot(struct session *session, const struct record *record)
{
	bool is_last =
		record->type == REC_counters && !((const struct rec_counters *)record)->probe;
	struct steps *steps = session->steps;

	if (record->time_ns > steps->snapshot_ns) {
		steps->snapshot_ns = record->time_ns;
		steps->over = false;
		if (!steps->begun)
			begin(session);
	}
	if (!is_last || record->time_ns != steps->snapshot_ns || steps->over)
		return;
	steps->over = true;
	steps->number = seqset_number(&session->data, record->seq);
	if (!is_due(session))
		find_whole_since(session);
}

void steps_after(struct session *session, const struct record *record)
{
	bool is_end = record->type == REC_trailer && session->closed;

	if (session_is_unsupported(session))
		return;
	if (is_of_snapshot(record))
		watch_snapshot(session, record);
	if (session->steps->over && (is_end || is_due(session)) && is_whole(session))
		steps_end(session);
}

void steps_end(struct session *session)
{
	if (session->steps && session->steps->snapshot_ns > session->steps->step.from_ns)
		end_step(session);
}
