// SPDX-License-Identifier: GPL-2.0-or-later
/* report_heading - which board, which run, when, and how it was measured */
#include "report.h"
#include "view.h"

/* @prefix and the text, on a line for each text of this kind. */
static void print_texts(const struct session *session, const char *label, const char *prefix,
			enum text_kind kind, unsigned int probe, FILE *out)
{
	const struct text *text = texts_find(&session->texts, kind, probe);

	for (; text; text = texts_next(&session->texts, text)) {
		fprintf(out, "  %-12s %s", label, prefix);
		text_print_parts(out, text);
		fputc('\n', out);
	}
}

static void print_id(const struct session *session, FILE *out)
{
	fprintf(out, "  %-12s ", "session");
	if (!session->named) {
		fprintf(out, "unknown: no header was received, only records of salt %04x\n",
			session->salt);
		return;
	}
	for (size_t i = 0; i < sizeof(session->id); i++)
		fprintf(out, "%02x", session->id[i]);
	fprintf(out, ", board %016llx\n", session->board_id);
	if (session->major == WIRE_MAJOR && session->minor > WIRE_MINOR)
		fprintf(out,
			"  %-12s %u.%u, newer than the %d.%d known here: what is known is shown\n",
			"format", session->major, session->minor, WIRE_MAJOR, WIRE_MINOR);
}

static void print_authentic(const struct session *session, FILE *out)
{
	const struct keyring *ring = session->shared->ring;

	if (ring && keyring_knows(ring, session->board_id))
		fprintf(out, "  %-12s yes, by the board's key in slot %s\n", "authentic",
			session->slots >> 1 == 1   ? "1"
			: session->slots >> 1 == 2 ? "2"
						   : "1 and 2");
	else if (ring)
		fprintf(out, "  %-12s NOT PROVED: --keys has no key of this board\n", "authentic");
	else if (session->slots & ~1)
		fprintf(out, "  %-12s not checked (no --keys)\n", "authentic");
}

/* No board runs for a century: a record lies about its time. */
#define DURATION_MAX (100 * 365 * 86400ULL * NS_PER_SEC)

static void print_duration(const struct session *session, __u64 duration_ns, FILE *out)
{
	char text[TEXT_TIME];

	if (duration_ns > DURATION_MAX)
		fprintf(out, "  %-12s impossible\n", "duration");
	else
		fprintf(out, "  %-12s %s%s\n", "duration", text_seconds(text, duration_ns),
			session->monotonic ? ", time asleep not counted" : "");
}

/* Files tell how much of what was recorded had no time to get into them. */
static void print_open_end(const struct session *session, FILE *out)
{
	char text[TEXT_TIME];

	fprintf(out, "  %-12s no: what happened on the board after this is unknown\n", "closed");
	if (session->pad.sync_ms)
		fprintf(out,
			"  %-12s of up to %s, should power have failed: so often files were made "
			"durable%s\n",
			"loss", text_seconds(text, session->pad.sync_ms * (__u64)1000000),
			session->shared->ring ? ", says the file, which no tag proves" : "");
}

static void print_times(const struct session *session, FILE *out)
{
	__u64 started = session_started_ns(session);
	char text[TEXT_TIME];

	fprintf(out, "  %-12s %s\n", "started", clock_date(text, session->clock, started));
	fprintf(out, "  %-12s %s\n", session->closed ? "ended" : "last heard",
		clock_date(text, session->clock, session->last_ns));
	print_duration(session, session->last_ns - started, out);
	if (!session->closed)
		print_open_end(session, out);
}

/* What an oscillator may be off by as long as nobody steers it. */
#define DRIFT_PPM 100
#define DRIFT_LEAST_NS (NS_PER_SEC / 1000)

static void print_exactness(const struct session *session, FILE *out)
{
	const struct clock *clock = session->clock;
	__u64 started = session_started_ns(session), unsteered_ns;
	char text[TEXT_TIME];

	if (clock->synced.error_us == CLOCK_NO_FIGURE)
		return;
	fprintf(out, ", within %u.%03u ms", clock->synced.error_us / 1000,
		clock->synced.error_us % 1000);
	unsteered_ns = clock->synced_from_ns > started ? clock->synced_from_ns - started : 0;
	if (unsteered_ns / 1000000 * DRIFT_PPM < DRIFT_LEAST_NS)
		return;
	fprintf(out, "; %s before that", text_seconds(text, unsteered_ns));
	fprintf(out, " up to %s more, at %d ppm",
		text_seconds(text, unsteered_ns / 1000000 * DRIFT_PPM), DRIFT_PPM);
}

static void print_clock(const struct session *session, FILE *out)
{
	static const char *const sources[] = {
		[CLOCK_UNKNOWN] = "never set: times are those since boot",
		[CLOCK_OWN] = "the board's own, not synchronised",
		[CLOCK_ARRIVAL] = "by arrival: late by the shortest way of a block to its receiver",
		[CLOCK_TRUE] = "synchronised",
	};
	enum clock_source source = clock_source(session->clock);
	char text[TEXT_TIME];

	fprintf(out, "  %-12s %s", "clock", sources[source]);
	if (source == CLOCK_TRUE)
		print_exactness(session, out);
	fputc('\n', out);
	if (session->clock->disagreement_ns)
		fprintf(out,
			"  %-12s while synchronised it changed by %s: dated by the most exact "
			"moment\n",
			"", text_seconds(text, session->clock->disagreement_ns));
}

static void print_clock_sets(const struct session *session, FILE *out)
{
	const struct clock_sets *sets = &session->clock_sets;
	char at[TEXT_TIME], from[TEXT_TIME], to[TEXT_TIME], by[TEXT_TIME];

	for (__u64 i = 0; i < sets->count && i < CLOCK_SETS_LISTED; i++) {
		__u64 from_ns = sets->listed[i].from_ns, to_ns = sets->listed[i].to_ns;
		bool ahead = to_ns >= from_ns;

		fprintf(out, "  %-12s at %s: from %s to %s, by %c%s\n", "clock set",
			clock_date(at, session->clock, sets->listed[i].boot_ns),
			text_date(from, from_ns), text_date(to, to_ns), ahead ? '+' : '-',
			text_seconds(by, ahead ? to_ns - from_ns : from_ns - to_ns));
	}
	if (sets->count > CLOCK_SETS_LISTED)
		fprintf(out, "  %-12s %llu times more\n", "clock set",
			sets->count - CLOCK_SETS_LISTED);
}

static void print_machine(const struct session *session, FILE *out)
{
	const struct rec_session *about = &session->about;

	print_texts(session, "kernel", "", TEXT_release, 0, out);
	print_texts(session, "machine", "", TEXT_machine, 0, out);
	print_texts(session, "collector", "", TEXT_collector, 0, out);
	print_texts(session, "command", "", TEXT_command, 0, out);
	print_texts(session, "sandbox", "", TEXT_sandbox, 0, out);
	if (!about->type)
		return;
	fprintf(out, "  %-12s %u online, %u possible\n", "cpus", about->cpus_online,
		about->cpus_possible);
	if (!session->shared->options->verbose)
		return;
	fprintf(out, "  %-12s every %u ms, ring buffer of %u bytes\n", "snapshots",
		about->interval_ms, about->ring_bytes);
	fprintf(out, "  %-12s ", "boot id");
	for (size_t i = 0; i < sizeof(about->boot_id); i++)
		fprintf(out, "%02x", about->boot_id[i]);
	fputc('\n', out);
}

static void print_probes(const struct session *session, FILE *out)
{
	__u32 idle = session->about.probes_wanted & ~session->about.probes_active;
	char buffer[VIEW_NAME];

	print_texts(session, "unavailable", "", TEXT_unavailable, 0, out);
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++) {
		const char *name = view_name(buffer, i);

		if (idle >> i & 1)
			fprintf(out, "  %-12s WANTED, BUT NOT ACTIVE\n", name);
		print_texts(session, name, "", TEXT_attached, i, out);
		print_texts(session, name, "unavailable: ", TEXT_unavailable, i, out);
	}
	if (session->texts.refused)
		fprintf(out, "  %-12s %llu parts without a place\n", "texts",
			session->texts.refused);
}

void report_heading(const struct session *session, unsigned int sessions, FILE *out)
{
	fprintf(out, "session %u of %u: ", session->number, sessions);
	session_print_board(session, out);
	fputc('\n', out);
	print_id(session, out);
	if (session_is_unsupported(session))
		return;
	print_authentic(session, out);
	print_machine(session, out);
	print_times(session, out);
	print_clock(session, out);
	print_clock_sets(session, out);
	print_probes(session, out);
	owncost_print(session, out);
}
