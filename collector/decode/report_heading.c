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

/* The first time known: the session record tells it even where the first blocks are missing. */
static __u64 started_ns(const struct session *session)
{
	__u64 started = session->about.type ? session->about.started_ns : session->first_ns;

	return started <= session->last_ns ? started : session->first_ns;
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

static void print_times(const struct session *session, FILE *out)
{
	const char *doubt = session->clock.synced ? "" : " (clock not synchronised)";
	__u64 started = started_ns(session);
	char text[TEXT_TIME];

	fprintf(out, "  %-12s %s%s\n", "started", clock_date(text, &session->clock, started),
		doubt);
	fprintf(out, "  %-12s %s%s\n", session->closed ? "ended" : "last heard",
		clock_date(text, &session->clock, session->last_ns), doubt);
	print_duration(session, session->last_ns - started, out);
	if (!session->closed)
		fprintf(out, "  %-12s no: what happened on the board after this is unknown\n",
			"closed");
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
	print_machine(session, out);
	print_times(session, out);
	print_probes(session, out);
	owncost_print(session, out);
}
