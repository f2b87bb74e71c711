// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay [TRACING] [times|all] - what every task waited for its CPU, worked out from ftrace's raw buffers
 *
 * Reads sched_switch, sched_wakeup and sched_wakeup_new from the ring buffers below TRACING, which
 * must be stopped, and prints a line per wait:
 *
 *	TID END_NS WAIT_NS KIND FROM_CPU CPU
 *
 * KIND says how it began: w woken, n new, p preempted, r gave way while runnable.  A wait begins
 * there unless the task is queued already, and ends when the task is switched to.  The idle task is
 * left out.  With `times`, instead, a line for each time that a thread was on a CPU or off it, with `all`
 * both, as the buffers can be read only once:
 *
 *	on TID BEGIN_NS END_NS 0
 *	off TID BEGIN_NS END_NS WAIT_NS		(WAIT_NS: of this, how long it was runnable)
 *	new TID NS
 *	dead TID NS
 *
 * It shares no code with the collector: it is the second opinion.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIDS 65536
#define PAGE_SIZE_MAX 65536
#define NO_CPU 0xffff

/* prev_state in the trace: 0 is TASK_RUNNING, this bit TASK_REPORT_MAX, set for a preempted task */
#define STATE_PREEMPTED 0x100
#define STATE_EXITED 0x30 /* EXIT_DEAD or EXIT_ZOMBIE */

enum kind { SWITCH, WAKEUP, WAKEUP_NEW, KINDS };
static const char *const event_names[KINDS] = { "sched_switch", "sched_wakeup",
						"sched_wakeup_new" };

struct field {
	const char *name;
	unsigned int offset;
	unsigned int size;
};

struct layout {
	unsigned int id;
	struct field tid; /* of the woken task, or of the one switched to */
	struct field prev_tid;
	struct field prev_state;
	struct field target_cpu;
};

struct event {
	uint64_t time_ns;
	uint64_t order; /* equal times stay in the order in which they were read */
	enum kind kind;
	uint32_t tid;
	uint32_t prev_tid;
	uint32_t prev_state;
	uint16_t cpu; /* of the switch, or where the woken task is queued */
};

enum where { UNKNOWN, ASLEEP, QUEUED, RUNNING };

struct task {
	enum where where;
	char kind;
	uint16_t cpu;
	uint64_t since_ns;
	uint64_t out_ns; /* switched out; 0: not seen */
	uint64_t in_ns;	 /* switched in; 0: not seen */
};

static struct layout layouts[KINDS];
static struct event *events;
static size_t event_count, event_room;
static struct task tasks[TIDS];
static int print_times, print_waits = 1;
static unsigned long waits, unknown_starts, lost;

static void fail(const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", what, errno ? strerror(errno) : "not understood");
	exit(1);
}

/*
 * The layout of an event
 */

static void find_field(const char *line, struct field *field)
{
	char pattern[64];
	const char *at;

	snprintf(pattern, sizeof(pattern), " %s;", field->name);
	at = strstr(line, pattern);
	if (at && sscanf(at, " %*[^;]; offset:%u; size:%u;", &field->offset, &field->size) != 2)
		fail(line);
}

static void read_layout(const char *tracing, const char *event, struct layout *layout)
{
	char path[256], line[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/events/sched/%s/format", tracing, event);
	errno = 0;
	file = fopen(path, "re");
	if (!file)
		fail(path);
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "ID: %u", &layout->id);
		if (!strstr(line, "field:"))
			continue;
		find_field(line, &layout->tid);
		find_field(line, &layout->prev_tid);
		find_field(line, &layout->prev_state);
		find_field(line, &layout->target_cpu);
	}
	fclose(file);
	if (!layout->id || !layout->tid.size)
		fail(path);
}

static void read_layouts(const char *tracing)
{
	layouts[SWITCH].prev_tid.name = "prev_pid";
	layouts[SWITCH].prev_state.name = "prev_state";
	for (int kind = 0; kind < KINDS; kind++) {
		struct layout *layout = &layouts[kind];

		layout->tid.name = kind == SWITCH ? "next_pid" : "pid";
		layout->target_cpu.name = "target_cpu";
		read_layout(tracing, event_names[kind], layout);
	}
	if (!layouts[SWITCH].prev_tid.size || !layouts[SWITCH].prev_state.size)
		fail("sched_switch without prev_pid or prev_state");
}

static uint32_t value_of(const unsigned char *record, const struct field *field)
{
	uint64_t value = 0;

	memcpy(&value, record + field->offset, field->size < 8 ? field->size : 8);
	return (uint32_t)value;
}

/*
 * The ring buffer: pages of records, each with the time since the one before it
 */

static void add_event(enum kind kind, const unsigned char *record, uint64_t time_ns, uint16_t cpu)
{
	const struct layout *layout = &layouts[kind];
	struct event *event;

	if (event_count == event_room) {
		event_room = event_room ? 2 * event_room : 65536;
		events = realloc(events, event_room * sizeof(*events));
		if (!events)
			fail("memory");
	}
	event = &events[event_count];
	*event = (struct event) {
		.time_ns = time_ns, .order = event_count, .kind = kind, .cpu = cpu
	};
	event->tid = value_of(record, &layout->tid);
	if (kind == SWITCH) {
		event->prev_tid = value_of(record, &layout->prev_tid);
		event->prev_state = value_of(record, &layout->prev_state);
	} else if (layout->target_cpu.size) {
		event->cpu = (uint16_t)value_of(record, &layout->target_cpu);
	}
	if (event->tid >= TIDS || event->prev_tid >= TIDS)
		fail("a thread id beyond 65535");
	event_count++;
}

static void take_record(const unsigned char *record, uint64_t time_ns, uint16_t cpu)
{
	uint16_t id;

	memcpy(&id, record, sizeof(id));
	for (int kind = 0; kind < KINDS; kind++)
		if (layouts[kind].id == id)
			add_event((enum kind)kind, record, time_ns, cpu);
}

enum { TYPE_LONG = 0, TYPE_PADDING = 29, TYPE_EXTEND = 30, TYPE_STAMP = 31 };

/* See events/header_event and linux/ring_buffer.h. */
static void take_page(const unsigned char *page, uint16_t cpu)
{
	uint64_t time_ns, commit;
	uint32_t head, word;
	size_t at = 16, end;

	memcpy(&time_ns, page, 8);
	memcpy(&commit, page + 8, 8);
	lost += (commit & 0xc0000000) != 0; /* events were overwritten before this page */
	end = at + (commit & 0xfffff);
	while (at + 4 <= end) {
		unsigned int type, bytes;

		memcpy(&head, page + at, 4);
		memcpy(&word, page + at + 4, 4);
		at += 4;
		type = head & 31;
		head >>= 5;
		if (type == TYPE_STAMP) { /* the upper 5 bits are those of the time before */
			time_ns = (time_ns & ~0ull << 59) | ((uint64_t)word << 27) | head;
			at += 4;
			continue;
		}
		if (type == TYPE_PADDING && !head)
			return;
		time_ns += head;
		bytes = type == TYPE_LONG || type == TYPE_PADDING ? word : type * 4;
		if (type == TYPE_EXTEND) {
			time_ns += (uint64_t)word << 27;
			bytes = 4;
		} else if (type == TYPE_LONG) {
			take_record(page + at + 4, time_ns, cpu);
		} else if (type != TYPE_PADDING) {
			take_record(page + at, time_ns, cpu);
		}
		at += bytes;
	}
}

static void read_cpu(const char *tracing, unsigned int cpu)
{
	static unsigned char page[PAGE_SIZE_MAX + 64];
	char path[256];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%u/trace_pipe_raw", tracing, cpu);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	while ((got = read(fd, page, (size_t)sysconf(_SC_PAGESIZE))) > 16)
		take_page(page, (uint16_t)cpu);
	if (got < 0 && errno != EAGAIN)
		fail(path);
	close(fd);
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/*
 * The rule
 */

static void begin_wait(const struct event *event, uint32_t tid, char kind)
{
	struct task *task = &tasks[tid];

	task->where = QUEUED;
	task->kind = kind;
	task->cpu = event->cpu;
	task->since_ns = event->time_ns;
}

static void print_time(const char *what, uint32_t tid, uint64_t begin_ns, uint64_t end_ns,
		       uint64_t wait_ns)
{
	if (print_times && begin_ns)
		printf("%s %u %llu %llu %llu\n", what, tid, (unsigned long long)begin_ns,
		       (unsigned long long)end_ns, (unsigned long long)wait_ns);
}

static void print_moment(const char *what, uint32_t tid, uint64_t time_ns)
{
	if (print_times)
		printf("%s %u %llu\n", what, tid, (unsigned long long)time_ns);
}

/* A task that is woken while it still runs does not go to sleep; one that is queued stays queued. */
static void woken(const struct event *event)
{
	if (event->kind == WAKEUP_NEW) {
		tasks[event->tid].out_ns = 0;
		print_moment("new", event->tid, event->time_ns);
		begin_wait(event, event->tid, 'n');
	}
	if (tasks[event->tid].where == ASLEEP || tasks[event->tid].where == UNKNOWN)
		begin_wait(event, event->tid, 'w');
}

static void switched_out(const struct event *event)
{
	struct task *task = &tasks[event->prev_tid];

	print_time("on", event->prev_tid, task->in_ns, event->time_ns, 0);
	task->in_ns = 0;
	task->out_ns = event->time_ns;
	if (event->prev_state & STATE_EXITED)
		print_moment("dead", event->prev_tid, event->time_ns);
	if (event->prev_state & STATE_PREEMPTED)
		begin_wait(event, event->prev_tid, 'p');
	else if (!event->prev_state)
		begin_wait(event, event->prev_tid, 'r');
	else
		tasks[event->prev_tid].where = ASLEEP;
}

static void switched_in(const struct event *event)
{
	struct task *task = &tasks[event->tid];
	uint64_t wait_ns = task->where == QUEUED ? event->time_ns - task->since_ns : 0;

	print_time("off", event->tid, task->out_ns, event->time_ns, wait_ns);
	task->in_ns = event->time_ns;
	if (task->where == QUEUED && print_waits)
		printf("%u %llu %llu %c %u %u\n", event->tid, (unsigned long long)event->time_ns,
		       (unsigned long long)wait_ns, task->kind, task->cpu, event->cpu);
	waits += task->where == QUEUED;
	unknown_starts += task->where != QUEUED;
	task->where = RUNNING;
}

static void replay_event(const struct event *event)
{
	if (event->kind != SWITCH) {
		woken(event);
		return;
	}
	if (event->prev_tid)
		switched_out(event);
	if (event->tid)
		switched_in(event);
}

int main(int argc, char **argv)
{
	const char *tracing = argc > 1 ? argv[1] : "/sys/kernel/tracing";
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	print_waits = argc < 3 || strcmp(argv[2], "times") != 0;
	print_times = argc > 2;
	read_layouts(tracing);
	for (long cpu = 0; cpu < cpus; cpu++)
		read_cpu(tracing, (unsigned int)cpu);
	qsort(events, event_count, sizeof(*events), by_time);
	for (size_t i = 0; i < event_count; i++)
		replay_event(&events[i]);
	fprintf(stderr, "traced %zu\nreplayed %lu\nunknown_starts %lu\nlost %lu\n", event_count,
		waits, unknown_starts, lost);
	return lost != 0 || fflush(stdout) || ferror(stdout);
}
