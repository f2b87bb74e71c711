// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cputime - CPU time of processes and threads, the greatest first, for steps and for all
 *
 * Figures are cumulative, and those that did not change are not sent.  A task's figure of this step
 * is thus compared with its last one from before; where one in between was left out, or may have
 * been lost, it is not known in which step the time was used, and the row says so.
 */
#include <string.h>

#include "cpureport.h"
#include "steps.h"

struct cputime {
	struct cputable table;
	struct rec_cputime_system first; /* type 0: not heard */
	struct rec_cputime_system last;
	struct rec_cputime_system step; /* where it began */
	__u64 begin_ns;			/* when the first reading was made; 0: not heard */
	__u64 missing;			/* records, until now */
	__u64 lost_ns;			/* the last time when there were more */
	__u64 received;
};

static void *open_state(struct session *session)
{
	return budget_take(&session->shared->budget, sizeof(struct cputime));
}

/* As near as is known. */
static __u64 begin_ns(const struct cputime *state, const struct session *session)
{
	if (state->begin_ns)
		return state->begin_ns;
	return session->about.type ? session->about.started_ns : session->first_ns;
}

static __u64 step_begin_ns(const struct cputime *state, const struct session *session)
{
	return state->step.type ? state->step.time_ns : begin_ns(state, session);
}

/* What the block's header has announced and is still to come is not missing. */
static void note_losses(struct cputime *state, const struct session *session,
			const struct record *record)
{
	const struct block_watch *block = &session->block;
	__u64 missing = seqset_missing(&session->data);
	__u32 to_come = block->open ? block->next_seq - record->seq - 1 : 0;

	if (to_come < BLOCK_RECORDS_MAX)
		missing -= to_come < missing ? to_come : missing;
	if (missing > state->missing)
		state->lost_ns = record->time_ns;
	state->missing = missing;
}

static void take_name(struct cpu_task *task, const struct session *session)
{
	const __u8 *comm = session_task_named(session, task->tid, task->start_ns);

	if (!comm)
		return;
	memcpy(task->comm, comm, sizeof(task->comm));
	task->named = true;
}

/* Its first record: with what was there before the recording, or it began in it, or neither is known. */
static void begin_task(const struct cputime *state, const struct session *session,
		       struct cpu_task *task, const struct cpu_times *now, __u64 time_ns)
{
	task->first_ns = begin_ns(state, session);
	if (task->start_ns < task->first_ns) {
		task->first = *now;
		task->first_ns = time_ns;
	}
	task->step = task->first;
	task->last = task->first;
	task->last_ns = task->first_ns;
}

/* From when on the time that this record adds may have been used. */
static void set_step(const struct cputime *state, const struct session *session,
		     struct cpu_task *task, __u8 flags)
{
	__u64 step_ns = step_begin_ns(state, session);
	bool gap = flags & CPUTIME_LATE || state->lost_ns > task->last_ns;

	if (task->last_ns > step_ns && task->step_ns >= task->first_ns)
		return;
	task->step_ns = step_ns;
	if (gap && task->last_ns < step_ns && task->start_ns < step_ns)
		task->step_ns = task->last_ns > task->start_ns ? task->last_ns : task->start_ns;
}

static void take_task(struct cputime *state, struct session *session,
		      const struct rec_cputime *record)
{
	bool baseline = record->flags & CPUTIME_BASELINE;
	struct cpu_task *task;
	struct cpu_times now;

	state->received += !baseline;
	task = cputable_place(&state->table, &session->shared->budget, record->tid,
			      record->start_ns, record->flags & CPUTIME_PROCESS);
	if (!task)
		return;
	now = cpu_times_of(record, &task->last);
	if (!task->last_ns)
		begin_task(state, session, task, &now, record->time_ns);
	if (baseline) {
		task->first = now;
		task->first_ns = record->time_ns;
		if (task->last_ns > record->time_ns)
			return;
		task->step = now;
	}
	task->tgid = record->tgid;
	if (record->time_ns < task->last_ns)
		return;
	set_step(state, session, task, record->flags);
	task->last = now;
	task->last_ns = record->time_ns;
	task->flags = record->flags;
	take_name(task, session);
}

static void take_children(struct cputime *state, struct session *session,
			  const struct rec_cputime_children *record)
{
	struct cpu_task *task = cputable_place(&state->table, &session->shared->budget,
					       record->tgid, record->start_ns, true);
	struct cpu_times now;

	if (!task)
		return;
	now = task->last;
	now.children_user_ns = record->utime_ns;
	now.children_system_ns = record->stime_ns;
	if (!task->last_ns)
		begin_task(state, session, task, &now, record->time_ns);
	if (record->flags & CPUTIME_BASELINE) {
		task->first.children_user_ns = record->utime_ns;
		task->first.children_system_ns = record->stime_ns;
		task->step.children_user_ns = record->utime_ns;
		task->step.children_system_ns = record->stime_ns;
	}
	if (record->utime_ns >= task->last.children_user_ns)
		task->last.children_user_ns = record->utime_ns;
	if (record->stime_ns >= task->last.children_system_ns)
		task->last.children_system_ns = record->stime_ns;
}

static void print_span(const struct cpu_span *span, const struct session *session, FILE *out)
{
	char from[TEXT_TIME], to[TEXT_TIME], length[TEXT_TIME];

	fprintf(out, "from %s to %s, %s\n",
		clock_time_of_day(from, session_clock(session), span->from_ns),
		clock_time_of_day(to, session_clock(session), span->to_ns),
		text_seconds(length, span->to_ns - span->from_ns));
}

static void begin_step(struct cputime *state)
{
	state->step = state->last;
	for (__u32 i = 0; i < state->table.room; i++) {
		struct cpu_task *task = &state->table.task[i];

		task->step = task->last;
		task->step_ns = state->step.time_ns;
	}
}

/* It ends with the last snapshot that was heard of, be it that of the step. */
static void step(void *opaque, struct session *session, const struct step *step)
{
	struct cputime *state = opaque;
	const struct cpu_span span = {
		.since = SINCE_STEP,
		.from_ns = step_begin_ns(state, session),
		.to_ns = state->last.time_ns,
	};
	FILE *out;

	if (!state->last.type || span.to_ns <= span.from_ns)
		return;
	if (session->shared->writer) {
		cpureport_tell(&state->table, &span, session, session->shared->writer);
		begin_step(state);
		return;
	}
	out = step_heading(session, step);
	cpureport_tasks(&state->table, &span, session, out);
	if (state->step.type)
		cpureport_balance(&state->step, &state->last, out);
	begin_step(state);
}

static void take_system(struct cputime *state, const struct rec_cputime_system *record)
{
	if (record->flags & CPUTIME_BASELINE) {
		state->begin_ns = record->time_ns;
		state->first = *record;
		if (!state->step.type)
			state->step = *record;
		return;
	}
	if (record->time_ns < state->last.time_ns)
		return;
	state->last = *record;
	if (!state->first.type)
		state->first = *record;
}

static void take(void *opaque, struct session *session, const struct record *record)
{
	struct cputime *state = opaque;

	note_losses(state, session, record);
	if (record->flags & CPUTIME_BASELINE && !state->begin_ns)
		state->begin_ns = record->time_ns;
	if (record->type == REC_cputime)
		take_task(state, session, (const struct rec_cputime *)record);
	else if (record->type == REC_cputime_children)
		take_children(state, session, (const struct rec_cputime_children *)record);
	else if (record->type == REC_cputime_system)
		take_system(state, (const struct rec_cputime_system *)record);
}

static __u64 received(const void *opaque)
{
	return ((const struct cputime *)opaque)->received;
}

static struct cpu_span whole_span(const struct cputime *state, const struct session *session)
{
	return (struct cpu_span) {
		.since = SINCE_RECORDING,
		.from_ns = begin_ns(state, session),
		.to_ns = state->last.type ? state->last.time_ns : session->last_ns,
	};
}

static void tell_state(const void *opaque, const struct session *session, unsigned int probe,
		       struct writer *writer)
{
	const struct cputime *state = opaque;
	const struct cpu_span span = whole_span(state, session);

	(void)probe;
	cpureport_tell(&state->table, &span, session, writer);
}

static void report(const void *opaque, const struct session *session, FILE *out)
{
	const struct cputime *state = opaque;
	struct cpu_span span = whole_span(state, session);

	print_span(&span, session, out);
	cpureport_tasks(&state->table, &span, session, out);
	if (state->last.type)
		cpureport_balance(&state->first, &state->last, out);
	if (state->table.refused)
		fprintf(out, "     %llu record%s of further tasks, more than are kept\n",
			state->table.refused, text_plural(state->table.refused));
	if (!session->shared->options->verbose)
		return;
	span.since = SINCE_START;
	fputs("\nsince they began:\n", out);
	cpureport_tasks(&state->table, &span, session, out);
}

/* A task whose first record is in a later part: what it had before is told apart from there. */
static void adopt(const struct cputime *state, const struct session *session, struct cpu_task *task,
		  const struct cpu_task *from)
{
	__u64 begin = begin_ns(state, session);

	*task = *from;
	if (task->start_ns < begin)
		return;
	memset(&task->first, 0, sizeof(task->first));
	task->first_ns = begin;
}

static void merge_task(struct cputime *state, struct session *session, const struct cpu_task *from)
{
	struct cpu_task *task = cputable_place(&state->table, &session->shared->budget, from->tid,
					       from->start_ns, from->flags & CPUTIME_PROCESS);
	struct cpu_times before;

	if (!task)
		return;
	before = task->last;
	if (!task->last_ns) {
		adopt(state, session, task, from);
	} else if (from->last_ns >= task->last_ns) {
		task->last = from->last;
		task->last_ns = from->last_ns;
		task->tgid = from->tgid;
		task->flags = from->flags;
	}
	if (task->last.children_user_ns < before.children_user_ns)
		task->last.children_user_ns = before.children_user_ns;
	if (task->last.children_system_ns < before.children_system_ns)
		task->last.children_system_ns = before.children_system_ns;
	if (from->named) {
		memcpy(task->comm, from->comm, sizeof(task->comm));
		task->named = true;
	} else if (!task->named) {
		take_name(task, session);
	}
}

static void merge(void *opaque, struct session *session, const void *after)
{
	const struct cputime *other = after;
	struct cputime *state = opaque;

	if (!state->begin_ns)
		state->begin_ns = other->begin_ns;
	for (__u32 i = 0; i < other->table.room; i++)
		if (other->table.task[i].used)
			merge_task(state, session, &other->table.task[i]);
	if (!state->first.type)
		state->first = other->first;
	if (other->last.time_ns >= state->last.time_ns)
		state->last = other->last;
	state->received += other->received;
	state->table.refused += other->table.refused;
}

static void close_state(void *opaque, struct session *session)
{
	struct cputime *state = opaque;

	cputable_release(&state->table, &session->shared->budget);
	budget_give(&session->shared->budget, state, sizeof(*state));
}

const struct view view_cputime = {
	.events = { REC_cputime, REC_cputime_children, REC_cputime_system },
	.open = open_state,
	.take = take,
	.received = received,
	.step = step,
	.report = report,
	.merge = merge,
	.tell = tell_state,
	.close = close_state,
};
