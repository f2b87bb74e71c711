// SPDX-License-Identifier: GPL-2.0-or-later
/* tell_session - which board, which run, when, and how it was measured */
#include "tell.h"
#include "view.h"

static const struct column session_columns[] = {
	{ "number", CELL_ID, true, "from 1, in order of appearance" },
	{ "id", CELL_TEXT, true, "of the session: 32 hexadecimal digits" },
	{ "board", CELL_TEXT, true, "the board's name" },
	{ "board_id", CELL_TEXT, true, "16 hexadecimal digits" },
	{ "format", CELL_TEXT, false, "version of the records" },
	{ "kernel", CELL_TEXT, false, "release of the board's kernel" },
	{ "machine", CELL_TEXT, false, "hardware name" },
	{ "collector", CELL_TEXT, false, "version of the collector" },
	{ "command", CELL_TEXT, false, "its command line" },
	{ "sandbox", CELL_TEXT, false, "what it gave up before it began to record" },
	{ "started", CELL_TIME, false, "when recording began" },
	{ "last", CELL_TIME, false, "the time of the last record" },
	{ "closed", CELL_FLAG, false, "it ended in order; else the board may have gone on" },
	{ "clock", CELL_TEXT, false, "what dates it: unknown, own, arrival or synchronised" },
	{ "clock_error", CELL_DURATION, false, "of a synchronised clock, as the board estimates" },
	{ "monotonic", CELL_FLAG, false, "times do not count while the board was asleep" },
	{ "cpus_online", CELL_COUNT, false, "CPUs in use" },
	{ "cpus_possible", CELL_COUNT, false, "CPUs that there may be" },
	{ "interval", CELL_DURATION, false, "between two snapshots" },
	{ "sync_interval", CELL_DURATION, false, "what a power cut may cost a file, at most" },
};

static const struct table_kind session_kind =
	TABLE("sessions", "one run of the collector on one board", session_columns);

static const struct column probe_columns[] = {
	{ "probe", CELL_TEXT, true, "its name" },
	{ "wanted", CELL_FLAG, false, "asked for" },
	{ "active", CELL_FLAG, false, "measured" },
	{ "attached", CELL_TEXT, false, "how" },
	{ "unavailable", CELL_TEXT, false, "why it, or a better way, is not available" },
};

static const struct table_kind probe_kind =
	TABLE("probes", "what was measured, and how", probe_columns);

static const struct column cost_columns[] = {
	{ "cpu", CELL_DURATION, false, "CPU time of the collector" },
	{ "bpf_run", CELL_DURATION, false, "time inside its BPF programs" },
	{ "bpf_runs", CELL_COUNT, false, "runs of its BPF programs" },
	{ "memory", CELL_BYTES, false, "resident memory, the most there was" },
	{ "maps", CELL_BYTES, false, "kernel memory of its maps" },
	{ "ring_peak", CELL_BYTES, false, "the most that waited in the ring buffer" },
	{ "ring_size", CELL_BYTES, false, "size of the ring buffer" },
};

static const struct table_kind cost_kind = TABLE("own_cost", "what measuring cost", cost_columns);

static const struct column set_columns[] = {
	{ "time", CELL_TIME, false, "when the board's wall clock was set" },
	{ "from", CELL_REAL, false, "what it showed, seconds since 1970" },
	{ "to", CELL_REAL, false, "what it was set to" },
};

static const struct table_kind set_kind =
	TABLE("clock_sets", "steps of the board's clock", set_columns);

static const char *const clock_names[] = {
	[CLOCK_UNKNOWN] = "unknown",
	[CLOCK_OWN] = "own",
	[CLOCK_ARRIVAL] = "arrival",
	[CLOCK_TRUE] = "synchronised",
};

static const char *to_hex(char *to, const __u8 *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		snprintf(to + 2 * i, 3, "%02x", bytes[i]);
	return to;
}

#define BOARD_ID_SIZE 17
#define VERSION_SIZE 16

static const char *to_board_id(char to[BOARD_ID_SIZE], const struct session *session)
{
	snprintf(to, BOARD_ID_SIZE, "%016llx", session->board_id);
	return to;
}

static const char *to_version(char to[VERSION_SIZE], const struct session *session)
{
	snprintf(to, VERSION_SIZE, "%u.%u", session->major, session->minor);
	return to;
}

static struct cell text_cell(char to[TEXT_JOINED], const struct session *session,
			     enum text_kind kind, unsigned int probe)
{
	const struct text *text = texts_find(&session->texts, kind, probe);

	return text ? cell_text(to, text_join(text, to)) : cell_unknown();
}

static void tell_heading(const struct session *session, struct writer *writer)
{
	char board[TEXT_JOINED], release[TEXT_JOINED], machine[TEXT_JOINED], version[TEXT_JOINED];
	char command[TEXT_JOINED], sandbox[TEXT_JOINED], id[33], board_id[BOARD_ID_SIZE],
		format[VERSION_SIZE];
	const struct rec_session *about = &session->about;
	const struct clock_pair *synced = &session->clock->synced;
	const struct cell cells[] = {
		cell_number(session->number),
		cell_string(session->named ? to_hex(id, session->id, sizeof(session->id)) : NULL),
		text_cell(board, session, TEXT_board, 0),
		cell_string(session->named ? to_board_id(board_id, session) : NULL),
		cell_string(session->named ? to_version(format, session) : NULL),
		text_cell(release, session, TEXT_release, 0),
		text_cell(machine, session, TEXT_machine, 0),
		text_cell(version, session, TEXT_collector, 0),
		text_cell(command, session, TEXT_command, 0),
		text_cell(sandbox, session, TEXT_sandbox, 0),
		cell_number(session_started_ns(session)),
		cell_number(session->last_ns),
		cell_number(session->closed),
		cell_string(clock_names[clock_source(session->clock)]),
		synced->distance_ns && synced->error_us != CLOCK_NO_FIGURE
			? cell_number(synced->error_us * NS_PER_US)
			: cell_unknown(),
		cell_number(session->monotonic),
		about->type ? cell_number(about->cpus_online) : cell_unknown(),
		about->type ? cell_number(about->cpus_possible) : cell_unknown(),
		about->type ? cell_number(about->interval_ms * 1000000ULL) : cell_unknown(),
		session->pad.type ? cell_number(session->pad.sync_ms * 1000000ULL) : cell_unknown(),
	};

	ASSERT_CELLS(cells, session_columns);
	tell_row(session, &session_kind, cells, writer);
}

static void tell_probe(const struct session *session, unsigned int probe, struct writer *writer)
{
	char name[VIEW_NAME], attached[TEXT_JOINED], unavailable[TEXT_JOINED];
	const struct rec_session *about = &session->about;
	const struct cell cells[] = {
		cell_string(view_name(name, probe)),
		about->type ? cell_number(about->probes_wanted >> probe & 1) : cell_unknown(),
		about->type ? cell_number(about->probes_active >> probe & 1) : cell_unknown(),
		text_cell(attached, session, TEXT_attached, probe),
		text_cell(unavailable, session, TEXT_unavailable, probe),
	};

	ASSERT_CELLS(cells, probe_columns);
	if ((about->type && about->probes_wanted >> probe & 1) || session->view_state[probe] ||
	    cells[3].known || cells[4].known)
		tell_row(session, &probe_kind, cells, writer);
}

static void tell_cost(const struct session *session, struct writer *writer)
{
	const struct owncost *cost = &session->owncost;
	bool has_stats = cost->self.flags & SELF_BPF_STATS, has_ring = cost->use.ring_bytes;
	const struct cell cells[] = {
		cell_number(cost->self.cpu_ns),
		has_stats ? cell_number(cost->self.bpf_run_ns) : cell_unknown(),
		has_stats ? cell_number(cost->self.bpf_runs) : cell_unknown(),
		cell_number(cost->self.peak_rss_kib * 1024ULL),
		cell_number(cost->self.maps_kib * 1024ULL),
		has_ring ? cell_number(cost->ring_peak) : cell_unknown(),
		has_ring ? cell_number(cost->use.ring_bytes) : cell_unknown(),
	};

	ASSERT_CELLS(cells, cost_columns);
	if (cost->self.type)
		tell_row(session, &cost_kind, cells, writer);
}

static void tell_clock_sets(const struct session *session, struct writer *writer)
{
	const struct clock_sets *sets = &session->clock_sets;

	for (__u64 i = 0; i < sets->count && i < CLOCK_SETS_LISTED; i++) {
		const struct cell cells[] = {
			cell_number(sets->listed[i].boot_ns),
			cell_real(true, (long double)sets->listed[i].from_ns / NS_PER_SEC),
			cell_real(true, (long double)sets->listed[i].to_ns / NS_PER_SEC),
		};

		ASSERT_CELLS(cells, set_columns);
		tell_row(session, &set_kind, cells, writer);
	}
}

void tell_session(const struct session *session, struct writer *writer)
{
	tell_heading(session, writer);
	if (session_is_unsupported(session))
		return;
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		tell_probe(session, i, writer);
	tell_clock_sets(session, writer);
	tell_cost(session, writer);
}
