// SPDX-License-Identifier: GPL-2.0-or-later
/* tell - everything that was found, to a writer */
#include "tell.h"

#include "verdict.h"
#include "view.h"

void tell_row(const struct session *session, const struct table_kind *kind,
	      const struct cell *cells, struct writer *writer)
{
	const struct row row = {
		.kind = kind,
		.cell = cells,
		.from_ns = session ? session_started_ns(session) : 0,
		.to_ns = session ? session->last_ns : 0,
	};

	writer_row(writer, session, &row);
}

void tell_views(const struct session *session, struct writer *writer)
{
	const struct options *options = session->shared->options;

	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++) {
		const struct view *view = view_entries[i].view;

		if (session->view_state[i] && view->tell &&
		    (!options->probe || options->probe == i))
			view->tell(session->view_state[i], session, i, writer);
	}
}

static void tell_one(const struct session *session, struct writer *writer)
{
	writer_session(writer, session);
	tell_session(session, writer);
	if (!session_is_unsupported(session)) {
		if (!selection_has_range(&session->shared->options->selection))
			tell_views(session, writer);
		tell_books(session, writer);
	}
	writer_session_end(writer, session);
}

void tell_sessions(const struct decoder *decoder, struct writer *writer)
{
	const struct selection *selection = &decoder->shared.options->selection;
	const struct sessions *sessions = &decoder->sessions;

	for (unsigned int i = 0; i < sessions->count; i++)
		if (selection_takes_session(selection, sessions->session[i]))
			tell_one(sessions->session[i], writer);
}

bool tell(struct decoder *decoder, struct writer *writer)
{
	bool clean;

	decoder_settle(decoder);
	clean = verdict(decoder);
	tell_sessions(decoder, writer);
	tell_input(decoder, clean, writer);
	writer_end(writer, clean);
	return clean;
}
