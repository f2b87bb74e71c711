// SPDX-License-Identifier: GPL-2.0-or-later
/* retire - a receiver that runs for months gives the places of sessions that are over to new ones */
#include "retire.h"

#include "options.h"
#include "report.h"

/* Datagrams overtake each other, and some are sent again. */
#define CLOSED_NS (60 * NS_PER_SEC)
/* Ten times what a collector that lives may be silent. */
#define SILENT_NS (600 * NS_PER_SEC)
/* A call must not hold up receiving. */
#define AT_ONCE 64

static bool is_short_of_room(const struct decoder *decoder)
{
	return decoder->sessions.count > SESSIONS_MAX / 4 * 3 ||
	       decoder->shared.budget.left < decoder->shared.options->memory_max / 4;
}

/* For how long it has been over; 0: perhaps it is not. */
static __u64 over_for_ns(const struct session *session, __u64 realtime_ns)
{
	__u64 silent_ns = realtime_ns > session->heard_ns ? realtime_ns - session->heard_ns : 0;

	return silent_ns > (session->closed ? CLOSED_NS : SILENT_NS) ? silent_ns : 0;
}

static struct session *find_longest(const struct sessions *sessions, __u64 realtime_ns)
{
	struct session *longest = NULL;
	__u64 longest_ns = 0;

	for (unsigned int i = 0; i < sessions->count; i++) {
		__u64 over_ns = over_for_ns(sessions->session[i], realtime_ns);

		if (over_ns > longest_ns) {
			longest = sessions->session[i];
			longest_ns = over_ns;
		}
	}
	return longest;
}

static void retire_one(struct decoder *decoder, struct session *session, FILE *out)
{
	session_settle(session);
	table_end(&decoder->shared.table);
	if (out) {
		fputs("over, and its place is needed:\n", out);
		report_session(session, decoder->sessions.begun, out);
		fputc('\n', out);
	}
	sessions_end(&decoder->sessions, session);
}

unsigned int retire(struct decoder *decoder, __u64 realtime_ns, FILE *out)
{
	unsigned int retired = 0;

	while (retired < AT_ONCE && is_short_of_room(decoder)) {
		struct session *session = find_longest(&decoder->sessions, realtime_ns);

		if (!session)
			break;
		retire_one(decoder, session, out);
		retired++;
	}
	return retired;
}
