// SPDX-License-Identifier: GPL-2.0-or-later
/* merge - what was decoded of two neighbouring parts of an input, put together */
#include "merge.h"

#include <string.h>

#include "view.h"

/* What its header said. */
static struct rec_header header_of(const struct session *session)
{
	struct rec_header header = {
		.type = REC_header,
		.salt = session->salt,
		.magic = WIRE_MAGIC,
		.board_id = session->board_id,
	};

	memcpy(header.session_id, session->id, sizeof(header.session_id));
	return header;
}

/*
 * Can it be done?
 */

static bool can_append(const struct sessions *sessions, const struct session *after)
{
	const struct rec_header header = header_of(after);
	const struct session *session = sessions_look(sessions, &header);

	if (!after->named || (session && !session->named))
		return false;
	return !session || (session->major == after->major &&
			    (!session->held || after->leading->count <= LEADING_MAX) &&
			    session_can_adopt_clock(session, after) &&
			    seqset_can_append(&session->data, &after->data) &&
			    seqset_can_append(&session->blocks, &after->blocks));
}

bool merge_can(const struct decoder *decoder, const struct decoder *after)
{
	size_t taken = after->shared.options->memory_max - after->shared.budget.left;

	if (after->shared.homeless || after->shared.budget.refused || after->sealed ||
	    taken > decoder->shared.budget.left / 2 ||
	    after->reader.doubts + decoder->reader.doubts < READER_DOUBTS)
		return false;
	for (unsigned int i = 0; i < after->sessions.count; i++)
		if (!can_append(&decoder->sessions, after->sessions.session[i]))
			return false;
	return true;
}

/*
 * Sessions
 */

static void merge_times(struct session *session, const struct session *after)
{
	if (!session->records || after->first_ns < session->first_ns)
		session->first_ns = after->first_ns;
	if (after->last_ns > session->last_ns)
		session->last_ns = after->last_ns;
	session->records += after->records;
}

static void merge_tally(struct tally *tally, const struct tally *after)
{
	for (unsigned int type = 0; type < 256; type++)
		tally->records[type] += after->records[type];
}

static void merge_clock_sets(struct clock_sets *sets, const struct clock_sets *after)
{
	for (__u64 i = 0; i < after->count && i < CLOCK_SETS_LISTED; i++)
		if (sets->count + i < CLOCK_SETS_LISTED)
			sets->listed[sets->count + i] = after->listed[i];
	sets->count += after->count;
}

/* What the header and the frame tell. */
static void merge_frame(struct session *session, const struct session *after)
{
	struct budget *budget = &session->shared->budget;

	if (after->minor > session->minor)
		session->minor = after->minor;
	session->major = after->major;
	session->slots |= after->slots;
	session->closed |= after->closed;
	session->monotonic |= after->monotonic;
	if (after->about.type)
		session->about = after->about;
	if (after->pad.time_ns >= session->pad.time_ns && after->pad.type)
		session->pad = after->pad;
	merge_times(session, after);
	session->block.endless += after->block.endless + session->block.open;
	session->block.open = after->block.open;
	session->block.next_seq = after->block.next_seq;
	seqset_append(&session->data, &after->data, budget);
	seqset_append(&session->blocks, &after->blocks, budget);
}

static void merge_names(struct session *session, const struct session *after)
{
	struct budget *budget = &session->shared->budget;

	if (after->tasks && !session->tasks)
		session->tasks = budget_take(budget, sizeof(*session->tasks));
	if (after->tasks && session->tasks)
		tasks_merge(session->tasks, after->tasks);
	if (after->devices && !session->devices)
		session->devices = budget_take(budget, sizeof(*session->devices));
	if (after->devices && session->devices)
		devices_merge(session->devices, after->devices);
	texts_merge(&session->texts, &after->texts, budget);
}

static void merge_view(struct session *session, unsigned int probe, const void *after)
{
	const struct view *view = view_entries[probe].view;

	if (!session->view_state[probe])
		session->view_state[probe] = view->open(session);
	if (session->view_state[probe])
		view->merge(session->view_state[probe], session, after);
	else
		session->shared->homeless++;
}

/* All but the names: until all rows are there, those hold that came before @after. */
static void merge_session(struct session *session, const struct session *after)
{
	/* what the end of the part before waits for are task records, which come first here */
	session_take_leading(session, after);
	merge_frame(session, after);
	session_adopt_clock(session, after);
	merge_clock_sets(&session->clock_sets, &after->clock_sets);
	if (session->tally)
		merge_tally(session->tally, after->tally);
	owncost_merge(&session->owncost, &after->owncost);
	ledger_merge(&session->ledger, &after->ledger, &session->shared->budget);
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (after->view_state[i])
			merge_view(session, i, after->view_state[i]);
	if (after->leading->over)
		session->held = 0;
	session->held |= after->held;
}

/*
 * The rest
 */

static struct session *same_session(struct decoder *decoder, const struct session *after)
{
	const struct rec_header header = header_of(after);

	return sessions_find(&decoder->sessions, (const struct record *)&header);
}

static void merge_kept(struct decoder *decoder, const struct decoder *after)
{
	for (const struct kept_row *row = after->shared.kept.first; row; row = row->next) {
		struct session *session = same_session(decoder, row->session);

		if (session && session->view_state[row->probe])
			view_entries[row->probe].view->take_kept(session->view_state[row->probe],
								 session, row->bytes);
	}
}

static void merge_shared(struct shared *shared, const struct shared *after)
{
	for (unsigned int type = 0; type < 256; type++)
		shared->unknown[type] += after->unknown[type];
	shared->unknown_probe += after->unknown_probe;
}

static void merge_damage(struct decoder *decoder, struct decoder *after)
{
	for (unsigned int i = 0; i < after->damages && i < DAMAGE_LISTED; i++) {
		if (decoder->damages + i >= DAMAGE_LISTED)
			break;
		decoder->damage[decoder->damages + i] = after->damage[i];
		after->damage[i].input = NULL;
	}
	decoder->damages += after->damages;
	decoder->damaged_bytes += after->damaged_bytes;
}

static void merge_sessions(struct decoder *decoder, const struct sessions *after)
{
	for (unsigned int i = 0; i < after->count; i++) {
		struct session *session = same_session(decoder, after->session[i]);

		if (session)
			merge_session(session, after->session[i]);
		else
			decoder->shared.homeless += after->session[i]->records;
	}
}

void merge(struct decoder *decoder, struct decoder *after)
{
	const struct sessions *sessions = &after->sessions;

	decoder->input_records += after->input_records;
	decoder->bytes += after->bytes;
	merge_damage(decoder, after);
	merge_shared(&decoder->shared, &after->shared);
	boots_merge(&decoder->shared.boots, &after->shared.boots);
	merge_sessions(decoder, sessions);
	merge_kept(decoder, after);
	for (unsigned int i = 0; i < sessions->count; i++) {
		struct session *session = same_session(decoder, sessions->session[i]);

		if (session)
			merge_names(session, sessions->session[i]);
	}
	reader_merge(&decoder->reader, &after->reader);
}
