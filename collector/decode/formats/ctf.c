// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ctf - Common Trace Format 1.8, for babeltrace2 and Trace Compass: a trace for each session
 *
 * Everything is aligned to bytes and little-endian.  All numbers of an event are signed and of 64 bits:
 * what is unknown is -1, what is greater than fits is the greatest.  Text is that of text_escape().
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ctf_stream.h"
#include "losses.h"
#include "named.h"
#include "options.h"
#include "view.h"

#define KINDS_MAX 64

struct trace {
	const struct session *session;
	bool ended;
	char folder[32];
	struct ctf_stream stream;
	const struct table_kind *kind[KINDS_MAX];
	unsigned int kinds;
	__u64 lost;	/* of probes with events */
	__u64 unplaced; /* events whose time no reader could add up */
};

struct state {
	struct trace **trace;
	unsigned int traces;
	struct losses losses; /* of the session that is told, then of the input */
	bool any_lost;
};

static struct trace *find_trace(struct writer *writer, const struct session *session)
{
	struct state *state = writer->state;
	struct trace *trace, **more;

	for (unsigned int i = 0; i < state->traces; i++)
		if (state->trace[i]->session == session)
			return state->trace[i];
	trace = calloc(1, sizeof(*trace));
	more = realloc(state->trace, (state->traces + 1) * sizeof(*more));
	if (more)
		state->trace = more;
	if (!trace || !more) {
		free(trace);
		writer_lacks_memory(writer);
		return NULL;
	}
	trace->session = session;
	snprintf(trace->folder, sizeof(trace->folder), "session-%u", session->number);
	trace->stream.writer = writer;
	trace->stream.folder = trace->folder;
	memcpy(trace->stream.uuid, session->id, sizeof(trace->stream.uuid));
	state->trace[state->traces++] = trace;
	writer_folder_make(writer, trace->folder);
	return trace;
}

/* KINDS_MAX: there is no room for it. */
static unsigned int find_kind(struct trace *trace, const struct table_kind *kind)
{
	unsigned int i = 0;

	while (i < trace->kinds && trace->kind[i] != kind)
		i++;
	if (i == trace->kinds && i < KINDS_MAX)
		trace->kind[trace->kinds++] = kind;
	return i;
}

static void put_field(FILE *out, enum cell_kind kind, const struct cell *cell)
{
	char text[NAMED_VALUE];
	__s64 number = -1;

	if (named_is_text(kind)) {
		fputs(cell->known ? named_escaped(text, kind, cell) : "", out);
		fputc('\0', out);
		return;
	}
	if (cell->known && kind == CELL_REAL)
		number = (__s64)cell->real;
	else if (cell->known)
		number = cell->number > INT64_MAX ? INT64_MAX : (__s64)cell->number;
	fwrite(&number, sizeof(number), 1, out);
}

static void event(struct writer *writer, const struct session *session, const struct event *event)
{
	struct trace *trace = find_trace(writer, session);
	unsigned int kind = trace ? find_kind(trace, event->kind) : KINDS_MAX;
	const struct cell duration = cell_number(event->duration_ns);
	__u64 realtime_ns = event->time_ns;
	char *bytes = NULL;
	size_t length;
	FILE *out;

	if (kind == KINDS_MAX)
		return;
	clock_realtime(session_clock(session), event->time_ns, &realtime_ns);
	if (realtime_ns > INT64_MAX || event->time_ns > INT64_MAX) {
		trace->unplaced++;
		return;
	}
	out = open_memstream(&bytes, &length);
	if (!out) {
		writer_lacks_memory(writer);
		return;
	}
	put_field(out, CELL_DURATION, &duration);
	for (unsigned int i = 0; i < event->kind->columns; i++)
		put_field(out, event->kind->column[i].kind, &event->cell[i]);
	if (writer_text_end(writer, out, &bytes))
		ctf_stream_add(&trace->stream, (__u16)kind, event->time_ns, bytes, length);
	free(bytes);
}

/*
 * The description
 */

static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void put_env(FILE *out, const char *name, const char *value)
{
	fprintf(out, "\t%s = ", name);
	put_string(out, value);
	fputs(";\n", out);
}

static void put_text(FILE *out, const char *name, const struct session *session,
		     enum text_kind kind)
{
	const struct text *text = texts_find(&session->texts, kind, 0);
	char joined[TEXT_JOINED], escaped[TEXT_ESCAPED(TEXT_JOINED)];

	if (!text)
		return;
	text_escape(escaped, joined, text_join(text, joined));
	put_env(out, name, escaped);
}

static void put_uuid(FILE *out, const __u8 uuid[16])
{
	for (unsigned int i = 0; i < 16; i++)
		fprintf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
}

static void put_trace(FILE *out, const struct session *session)
{
	fputs("/* CTF 1.8 */\n\n"
	      "typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	      "typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	      "typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	      "typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	      "typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n\n"
	      "trace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"",
	      out);
	put_uuid(out, session->id);
	fputs("\";\n\tbyte_order = le;\n\tpacket.header := struct {\n\t\tuint32_t magic;\n"
	      "\t\tuint8_t uuid[16];\n\t\tuint32_t stream_id;\n\t};\n};\n\n",
	      out);
}

static void put_environment(FILE *out, const struct session *session, const struct trace *trace,
			    const struct losses *losses)
{
	char board[NAMED_BOARD], name[32];

	fputs("env {\n", out);
	put_env(out, "tracer_name", "tarsier");
	put_env(out, "tracer_version", TARSIER_VERSION);
	put_env(out, "hostname", named_board(board, session));
	put_text(out, "kernel_release", session, TEXT_release);
	put_text(out, "machine", session, TEXT_machine);
	put_text(out, "collector", session, TEXT_collector);
	put_text(out, "command", session, TEXT_command);
	fprintf(out, "\tsession = %u;\n\tevents_left_out = %llu;\n", session->number,
		trace->unplaced);
	for (unsigned int i = 0; i < LOSSES_KEPT && i < losses->count; i++) {
		snprintf(name, sizeof(name), "lost_%u", i + 1);
		if (losses->sentence[i])
			put_env(out, name, losses->sentence[i]);
	}
	fputs("};\n\n", out);
}

static void put_clock(FILE *out, const struct session *session)
{
	__u64 zero_ns = 0;
	bool dated = clock_realtime(session_clock(session), 0, &zero_ns) && zero_ns <= INT64_MAX;

	if (!dated)
		zero_ns = 0;
	fprintf(out,
		"clock {\n\tname = boottime;\n\tdescription = \"CLOCK_BOOTTIME of the board%s\";\n"
		"\tfreq = 1000000000;\n\toffset_s = %llu;\n\toffset = %llu;\n\tabsolute = "
		"%s;\n};\n\n"
		"typealias integer {\n\tsize = 64;\n\talign = 8;\n\tsigned = false;\n"
		"\tmap = clock.boottime.value;\n} := stamp_t;\n\n",
		dated ? "" : ", whose date is unknown", zero_ns / NS_PER_SEC, zero_ns % NS_PER_SEC,
		dated ? "TRUE" : "FALSE");
}

static void put_stream(FILE *out)
{
	fputs("stream {\n\tid = 0;\n\tpacket.context := struct {\n"
	      "\t\tstamp_t timestamp_begin;\n\t\tstamp_t timestamp_end;\n"
	      "\t\tuint64_t content_size;\n\t\tuint64_t packet_size;\n"
	      "\t\tuint64_t events_discarded;\n\t};\n"
	      "\tevent.header := struct {\n\t\tuint16_t id;\n\t\tstamp_t timestamp;\n\t};\n};\n\n",
	      out);
}

/* The underscore keeps a name from being a word of the language; readers take it away. */
static void put_kind(FILE *out, const struct table_kind *kind, unsigned int id)
{
	char key[NAMED_KEY], name[VIEW_NAME];

	fprintf(out,
		"event {\n\tname = \"%s:%s\";\n\tid = %u;\n\tstream_id = 0;\n"
		"\tfields := struct {\n\t\tint64_t _duration_ns;\n",
		view_name(name, kind->probe), kind->name, id);
	for (unsigned int i = 0; i < kind->columns; i++)
		fprintf(out, "\t\t%s _%s;\n",
			named_is_text(kind->column[i].kind) ? "string" : "int64_t",
			named_key(key, &kind->column[i]));
	fputs("\t};\n};\n\n", out);
}

static void put_metadata(struct writer *writer, const struct session *session,
			 const struct trace *trace)
{
	const struct state *state = writer->state;
	char name[64];
	FILE *out;

	snprintf(name, sizeof(name), "%s/metadata", trace->folder);
	out = writer_file_open(writer, name);
	if (!out)
		return;
	put_trace(out, session);
	put_environment(out, session, trace, &state->losses);
	put_clock(out, session);
	put_stream(out);
	for (unsigned int i = 0; i < trace->kinds; i++)
		put_kind(out, trace->kind[i], i);
	writer_file_close(writer, out);
}

/*
 * What is told
 */

/* Only where a record stands for an event each has a lost one been an event of the trace. */
static bool has_events(const struct row *row)
{
	const struct cell *cell = named_cell(row, "probe");
	char name[NAMED_VALUE];
	unsigned int probe;

	if (!cell)
		return false;
	probe = view_find(named_escaped(name, CELL_TEXT, cell));
	return probe && view_entries[probe].view->events[0] &&
	       !view_entries[probe].view->in_buckets;
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;
	struct trace *trace = session ? find_trace(writer, session) : NULL;

	losses_row(&state->losses, session, row);
	if (trace && !row->kind->probe && !strcmp(row->kind->name, "ledger") && has_events(row) &&
	    named_number(row, "lost"))
		trace->lost += named_number(row, "events");
}

static void end_trace(struct writer *writer, struct trace *trace)
{
	const struct session *session = trace->session;
	__u64 to_ns = session->last_ns, realtime_ns = to_ns;

	if (trace->ended || writer->failed)
		return;
	trace->ended = true;
	clock_realtime(session_clock(session), to_ns, &realtime_ns);
	if (realtime_ns > INT64_MAX || to_ns > INT64_MAX)
		to_ns = 0;
	ctf_stream_end(&trace->stream, to_ns, trace->lost);
	put_metadata(writer, session, trace);
}

static void session_end(struct writer *writer, const struct session *session)
{
	struct state *state = writer->state;
	struct trace *trace = find_trace(writer, session);

	if (trace)
		end_trace(writer, trace);
	state->any_lost |= state->losses.count != 0;
	losses_release(&state->losses);
}

/* What is of no session has no place in a trace. */
static void end(struct writer *writer, bool clean)
{
	struct state *state = writer->state;

	/* of events alone no session is told */
	for (unsigned int i = 0; i < state->traces; i++)
		end_trace(writer, state->trace[i]);
	losses_end(&state->losses, writer, clean || state->any_lost);
	losses_tell(&state->losses, writer->options);
}

static void close_state(struct writer *writer)
{
	struct state *state = writer->state;

	for (unsigned int i = 0; i < state->traces; i++) {
		ctf_stream_release(&state->trace[i]->stream);
		free(state->trace[i]);
	}
	free(state->trace);
	losses_release(&state->losses);
}

const struct format format_ctf = {
	.suffix = "",
	.makes = MAKES_DIRECTORY,
	.takes = WRITES_REPORT | WRITES_EVENTS,
	.needs = WRITES_REPORT | WRITES_EVENTS,
	.size = sizeof(struct state),
	.event = event,
	.row = row,
	.session_end = session_end,
	.end = end,
	.close = close_state,
};
