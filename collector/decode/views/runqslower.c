// SPDX-License-Identifier: GPL-2.0-or-later
/* runqslower - waits for a CPU over a threshold, one row each */
#include "runqslower.h"

#include <string.h>

#include "histtell.h"
#include "line.h"
#include "plot.h"
#include "tell.h"
#include "view.h"

#define WORST 5

/* A wait, and the name of the task that had the CPU until then. */
struct wait {
	struct rec_runqslower event;
	bool prev_known;
	__u8 prev_comm[COMM_SIZE];
};

/* What came since the last step. */
struct figures {
	struct histogram histogram;
	struct moments moments;
};

struct runqslower {
	struct histogram histogram;
	struct moments moments; /* of those that are selected */
	__u64 received;
	__u64 shown;
	struct rec_runqslower held; /* until the name of its previous task has come */
	struct wait worst[WORST];   /* the longest first */
	unsigned int worst_count;
	struct figures *step;		    /* NULL: there are no steps */
	char heading[2][TABLE_HEADING_MAX]; /* without and with the previous task */
};

static void make_heading(char to[TABLE_HEADING_MAX], bool prev, const struct unit *unit)
{
	char latency[TEXT_NUMBER], columns[64] = "";

	snprintf(latency, sizeof(latency), "LAT(%s)", unit->name);
	if (prev)
		snprintf(columns, sizeof(columns), " %-16s %-8s", "PREV COMM", "PREV TID");
	snprintf(to, TABLE_HEADING_MAX, "%-15s %-16s %-7s %14s%s %5s %5s %4s %s", "TIME", "COMM",
		 "TID", latency, columns, "CPU", "WOKEN", "PRIO", "POLICY");
}

static void *open_state(struct session *session)
{
	struct budget *budget = &session->shared->budget;
	struct runqslower *state = budget_take(budget, sizeof(*state));

	if (!state)
		return NULL;
	for (int prev = 0; prev < 2; prev++)
		make_heading(state->heading[prev], prev, session->shared->options->unit);
	if (session->steps)
		state->step = budget_take(budget, sizeof(*state->step));
	return state;
}

static void put_time(struct line *line, const struct clock *clock, __u64 boot_ns)
{
	char since_boot[TEXT_TIME];
	__u64 realtime_ns;

	if (clock_realtime(clock, boot_ns, &realtime_ns))
		line_time_of_day(line, realtime_ns);
	else
		line_word_left(line, clock_time_of_day(since_boot, clock, boot_ns),
			       TEXT_TIME_OF_DAY_LENGTH);
}

static void put_cpu(struct line *line, __u16 cpu)
{
	line_char(line, ' ');
	if (cpu == CPU_UNKNOWN)
		line_word(line, "-", 5);
	else
		line_number(line, cpu, 5);
}

static void put_prev(struct line *line, const struct wait *wait)
{
	static const char idle[] = "<idle>", unknown[] = "-";

	line_char(line, ' ');
	if (!(wait->event.flags & RUNQSLOWER_PREV)) {
		line_word_left(line, unknown, COMM_SIZE + 1);
		line_word_left(line, unknown, 8);
		return;
	}
	if (wait->prev_known)
		line_text(line, wait->prev_comm, COMM_SIZE, COMM_SIZE);
	else
		line_word_left(line, wait->event.prev_tid ? unknown : idle, COMM_SIZE);
	line_char(line, ' ');
	line_number_left(line, wait->event.prev_tid, 8);
}

/* As bcc does, whole microseconds.  Nobody can have waited since before the boot. */
static void put_wait(struct line *line, const struct rec_runqslower *event, const struct unit *unit)
{
	char number[TEXT_NUMBER];

	line_char(line, ' ');
	if (event->wait_ns > event->time_ns)
		line_word(line, "impossible", 14);
	else if (unit->ns == NS_PER_US)
		line_number(line, event->wait_ns / NS_PER_US, 14);
	else
		line_word(line, text_ns(number, event->wait_ns, unit), 14);
}

/* As chrt(1) calls them; the numbers are those of sched_setscheduler(2). */
static const char *policy_name(const struct rec_runqslower *event)
{
	static const char *const names[] = { "other", "fifo", "rr",	  "batch",
					     NULL,    "idle", "deadline", "ext" };

	return event->policy < sizeof(names) / sizeof(names[0]) ? names[event->policy] : NULL;
}

static void put_policy(struct line *line, const struct rec_runqslower *event)
{
	const char *name = policy_name(event);

	if (event->policy == POLICY_UNKNOWN)
		line_char(line, '-');
	else if (name)
		line_string(line, name);
	else
		line_number(line, event->policy, 0);
}

static void print_row(FILE *out, const struct session *session, const struct wait *wait, bool prev)
{
	const struct rec_runqslower *event = &wait->event;
	struct line line;

	line_begin(&line, out);
	put_time(&line, session_clock(session), event->time_ns);
	line_char(&line, ' ');
	line_text(&line, event->comm, COMM_SIZE, COMM_SIZE);
	line_char(&line, ' ');
	line_number_left(&line, event->tid, 7);
	put_wait(&line, event, session->shared->options->unit);
	if (prev)
		put_prev(&line, wait);
	put_cpu(&line, event->cpu);
	put_cpu(&line, event->wake_cpu);
	line_char(&line, ' ');
	line_number(&line, event->prio, 4);
	line_char(&line, ' ');
	put_policy(&line, event);
	line_char(&line, '\n');
	line_end(&line);
}

/*
 * To a writer
 */

static const struct column wait_columns[] = {
	{ "cpu", CELL_ID, true, "where the task runs now" },
	{ "pid", CELL_ID, true, "its process" },
	{ "tid", CELL_ID, true, "its thread" },
	{ "comm", CELL_TEXT, true, "its name" },
	{ "wait", CELL_DURATION, false, "from when it became runnable until it ran" },
	{ "prev_tid", CELL_ID, false, "the task that had the CPU until then; 0: idle" },
	{ "prev_comm", CELL_TEXT, false, "its name" },
	{ "wake_cpu", CELL_ID, false, "where the task became runnable" },
	{ "prio", CELL_ID, false, "the kernel's: below 100 real-time, 120 is nice 0" },
	{ "policy", CELL_TEXT, false, "scheduling policy, as chrt(1) calls it" },
};

static const struct table_kind wait_kind = {
	.name = "waits",
	.summary = "waits for a CPU over the threshold",
	.column = wait_columns,
	.columns = sizeof(wait_columns) / sizeof(wait_columns[0]),
	.probe = PROBE_runqslower,
};

static void fill_cells(const struct wait *wait, struct cell *cell)
{
	const struct rec_runqslower *event = &wait->event;
	const struct cell unknown = cell_unknown();
	bool prev = event->flags & RUNQSLOWER_PREV;

	*cell++ = event->cpu == CPU_UNKNOWN ? unknown : cell_number(event->cpu);
	*cell++ = event->tgid ? cell_number(event->tgid) : unknown;
	*cell++ = cell_number(event->tid);
	*cell++ = cell_text(event->comm, COMM_SIZE);
	*cell++ = cell_number(event->wait_ns);
	*cell++ = prev ? cell_number(event->prev_tid) : unknown;
	*cell++ = wait->prev_known ? cell_text(wait->prev_comm, COMM_SIZE) : unknown;
	*cell++ = event->wake_cpu == CPU_UNKNOWN ? unknown : cell_number(event->wake_cpu);
	*cell++ = cell_number(event->prio);
	*cell++ = event->policy == POLICY_UNKNOWN ? unknown : cell_string(policy_name(event));
}

static void tell_wait(const struct wait *wait, const struct session *session, struct writer *writer)
{
	struct cell cells[sizeof(wait_columns) / sizeof(wait_columns[0])];
	const struct rec_runqslower *record = &wait->event;
	const struct event event = {
		.kind = &wait_kind,
		.cell = cells,
		.time_ns = record->time_ns,
		.duration_ns = record->wait_ns,
		.what = "waits for a CPU",
		.cpu = record->cpu == CPU_UNKNOWN ? EVENT_NO_CPU : record->cpu,
		.tid = record->tid,
		.tgid = record->tgid,
		.comm = record->comm,
	};

	fill_cells(wait, cells);
	writer_event(writer, session, &event);
}

static bool has_rows_left(const struct runqslower *state, const struct session *session)
{
	const struct options *options = session->shared->options;

	if (session->shared->writer ? !writer_wants_events(session->shared->writer)
				    : state->shown >= options->rows)
		return false;
	if (options->live)
		return false; /* the terminal shows something else */
	return (!options->probe || options->probe == PROBE_runqslower) &&
	       selection_takes_session(&options->selection, session);
}

static bool is_selected(const struct session *session, const struct rec_runqslower *event)
{
	const struct subject subject = {
		.has_cpu = event->cpu != CPU_UNKNOWN,
		.cpu = event->cpu,
		.tid = event->tid,
		.tgid = event->tgid,
		.comm = event->comm,
	};

	return selection_takes(&session->shared->options->selection, &subject) &&
	       session_is_in_range(session, event->time_ns);
}

static bool is_among_worst(const struct runqslower *state, __u64 wait_ns)
{
	return state->worst_count < WORST || wait_ns > state->worst[WORST - 1].event.wait_ns;
}

static void keep_worst(struct runqslower *state, const struct wait *wait)
{
	unsigned int at = state->worst_count;

	if (!is_among_worst(state, wait->event.wait_ns))
		return;
	if (at == WORST)
		at--;
	else
		state->worst_count++;
	for (; at && state->worst[at - 1].event.wait_ns < wait->event.wait_ns; at--)
		state->worst[at] = state->worst[at - 1];
	state->worst[at] = *wait;
}

static void show(struct session *session, const void *bytes)
{
	struct table *table = &session->shared->table;
	const struct wait *wait = bytes;
	const struct runqslower *state = session->view_state[PROBE_runqslower];
	bool prev = wait->event.flags & RUNQSLOWER_PREV;

	table_row(table, session, PROBE_runqslower, state->heading[prev]);
	print_row(table->out, session, wait, prev);
}

static void put_row(struct runqslower *state, struct session *session, const struct wait *wait)
{
	state->shown++;
	if (session->shared->writer)
		tell_wait(wait, session, session->shared->writer);
	else if (!kept_add(session, PROBE_runqslower, wait, sizeof(*wait)))
		show(session, wait);
}

static void take_wait(struct runqslower *state, struct session *session, const struct wait *wait)
{
	keep_worst(state, wait);
	if (has_rows_left(state, session))
		put_row(state, session, wait);
}

static void learn_prev(struct wait *wait, const struct session *session)
{
	const struct rec_runqslower *event = &wait->event;
	const __u8 *comm = NULL;

	if (event->flags & RUNQSLOWER_PREV && event->prev_tid)
		comm = session_task(session, event->prev_tid, event->time_ns);
	if (!comm)
		return;
	wait->prev_known = true;
	memcpy(wait->prev_comm, comm, sizeof(wait->prev_comm));
}

static void settle(void *opaque, struct session *session)
{
	struct runqslower *state = opaque;
	struct wait wait = { .event = state->held };

	learn_prev(&wait, session);
	take_wait(state, session, &wait);
}

/* One that is selected. */
static void take_event(struct runqslower *state, struct session *session,
		       const struct rec_runqslower *event)
{
	histogram_add(&state->histogram, event->wait_ns);
	moments_add(&state->moments, event->wait_ns);
	if (state->step) {
		histogram_add(&state->step->histogram, event->wait_ns);
		moments_add(&state->step->moments, event->wait_ns);
	}
	if (!has_rows_left(state, session) && !is_among_worst(state, event->wait_ns))
		return;
	if (event->flags & RUNQSLOWER_PREV) {
		state->held = *event;
		session_hold(session, PROBE_runqslower);
	} else {
		take_wait(state, session, &(struct wait) { .event = *event });
	}
}

static void take(void *opaque, struct session *session, const struct record *record)
{
	const struct rec_runqslower *event = (const struct rec_runqslower *)record;
	struct runqslower *state = opaque;

	if (record->type != REC_runqslower)
		return;
	state->received++;
	if (selection_is_any(&session->shared->options->selection) || is_selected(session, event))
		take_event(state, session, event);
}

static void step(void *opaque, struct session *session, const struct step *step)
{
	struct runqslower *state = opaque;
	FILE *out;

	if (!state->step)
		return;
	if (session->shared->writer) {
		histtell_step_all(&state->step->histogram, &state->step->moments, session, step);
		memset(state->step, 0, sizeof(*state->step));
		return;
	}
	out = step_heading(session, step);
	plot_figures(out, &state->step->histogram, &state->step->moments,
		     session->shared->options->unit);
	if (!step_is_whole(step))
		fputs("     records are missing, perhaps waits among them\n", out);
	memset(state->step, 0, sizeof(*state->step));
}

static __u64 received(const void *opaque)
{
	return ((const struct runqslower *)opaque)->received;
}

static void report_worst(const struct runqslower *state, const struct session *session, FILE *out)
{
	bool prev = false;

	for (unsigned int i = 0; i < state->worst_count; i++)
		prev |= (state->worst[i].event.flags & RUNQSLOWER_PREV) != 0;
	fprintf(out, "\nthe longest:\n%s\n", state->heading[prev]);
	for (unsigned int i = 0; i < state->worst_count; i++)
		print_row(out, session, &state->worst[i], prev);
}

static void report(const void *opaque, const struct session *session, FILE *out)
{
	const struct runqslower *state = opaque;
	const struct unit *unit = session->shared->options->unit;

	if (state->shown < state->moments.count)
		fprintf(out, "%llu row%s above, %llu more (--rows all)\n", state->shown,
			text_plural(state->shown), state->moments.count - state->shown);
	plot_figures(out, &state->histogram, &state->moments, unit);
	if (state->worst_count > 1)
		report_worst(state, session, out);
}

static void tell_state(const void *opaque, const struct session *session, unsigned int probe,
		       struct writer *writer)
{
	const struct table_kind kind = {
		.name = "longest",
		.summary = "the longest waits for a CPU",
		.column = wait_columns,
		.columns = wait_kind.columns,
		.probe = probe,
	};
	struct cell cells[sizeof(wait_columns) / sizeof(wait_columns[0])];
	const struct runqslower *state = opaque;

	histtell_all(&state->histogram, &state->moments, session, probe, writer);
	for (unsigned int i = 0; i < state->worst_count; i++) {
		fill_cells(&state->worst[i], cells);
		tell_row(session, &kind, cells, writer);
	}
}

/* In the part that it is from, the name of the task before may not have been known. */
static struct wait named(const struct wait *wait, const struct session *session)
{
	struct wait now = *wait;

	if (!now.prev_known)
		learn_prev(&now, session);
	return now;
}

static void merge(void *opaque, struct session *session, const void *after)
{
	const struct runqslower *other = after;
	struct runqslower *state = opaque;

	histogram_merge(&state->histogram, &other->histogram);
	moments_merge(&state->moments, &other->moments);
	state->received += other->received;
	for (unsigned int i = 0; i < other->worst_count; i++) {
		const struct wait wait = named(&other->worst[i], session);

		keep_worst(state, &wait);
	}
	if (other->moments.count)
		state->held = other->held;
}

/* A row that another part kept. */
static void take_kept(void *opaque, struct session *session, const void *bytes)
{
	struct runqslower *state = opaque;
	struct wait wait = named(bytes, session);

	if (has_rows_left(state, session))
		put_row(state, session, &wait);
}

static void close_state(void *opaque, struct session *session)
{
	struct budget *budget = &session->shared->budget;
	struct runqslower *state = opaque;

	budget_give(budget, state->step, sizeof(*state->step));
	budget_give(budget, state, sizeof(*state));
}

const struct view view_runqslower = {
	.events = { REC_runqslower },
	.open = open_state,
	.take = take,
	.settle = settle,
	.show = show,
	.step = step,
	.received = received,
	.report = report,
	.tell = tell_state,
	.take_kept = take_kept,
	.merge = merge,
	.close = close_state,
};
