// SPDX-License-Identifier: GPL-2.0-or-later
/* cpureport - tasks by the CPU time they used, the greatest first, and what the CPUs did meanwhile */
#include "cpureport.h"

#include <stdlib.h>
#include <string.h>

#include "tell.h"

__extension__ typedef unsigned __int128 u128;

struct used_row {
	const struct cpu_task *task;
	struct cpu_times used;
};

struct ranking {
	struct used_row *row;
	__u32 count;
	size_t size;
};

#define PERCENT_SIZE 32

/* @part / @whole in percent; "-" of nothing. */
static const char *percent(char to[PERCENT_SIZE], __u64 part, __u64 whole)
{
	u128 hundredths = whole ? ((u128)part * 10000 + whole / 2) / whole : 0;

	if (!whole)
		return "-";
	if (hundredths > 99999999)
		return "impossible";
	snprintf(to, PERCENT_SIZE, "%u.%02u", (unsigned int)(hundredths / 100),
		 (unsigned int)(hundredths % 100));
	return to;
}

static const struct cpu_times *before(const struct cpu_task *task, enum cpu_since since)
{
	static const struct cpu_times nothing;

	switch (since) {
	case SINCE_STEP:
		return &task->step;
	case SINCE_RECORDING:
		return &task->first;
	default:
		return &nothing;
	}
}

static bool is_shown(const struct used_row *row, bool process)
{
	const struct cpu_times *used = &row->used;

	return !(row->task->flags & CPUTIME_PROCESS) == !process &&
	       (used->runtime_ns || used->raw_user_ns || used->raw_system_ns ||
		used->children_user_ns || used->children_system_ns);
}

/* The greatest first; equal ones by id, so that the order is always the same. */
static int compare(const void *one, const void *other)
{
	const struct used_row *a = one, *b = other;

	if (a->used.runtime_ns != b->used.runtime_ns)
		return a->used.runtime_ns > b->used.runtime_ns ? -1 : 1;
	if (a->task->tid != b->task->tid)
		return a->task->tid < b->task->tid ? -1 : 1;
	return a->task->start_ns < b->task->start_ns ? -1 : a->task->start_ns > b->task->start_ns;
}

static bool is_selected(const struct cpu_task *task, const struct session *session)
{
	const struct subject subject = {
		.tid = task->tid,
		.tgid = task->tgid,
		.comm = task->named ? task->comm : NULL,
	};

	return selection_takes(&session->shared->options->selection, &subject);
}

static struct ranking choose(const struct cputable *table, enum cpu_since since, bool process,
			     const struct session *session)
{
	struct budget *budget = &session->shared->budget;
	struct ranking rows = { .size = table->count * sizeof(struct used_row) };

	rows.row = table->count ? budget_take(budget, rows.size) : NULL;
	for (__u32 i = 0; rows.row && i < table->room; i++) {
		const struct cpu_task *task = &table->task[i];
		struct used_row row = { .task = task };

		if (!task->used)
			continue;
		row.used = cpu_times_since(task, before(task, since));
		if (is_shown(&row, process) && is_selected(task, session))
			rows.row[rows.count++] = row;
	}
	if (rows.count)
		qsort(rows.row, rows.count, sizeof(*rows.row), compare);
	return rows;
}

static void print_column(const char *name, const struct options *options, FILE *out)
{
	char text[32];

	snprintf(text, sizeof(text), "%s(%s)", name, options->unit->name);
	fprintf(out, " %14s", text);
}

static void print_heading(bool process, const struct cpu_span *span, const struct options *options,
			  FILE *out)
{
	static const char *const names[] = { "UTIME",	"STIME",     "CUTIME",	 "CSTIME",
					     "RUNTIME", "RAW UTIME", "RAW STIME" };

	fprintf(out, "%-7s ", "PID");
	if (!process)
		fprintf(out, "%-7s ", "TID");
	fprintf(out, "%-16s", "COMM");
	if (span->since != SINCE_START)
		fprintf(out, " %9s", "%CPU");
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!process && (i == 2 || i == 3))
			continue;
		if (i < 5 || options->verbose)
			print_column(names[i], options, out);
	}
	fputc('\n', out);
}

/* Whole microseconds: the kernel counts ticks. */
static void print_ns(__u64 ns, const struct options *options, FILE *out)
{
	char number[TEXT_NUMBER];

	if (options->unit->ns == NS_PER_US)
		fprintf(out, " %14llu", ns / NS_PER_US);
	else
		fprintf(out, " %14s", text_ns(number, ns, options->unit));
}

/* Over its own time, and marked, where that is not the span's. */
static void print_percent(const struct used_row *row, const struct cpu_span *span, FILE *out)
{
	__u64 from_ns = span->since == SINCE_STEP ? row->task->step_ns : row->task->first_ns;
	char text[PERCENT_SIZE];

	if (span->since == SINCE_START)
		return;
	fprintf(out, " %8s%c",
		percent(text, row->used.runtime_ns,
			span->to_ns > from_ns ? span->to_ns - from_ns : 0),
		from_ns == span->from_ns ? ' ' : '*');
}

static void print_row(const struct used_row *row, const struct cpu_span *span,
		      const struct options *options, FILE *out)
{
	static const __u8 unknown[COMM_SIZE] = "-";
	const struct cpu_task *task = row->task;
	const struct cpu_times *used = &row->used;
	bool process = task->flags & CPUTIME_PROCESS;

	fprintf(out, "%-7u ", task->tgid);
	if (!process)
		fprintf(out, "%-7u ", task->tid);
	text_print(out, task->named ? task->comm : unknown, COMM_SIZE, COMM_SIZE);
	print_percent(row, span, out);
	print_ns(cpu_user_ns(task, used), options, out);
	print_ns(used->system_ns, options, out);
	if (process) {
		print_ns(used->children_user_ns, options, out);
		print_ns(used->children_system_ns, options, out);
	}
	print_ns(used->runtime_ns, options, out);
	if (options->verbose && (task->flags & CPUTIME_AS_IN_PROC)) {
		fprintf(out, " %14s %14s", "-", "-");
	} else if (options->verbose) {
		print_ns(used->raw_user_ns, options, out);
		print_ns(used->raw_system_ns, options, out);
	}
	if (task->flags & CPUTIME_LEADER_GONE)
		fputs("  main thread exited", out);
	else if (task->flags & (CPUTIME_EXITED | CPUTIME_GONE))
		fputs("  exited", out);
	fputc('\n', out);
}

static void print_rows(const struct ranking *rows, bool process, const struct cpu_span *span,
		       const struct options *options, FILE *out)
{
	bool other_span = false;

	print_heading(process, span, options, out);
	for (__u32 i = 0; i < rows->count && i < options->rows; i++) {
		const struct cpu_task *task = rows->row[i].task;

		print_row(&rows->row[i], span, options, out);
		other_span |= span->since == SINCE_STEP ? task->step_ns != span->from_ns
							: task->first_ns != span->from_ns;
	}
	if (rows->count > options->rows)
		fprintf(out, "%llu more (--rows all)\n", rows->count - options->rows);
	if (other_span && span->since != SINCE_START)
		fputs("* over another time: earlier figures were left out or lost\n", out);
}

void cpureport_tasks(const struct cputable *table, const struct cpu_span *span,
		     const struct session *session, FILE *out)
{
	struct budget *budget = &session->shared->budget;

	for (int process = 1; process >= 0; process--) {
		struct ranking rows = choose(table, span->since, process, session);

		if (rows.count || (process && rows.row))
			print_rows(&rows, process, span, session->shared->options, out);
		else if (!rows.row && table->count)
			fputs("     no memory to sort the tasks\n", out);
		budget_give(budget, rows.row, rows.size);
	}
}

static const struct column task_columns[] = {
	{ "pid", CELL_ID, true, "process" },
	{ "tid", CELL_ID, true, "thread; unknown: the whole process" },
	{ "comm", CELL_TEXT, true, "its name" },
	{ "cpu", CELL_REAL, false, "share of one CPU, 1 is all of it" },
	{ "runtime", CELL_DURATION, false, "time on a CPU, exact" },
	{ "utime", CELL_DURATION, false, "of this in user space, as /proc/PID/stat has it" },
	{ "stime", CELL_DURATION, false, "and in the kernel" },
	{ "cutime", CELL_DURATION, false, "user time of children that were waited for" },
	{ "cstime", CELL_DURATION, false, "system time of children that were waited for" },
	{ "exited", CELL_FLAG, false, "it is no longer there" },
};

static const struct table_kind task_kind = {
	.name = "tasks",
	.summary = "CPU time of processes and threads, those with most first",
	.column = task_columns,
	.columns = sizeof(task_columns) / sizeof(task_columns[0]),
	.probe = PROBE_cputime,
};

static void tell_task(const struct used_row *row, const struct cpu_span *span,
		      const struct session *session, struct writer *writer)
{
	const struct cpu_task *task = row->task;
	bool process = task->flags & CPUTIME_PROCESS;
	__u64 from_ns = span->since == SINCE_STEP ? task->step_ns : task->first_ns;
	__u64 length_ns = span->to_ns > from_ns ? span->to_ns - from_ns : 0;
	const struct cell unknown = cell_unknown(), cells[] = {
		cell_number(task->tgid),
		process ? unknown : cell_number(task->tid),
		cell_text(task->named ? task->comm : NULL, COMM_SIZE),
		cell_real(length_ns, length_ns ? (long double)row->used.runtime_ns / length_ns : 0),
		cell_number(row->used.runtime_ns),
		cell_number(cpu_user_ns(task, &row->used)),
		cell_number(row->used.system_ns),
		process ? cell_number(row->used.children_user_ns) : unknown,
		process ? cell_number(row->used.children_system_ns) : unknown,
		cell_number(!!(task->flags & (CPUTIME_EXITED | CPUTIME_GONE))),
	};
	const struct row told = {
		.kind = &task_kind,
		.cell = cells,
		.from_ns = from_ns,
		.to_ns = span->to_ns,
		.is_step = span->since == SINCE_STEP,
	};

	ASSERT_CELLS(cells, task_columns);
	writer_row(writer, session, &told);
}

void cpureport_tell(const struct cputable *table, const struct cpu_span *span,
		    const struct session *session, struct writer *writer)
{
	struct budget *budget = &session->shared->budget;

	for (int process = 1; process >= 0; process--) {
		struct ranking ranking = choose(table, span->since, process, session);

		for (__u32 i = 0; i < ranking.count; i++)
			tell_task(&ranking.row[i], span, session, writer);
		budget_give(budget, ranking.row, ranking.size);
	}
}

/* Of two readings of a counter that keeps the low 32 bits. */
static __u64 ticks_ns(__u32 from, __u32 to, __u16 ticks_per_s)
{
	return ticks_per_s ? (__u64)(to - from) * (NS_PER_SEC / ticks_per_s) : 0;
}

void cpureport_balance(const struct rec_cputime_system *from, const struct rec_cputime_system *to,
		       FILE *out)
{
	__u16 hz = to->ticks_per_s;
	const struct {
		const char *name;
		__u64 ns;
		bool counts;
	} parts[] = {
		{ "tasks", to->tasks_ns > from->tasks_ns ? to->tasks_ns - from->tasks_ns : 0,
		  true },
		{ "idle", ticks_ns(from->idle_ticks, to->idle_ticks, hz), true },
		{ "waiting for I/O", ticks_ns(from->iowait_ticks, to->iowait_ticks, hz), true },
		{ "interrupts", ticks_ns(from->irq_ticks, to->irq_ticks, hz),
		  to->flags & CPUTIME_IRQ_APART },
		{ "stolen", ticks_ns(from->steal_ticks, to->steal_ticks, hz),
		  to->flags & CPUTIME_STEAL_APART },
	};
	__u64 span_ns = to->time_ns > from->time_ns ? to->time_ns - from->time_ns : 0, sum_ns = 0;
	char text[PERCENT_SIZE];

	if (to->flags & CPUTIME_FILTERED || !hz || !span_ns)
		return;
	fputs("all CPUs:", out);
	for (unsigned int i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].counts)
			continue;
		fprintf(out, "%s %s %s %%", i ? " +" : "", parts[i].name,
			percent(text, parts[i].ns, span_ns));
		sum_ns += parts[i].ns;
	}
	fprintf(out, " = %s %% of %u %%\n", percent(text, sum_ns, span_ns), to->cpus * 100u);
	if (sum_ns < span_ns * to->cpus && span_ns * to->cpus - sum_ns > span_ns / 100)
		fputs("the rest: tasks that began or ended between two snapshots\n", out);
	if (to->left_out)
		fprintf(out, "left out by the cap until later: %u of %u tasks, %u us\n",
			to->left_out, to->tasks, to->left_out_us);
}
