// SPDX-License-Identifier: GPL-2.0-or-later
/* owncost - what the measuring itself cost: as the recording went on, and in all */
#include "owncost.h"

#include <math.h>
#include <string.h>

#include "session.h"
#include "tell.h"

#define HEADING "UNTIL            %CPU    %BPF  RSS KiB  RING%  FULLEST MAP  EVENTS"
#define PPM_PER_PERCENT 10000.0

/* Per cent of @whole; whatever the records say, it is a number. */
static double percent(__u64 part, __u64 whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static __u64 growth(__u64 now, __u64 before)
{
	return now > before ? now - before : 0;
}

/* Which of the single events go on. */
static void print_shed(const struct rec_use *use, FILE *out)
{
	if (use->shed == USE_SHED_ALL)
		fputs("none", out);
	else if (use->shed > 31)
		fputs("?", out);
	else if (use->shed)
		fprintf(out, "1 of %u", 1u << use->shed);
	else
		fputs("all", out);
}

static void print_row(struct session *session)
{
	const struct owncost *cost = &session->owncost;
	const struct rec_self *now = &cost->self, *before = &cost->shown;
	__u64 time_ns = now->time_ns - before->time_ns;
	FILE *out = session->shared->table.out;
	char time[TEXT_TIME], map[32] = "-";

	table_row(&session->shared->table, session, TABLE_OWN_COST, HEADING);
	if (cost->use.entries_room)
		snprintf(map, sizeof(map), "%u of %u", cost->use.entries_used,
			 cost->use.entries_room);
	fprintf(out, "%-15s %6.2f ", clock_time_of_day(time, session_clock(session), now->time_ns),
		percent(growth(now->cpu_ns, before->cpu_ns), time_ns));
	if (now->flags & SELF_BPF_STATS)
		fprintf(out, "%7.2f ",
			percent(growth(now->bpf_run_ns, before->bpf_run_ns), time_ns));
	else
		fprintf(out, "%7s ", "-");
	fprintf(out, "%8u %6.1f  %-11s  ", now->rss_kib,
		percent(cost->row_peak, cost->use.ring_bytes), map);
	print_shed(&cost->use, out);
	fputc('\n', out);
}

static const struct column step_columns[] = {
	{ "cpu", CELL_REAL, false, "share of one CPU that the collector used, 1 is all of it" },
	{ "bpf", CELL_REAL, false, "the same of its BPF programs" },
	{ "memory", CELL_BYTES, false, "resident memory" },
	{ "ring", CELL_REAL, false, "share of the ring buffer that waited, the most there was" },
	{ "map_used", CELL_COUNT, false, "entries of the fullest map" },
	{ "map_room", CELL_COUNT, false, "and for how many there is room" },
	{ "events_kept", CELL_REAL, false, "share of single events that were taken" },
};

static const struct table_kind step_kind = {
	.name = "own_cost_steps",
	.summary = "what measuring cost, as it went on",
	.column = step_columns,
	.columns = sizeof(step_columns) / sizeof(step_columns[0]),
	.is_of_steps = true,
};

/* Not 1 / (1 << shed): of long doubles clang 19 makes something else of that on x86-64. */
static long double kept_share(__u32 shed)
{
	return shed == USE_SHED_ALL ? 0 : ldexpl(1, -(int)(shed & 31));
}

static void tell_step(const struct session *session)
{
	const struct owncost *cost = &session->owncost;
	const struct rec_self *now = &cost->self, *before = &cost->shown;
	long double time_ns = (long double)(now->time_ns - before->time_ns);
	const struct rec_use *use = &cost->use;
	bool shed_known = use->shed == USE_SHED_ALL || use->shed <= 31;
	const struct cell unknown = cell_unknown(), cells[] = {
		cell_real(true, growth(now->cpu_ns, before->cpu_ns) / time_ns),
		cell_real(now->flags & SELF_BPF_STATS,
			  growth(now->bpf_run_ns, before->bpf_run_ns) / time_ns),
		cell_number(now->rss_kib * 1024ULL),
		cell_real(use->ring_bytes, percent(cost->row_peak, use->ring_bytes) / 100),
		use->entries_room ? cell_number(use->entries_used) : unknown,
		use->entries_room ? cell_number(use->entries_room) : unknown,
		cell_real(shed_known, kept_share(use->shed)),
	};
	const struct row row = {
		.kind = &step_kind,
		.cell = cells,
		.from_ns = before->time_ns,
		.to_ns = now->time_ns,
		.is_step = true,
	};

	ASSERT_CELLS(cells, step_columns);
	writer_row(session->shared->writer, session, &row);
}

static void put_row(struct session *session)
{
	struct owncost *cost = &session->owncost;

	if (session->shared->writer)
		tell_step(session);
	else
		print_row(session);
	cost->shown = cost->self;
	cost->row_peak = 0;
}

/* The first record is what the others are compared with. */
static bool has_row(const struct session *session)
{
	const struct owncost *cost = &session->owncost;

	return cost->shown.type && cost->self.time_ns > cost->shown.time_ns &&
	       cost->use.time_ns >= cost->self.time_ns;
}

static bool is_due(const struct session *session)
{
	const struct options *options = session->shared->options;
	const struct owncost *cost = &session->owncost;
	__u64 snapshots_ns = session->about.interval_ms * 1000000ULL;
	__u64 interval_ns = options->interval_ns;

	if (!options->verbose && !interval_ns)
		return false;
	/* from half a snapshot before its end on an interval is over, as with other steps */
	return cost->self.time_ns - cost->shown.time_ns + snapshots_ns / 2 >= interval_ns;
}

static void take_use(struct owncost *cost, const struct rec_use *use)
{
	cost->use = *use;
	cost->exceeded |= use->flags & USE_EXCEEDED;
	if (use->ring_peak > cost->ring_peak)
		cost->ring_peak = use->ring_peak;
	if (use->ring_peak > cost->row_peak)
		cost->row_peak = use->ring_peak;
	if (use->used_ppm > cost->used_ppm)
		cost->used_ppm = use->used_ppm;
}

void owncost_take(struct session *session, const struct record *record)
{
	struct owncost *cost = &session->owncost;

	if (record->type == REC_self && record->time_ns >= cost->self.time_ns) {
		memcpy(&cost->self, record, sizeof(cost->self));
		if (!cost->first.type)
			cost->first = cost->shown = cost->self;
	}
	if (record->type != REC_use || record->time_ns < cost->use.time_ns)
		return;
	take_use(cost, (const struct rec_use *)record);
	if (has_row(session) && is_due(session))
		put_row(session);
}

void owncost_end(struct session *session)
{
	const struct options *options = session->shared->options;

	if ((options->verbose || options->interval_ns) && has_row(session))
		put_row(session);
}

static void print_fill(const struct owncost *cost, FILE *out)
{
	const struct rec_use *use = &cost->use;

	if (use->ring_bytes)
		fprintf(out, ", ring buffer at most %.1f %% full",
			percent(cost->ring_peak, use->ring_bytes));
	if (use->entries_room)
		fprintf(out, ", %u of %u places of the fullest map", use->entries_used,
			use->entries_room);
}

static void print_budget(const struct owncost *cost, FILE *out)
{
	const struct rec_use *use = &cost->use;

	if (!use->budget_ppm)
		return;
	fprintf(out, "  %-12s %.2f %% of one CPU; in %u s at most %.2f %% was used%s\n", "budget",
		use->budget_ppm / PPM_PER_PERCENT, use->window_ms / 1000,
		cost->used_ppm / PPM_PER_PERCENT,
		cost->exceeded ? ": EXCEEDED, with no single event left to drop" : "");
}

/* The share of one CPU since the first snapshot, if there is a later one. */
static void print_share(const struct owncost *cost, __u64 now, __u64 first, FILE *out)
{
	__u64 time_ns = cost->self.time_ns - cost->first.time_ns;

	if (time_ns)
		fprintf(out, " (%.2f %%)", percent(growth(now, first), time_ns));
}

void owncost_print(const struct session *session, FILE *out)
{
	const struct owncost *cost = &session->owncost;
	const struct rec_self *self = &cost->self;
	char text[TEXT_TIME];

	if (!self->type)
		return;
	fprintf(out, "  %-12s %s of CPU time", "own cost", text_seconds(text, self->cpu_ns));
	print_share(cost, self->cpu_ns, cost->first.cpu_ns, out);
	fprintf(out, ", %u KiB of memory", self->peak_rss_kib);
	if (self->flags & SELF_BPF_STATS) {
		fprintf(out, ", %s in %llu BPF runs", text_seconds(text, self->bpf_run_ns),
			self->bpf_runs);
		print_share(cost, self->bpf_run_ns, cost->first.bpf_run_ns, out);
	}
	if (session->shared->options->verbose)
		fprintf(out, ", %u KiB of maps, %u wake-ups", self->maps_kib, self->wakeups);
	print_fill(cost, out);
	fputc('\n', out);
	print_budget(cost, out);
}

void owncost_merge(struct owncost *cost, const struct owncost *after)
{
	if (after->self.type && after->self.time_ns >= cost->self.time_ns)
		cost->self = after->self;
	if (!cost->first.type)
		cost->first = cost->shown = after->first;
	if (after->use.type && after->use.time_ns >= cost->use.time_ns)
		cost->use = after->use;
	if (after->ring_peak > cost->ring_peak)
		cost->ring_peak = after->ring_peak;
	if (after->used_ppm > cost->used_ppm)
		cost->used_ppm = after->used_ppm;
	cost->exceeded |= after->exceeded;
}
