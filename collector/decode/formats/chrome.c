// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * chrome - the JSON that chrome://tracing, ui.perfetto.dev and others open
 *
 * Each session has a track for each CPU and for each thread with events, and counters of its steps.
 * Slices of one track must not overlap: waits for a CPU do, so that a CPU has as many tracks as tasks
 * wait at once.  Times are microseconds of CLOCK_BOOTTIME; otherData says what dates them.
 */
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "json_line.h"
#include "json_value.h"
#include "losses.h"
#include "named.h"
#include "options.h"
#include "view.h"

/* Greater than any number of a thread: where those of the next session begin. */
#define PIDS (1ULL << 23)
#define PID_OF_CPUS (1ULL << 22)
#define LANES 32
#define CPUS 1024
/* Threads whose names were put; where two have the same place, a name is put again. */
#define NAMED 65536

struct track {
	unsigned int session;
	__u32 cpu;
	__u64 busy_until_ns[LANES];
	unsigned int lanes;
};

struct state {
	bool any;
	struct track *track;
	unsigned int tracks;
	__u64 *named; /* NAMED */
	json_t *sessions;
	struct losses losses;
};

static void put(struct writer *writer, json_t *event)
{
	struct state *state = writer->state;

	fputs(state->any ? ",\n" : "\n", writer->out);
	json_dumpf(event, writer->out, JSON_COMPACT);
	json_decref(event);
	state->any = true;
}

/* Microseconds, exact to the nanosecond: a JSON real would round. */
static void put_at(struct writer *writer, json_t *event, __u64 ns)
{
	struct state *state = writer->state;
	char *text = json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(12));

	json_decref(event);
	if (!text)
		return;
	text[strlen(text) - 1] = '\0'; /* the brace */
	fprintf(writer->out, "%s%s,\"ts\":%llu.%03llu", state->any ? ",\n" : "\n", text,
		ns / NS_PER_US, ns % NS_PER_US);
	fputc('}', writer->out);
	state->any = true;
	free(text);
}

static __u64 first_pid(const struct session *session)
{
	return (session->number - 1) * PIDS;
}

/* A track's or a process's name. */
static void put_name(struct writer *writer, const char *what, __u64 pid, __u64 tid,
		     const char *name)
{
	put(writer,
	    json_pack("{s:s,s:s,s:I,s:I,s:{s:s%}}", "ph", "M", "name", what, "pid", (json_int_t)pid,
		      "tid", (json_int_t)tid, "args", "name", name, strlen(name)));
}

/* The first time that something is put on it, a thread's track gets its name. */
static void name_thread(struct writer *writer, const struct session *session, __u64 pid,
			const struct event *event)
{
	struct state *state = writer->state;
	__u64 key = (pid << 32 ^ event->tid) + 1,
	      *place = &state->named[key * 0x9e3779b97f4a7c15 >> 48];
	char comm[TEXT_ESCAPED(64)], name[TEXT_ESCAPED(64) + NAMED_BOARD + 32], board[NAMED_BOARD];

	if (*place == key)
		return;
	*place = key;
	*comm = '\0';
	if (event->comm)
		text_escape(comm, event->comm, 16);
	put_name(writer, "thread_name", pid, event->tid, comm);
	snprintf(name, sizeof(name), "%s, board %s", comm, named_board(board, session));
	if (event->tgid == event->tid || !event->tgid)
		put_name(writer, "process_name", pid, event->tid, name);
}

static struct track *find_track(struct writer *writer, const struct session *session, __u32 cpu)
{
	struct state *state = writer->state;
	struct track *more;

	for (unsigned int i = 0; i < state->tracks; i++)
		if (state->track[i].session == session->number && state->track[i].cpu == cpu)
			return &state->track[i];
	if (state->tracks == CPUS)
		return NULL;
	more = realloc(state->track, (state->tracks + 1) * sizeof(*more));
	if (!more) {
		writer_lacks_memory(writer);
		return NULL;
	}
	state->track = more;
	more += state->tracks++;
	*more = (struct track) { .session = session->number, .cpu = cpu };
	return more;
}

/* A track of @cpu on which nothing is from @from_ns on; the last one where there is none. */
static unsigned int find_lane(struct writer *writer, const struct session *session, __u32 cpu,
			      __u64 from_ns, __u64 to_ns)
{
	__u64 pid = first_pid(session) + PID_OF_CPUS;
	struct track *track = find_track(writer, session, cpu);
	char board[NAMED_BOARD], name[NAMED_BOARD + 64];
	unsigned int lane = 0;

	if (!track)
		return LANES;
	while (lane < track->lanes && track->busy_until_ns[lane] > from_ns)
		lane++;
	if (lane == LANES)
		return LANES;
	track->busy_until_ns[lane] = to_ns;
	if (lane < track->lanes)
		return lane;
	track->lanes++;
	snprintf(name, sizeof(name), lane ? "CPU %u (%u)" : "CPU %u", cpu, lane + 1);
	put_name(writer, "thread_name", pid, cpu * LANES + lane + 1ULL, name);
	snprintf(name, sizeof(name), "CPUs of board %s, session %u", named_board(board, session),
		 session->number);
	if (!lane)
		put_name(writer, "process_name", pid, cpu * LANES + lane + 1ULL, name);
	return lane;
}

/* An event on a track, which is @tid of @pid. */
struct slice {
	const char *name;
	__u64 pid;
	__u64 tid;
	__u64 from_ns;
	__u64 duration_ns;
};

static void put_number(struct line *line, const char *key, __u64 number)
{
	line_string(line, key);
	line_number(line, number, 0);
}

static void put_us(struct line *line, const char *key, __u64 ns)
{
	unsigned int rest = (unsigned int)(ns % NS_PER_US);
	const char digits[] = { '.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
				(char)('0' + rest % 10) };

	put_number(line, key, ns / NS_PER_US);
	line_bytes(line, digits, sizeof(digits));
}

/* As put_at() does, but there are millions of them. */
static void put_slice(struct writer *writer, const struct session *session,
		      const struct event *event, const struct slice *slice)
{
	struct state *state = writer->state;
	char probe[VIEW_NAME];
	struct line line;

	line_begin(&line, writer->out);
	line_string(&line, state->any ? ",\n" : "\n");
	line_string(&line, event->duration_ns ? "{\"ph\":\"X\"" : "{\"ph\":\"i\"");
	line_string(&line, ",\"name\":");
	json_line_string(&line, slice->name);
	line_string(&line, ",\"cat\":");
	json_line_string(&line, view_name(probe, event->kind->probe));
	put_number(&line, ",\"pid\":", slice->pid);
	put_number(&line, ",\"tid\":", slice->tid);
	line_string(&line, ",\"args\":");
	json_line_event(&line, session, event, NULL);
	put_us(&line, ",\"ts\":", slice->from_ns);
	if (slice->duration_ns)
		put_us(&line, ",\"dur\":", slice->duration_ns);
	line_char(&line, '}');
	line_end(&line);
	state->any = true;
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	__u64 duration_ns =
		event->duration_ns < event->time_ns ? event->duration_ns : event->time_ns;
	struct slice slice = {
		.name = event->what,
		.pid = first_pid(session) + (event->tgid ? event->tgid : event->tid),
		.tid = event->tid,
		.from_ns = event->time_ns - duration_ns,
		.duration_ns = duration_ns,
	};
	char comm[TEXT_ESCAPED(64)];
	unsigned int lane;

	name_thread(writer, session, slice.pid, event);
	put_slice(writer, session, event, &slice);
	if (event->cpu == EVENT_NO_CPU)
		return;
	lane = find_lane(writer, session, event->cpu, slice.from_ns, event->time_ns);
	if (lane == LANES)
		return;
	*comm = '\0';
	if (event->comm)
		text_escape(comm, event->comm, 16);
	if (*comm)
		slice.name = comm;
	slice.pid = first_pid(session) + PID_OF_CPUS;
	slice.tid = event->cpu * LANES + lane + 1ULL;
	put_slice(writer, session, event, &slice);
}

static void put_counter(struct writer *writer, const struct session *session,
			const struct distribution *distribution)
{
	struct figures figures = figures_of(distribution->buckets, distribution->moments);
	char labels[NAMED_LABELS], probe[VIEW_NAME], name[NAMED_LABELS + 64];

	if (!figures.count)
		return;
	snprintf(name, sizeof(name), "%s%s%s (us)", view_name(probe, distribution->probe),
		 distribution->kind->columns ? " " : "", named_labels(labels, distribution));
	put_at(writer,
	       json_pack("{s:s,s:s,s:I,s:{s:f,s:f}}", "ph", "C", "name", name, "pid",
			 (json_int_t)(first_pid(session) + PID_OF_CPUS), "args", "p50",
			 (double)figures.percentile_ns[0] / 1e3, "p99",
			 (double)figures.percentile_ns[3] / 1e3),
	       distribution->to_ns);
}

static void distribution(struct writer *writer, const struct session *session,
			 const struct distribution *distribution)
{
	struct state *state = writer->state;

	losses_distribution(&state->losses, session, distribution);
	if (distribution->is_step)
		put_counter(writer, session, distribution);
}

/* With what the clocks of all boards are brought together. */
static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;
	__u64 zero_ns = 0;
	json_t *object;

	losses_row(&state->losses, session, row);
	if (strcmp(row->kind->name, "sessions") != 0 || row->kind->probe)
		return;
	object = json_of_row(session, row);
	if (clock_realtime(session_clock(session), 0, &zero_ns))
		json_object_set_new(object, "realtime_less_boottime_ns",
				    json_integer((json_int_t)zero_ns));
	json_array_append_new(state->sessions, object);
}

static bool begin(struct writer *writer)
{
	struct state *state = writer->state;

	json_begin();
	state->sessions = json_array();
	state->named = calloc(NAMED, sizeof(*state->named));
	if (!state->sessions || !state->named) {
		writer_lacks_memory(writer);
		return false;
	}
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", writer->out);
	return true;
}

static json_t *make_losses(const struct losses *losses)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < LOSSES_KEPT && i < losses->count; i++)
		if (losses->sentence[i])
			json_array_append_new(array, json_string(losses->sentence[i]));
	return array;
}

static void end(struct writer *writer, bool clean)
{
	struct state *state = writer->state;
	json_t *other;

	losses_end(&state->losses, writer, clean);
	other = json_pack("{s:s,s:s,s:s,s:O,s:b,s:o}", "tarsier", TARSIER_VERSION, "clock",
			  "CLOCK_BOOTTIME of each board", "percentiles", FIGURES_BOUND, "sessions",
			  state->sessions, "clean", clean, "lost", make_losses(&state->losses));
	fputs("\n],\"otherData\":", writer->out);
	json_dumpf(other, writer->out, JSON_COMPACT);
	json_decref(other);
	fputs("}\n", writer->out);
	json_end(writer);
}

static void close_state(struct writer *writer)
{
	struct state *state = writer->state;

	json_decref(state->sessions);
	free(state->track);
	free(state->named);
	losses_release(&state->losses);
}

const struct format format_chrome = {
	.suffix = ".json",
	.takes = WRITES_REPORT | WRITES_EVENTS,
	.needs = WRITES_EVENTS,
	.interval_ns = NS_PER_SEC,
	.size = sizeof(struct state),
	.begin = begin,
	.event = event,
	.row = row,
	.distribution = distribution,
	.end = end,
	.close = close_state,
};
