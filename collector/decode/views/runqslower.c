// SPDX-License-Identifier: GPL-2.0-or-later
/* runqslower - waits for a CPU over a threshold, one row each */
#include "runqslower.h"

#include <string.h>

#include "plot.h"
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
	struct moments moments;
	__u64 shown;
	struct rec_runqslower held; /* until the name of its previous task has come */
	struct wait worst[WORST];   /* the longest first */
	unsigned int worst_count;
	struct figures *step; /* NULL: there are no steps */
};

static void *open_state(struct session *session)
{
	struct budget *budget = &session->shared->budget;
	struct runqslower *state = budget_take(budget, sizeof(*state));

	if (state && session->steps)
		state->step = budget_take(budget, sizeof(*state->step));
	return state;
}

static const char *make_heading(char to[TABLE_HEADING_MAX], bool prev, const struct unit *unit)
{
	char latency[TEXT_NUMBER], columns[64] = "";

	snprintf(latency, sizeof(latency), "LAT(%s)", unit->name);
	if (prev)
		snprintf(columns, sizeof(columns), " %-16s %-8s", "PREV COMM", "PREV TID");
	snprintf(to, TABLE_HEADING_MAX, "%-15s %-16s %-7s %14s%s %5s %5s %4s %s", "TIME", "COMM",
		 "TID", latency, columns, "CPU", "WOKEN", "PRIO", "POLICY");
	return to;
}

static void print_cpu(FILE *out, __u16 cpu)
{
	if (cpu == CPU_UNKNOWN)
		fprintf(out, " %5s", "-");
	else
		fprintf(out, " %5u", cpu);
}

static void print_prev(FILE *out, const struct wait *wait)
{
	static const char idle[] = "<idle>", unknown[] = "-";

	fputc(' ', out);
	if (!(wait->event.flags & RUNQSLOWER_PREV)) {
		fprintf(out, "%-16s %-8s", unknown, unknown);
		return;
	}
	if (wait->prev_known)
		text_print(out, wait->prev_comm, COMM_SIZE, COMM_SIZE);
	else
		fprintf(out, "%-16s", wait->event.prev_tid ? unknown : idle);
	fprintf(out, " %-8u", wait->event.prev_tid);
}

/* As bcc does, whole microseconds.  Nobody can have waited since before the boot. */
static void print_wait(FILE *out, const struct rec_runqslower *event, const struct unit *unit)
{
	char number[TEXT_NUMBER];

	if (event->wait_ns > event->time_ns)
		fprintf(out, " %14s", "impossible");
	else if (unit->ns == NS_PER_US)
		fprintf(out, " %14llu", event->wait_ns / NS_PER_US);
	else
		fprintf(out, " %14s", text_ns(number, event->wait_ns, unit));
}

/* As chrt(1) calls them; the numbers are those of sched_setscheduler(2). */
static void print_policy(FILE *out, __u8 policy)
{
	static const char *const names[] = { "other", "fifo", "rr",	  "batch",
					     NULL,    "idle", "deadline", "ext" };

	if (policy == POLICY_UNKNOWN)
		fprintf(out, "-\n");
	else if (policy < sizeof(names) / sizeof(names[0]) && names[policy])
		fprintf(out, "%s\n", names[policy]);
	else
		fprintf(out, "%u\n", policy);
}

static void print_row(FILE *out, const struct session *session, const struct wait *wait, bool prev)
{
	const struct rec_runqslower *event = &wait->event;
	char time[TEXT_TIME];

	fprintf(out, "%-15s ", clock_time_of_day(time, session_clock(session), event->time_ns));
	text_print(out, event->comm, COMM_SIZE, COMM_SIZE);
	fprintf(out, " %-7u", event->tid);
	print_wait(out, event, session->shared->options->unit);
	if (prev)
		print_prev(out, wait);
	print_cpu(out, event->cpu);
	print_cpu(out, event->wake_cpu);
	fprintf(out, " %4u ", event->prio);
	print_policy(out, event->policy);
}

static bool has_rows_left(const struct runqslower *state, const struct session *session)
{
	const struct options *options = session->shared->options;

	return state->shown < options->rows &&
	       (!options->probe || options->probe == PROBE_runqslower);
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

static void show(struct runqslower *state, struct session *session, const struct wait *wait)
{
	struct table *table = &session->shared->table;
	bool prev = wait->event.flags & RUNQSLOWER_PREV;
	char heading[TABLE_HEADING_MAX];

	keep_worst(state, wait);
	if (!has_rows_left(state, session))
		return;
	state->shown++;
	table_row(table, session, PROBE_runqslower,
		  make_heading(heading, prev, session->shared->options->unit));
	print_row(table->out, session, wait, prev);
}

static void settle(void *opaque, struct session *session)
{
	struct runqslower *state = opaque;
	struct wait wait = { .event = state->held };
	const __u8 *comm = session_task(session, wait.event.prev_tid, wait.event.time_ns);

	if (comm && wait.event.prev_tid) {
		wait.prev_known = true;
		memcpy(wait.prev_comm, comm, sizeof(wait.prev_comm));
	}
	show(state, session, &wait);
}

static void take(void *opaque, struct session *session, const struct record *record)
{
	const struct rec_runqslower *event = (const struct rec_runqslower *)record;
	struct runqslower *state = opaque;

	if (record->type != REC_runqslower)
		return;
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
		show(state, session, &(struct wait) { .event = *event });
	}
}

static void step(void *opaque, struct session *session, const struct step *step)
{
	struct runqslower *state = opaque;
	FILE *out;

	if (!state->step)
		return;
	out = step_heading(session, step);
	plot_figures(out, &state->step->histogram, &state->step->moments,
		     session->shared->options->unit);
	if (!step_is_whole(step))
		fputs("     records are missing, perhaps waits among them\n", out);
	memset(state->step, 0, sizeof(*state->step));
}

static __u64 received(const void *opaque)
{
	return ((const struct runqslower *)opaque)->moments.count;
}

static void report_worst(const struct runqslower *state, const struct session *session, FILE *out)
{
	char heading[TABLE_HEADING_MAX];
	bool prev = false;

	for (unsigned int i = 0; i < state->worst_count; i++)
		prev |= (state->worst[i].event.flags & RUNQSLOWER_PREV) != 0;
	fprintf(out, "\nthe longest:\n%s\n",
		make_heading(heading, prev, session->shared->options->unit));
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
	.step = step,
	.received = received,
	.report = report,
	.close = close_state,
};
