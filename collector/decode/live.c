// SPDX-License-Identifier: GPL-2.0-or-later
/* live - what a fleet does at the moment, on a terminal, drawn anew once a second */
#include "live.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "options.h"
#include "tell.h"
#include "view.h"

/* Other screen, no cursor, and lines that are cut where the terminal ends. */
#define BEGIN "\033[?1049h\033[?25l\033[?7l"
#define END "\033[?7h\033[?25h\033[?1049l"
#define HOME "\033[H"
#define END_OF_LINE "\033[K\r\n"
#define REST_OF_SCREEN "\033[J"

/* A picture of a histogram: a column for each power of two, from 256 ns to 34 s. */
#define OCTAVE_LEAST 8
#define OCTAVES 28
#define LEVELS 8
#define SCALE "  1us       1ms       1s    "
/* Those without a board or a probe, and the one that the cursor is left in. */
#define FRAME_LINES 8
#define NAME_COLUMNS 24
#define SHORT 16

/* What a board said before, for what it does in a second. */
struct pace {
	__u32 session; /* whose it is */
	__u64 entered;
	__u64 time_ns;
	double per_second;
};

/* A probe of one board, or of all. */
struct sum {
	struct histogram buckets;
	__u64 max_ns;
	unsigned int scope; /* values are in each scope once: only one is counted */
	bool any;
};

struct live {
	const struct decoder *decoder;
	bool utf8;
	__u64 drawn_ns;
	__u64 datagrams; /* by then */
	struct pace pace[SESSIONS_MAX];
	struct sum all[PROBE_ID_MAX + 1];
	struct sum one[PROBE_ID_MAX + 1];
};

static __u64 now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (__u64)now.tv_sec * NS_PER_SEC + (__u64)now.tv_nsec;
}

struct live *live_open(const struct decoder *decoder)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live)
		return NULL;
	live->decoder = decoder;
	setlocale(LC_CTYPE, "");
	live->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	live->drawn_ns = now_ns(CLOCK_MONOTONIC);
	fputs(BEGIN, stdout);
	fflush(stdout);
	return live;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	fputs(END, stdout);
	fflush(stdout);
	free(live);
}

/*
 * Words
 */

/* "8.19us": three digits are enough to watch. */
static const char *short_ns(char to[SHORT], __u64 ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 } };
	unsigned int i = 0;

	while (i < 3 && (double)ns < units[i].ns)
		i++;
	snprintf(to, SHORT, "%.3g%s", (double)ns / units[i].ns, units[i].name);
	if ((double)ns / units[i].ns >= 999.5)
		snprintf(to, SHORT, "%.0f%s", (double)ns / units[i].ns, units[i].name);
	return to;
}

/* What came from outside, in so many columns; where the locale has no UTF-8, in ASCII. */
static void put_name(const struct live *live, FILE *out, const void *bytes, size_t length)
{
	char escaped[TEXT_ESCAPED(TEXT_JOINED)];
	unsigned int columns = 0;

	text_escape(escaped, bytes, length);
	for (const char *at = escaped; *at; at++) {
		bool begins = (*at & 0xc0) != 0x80;

		if (begins && columns == NAME_COLUMNS)
			break;
		columns += begins;
		if (live->utf8 || !(*at & 0x80))
			fputc(*at, out);
		else if (begins)
			fputc('?', out);
	}
	fprintf(out, "%*s", (int)(NAME_COLUMNS - columns), "");
}

static void put_board(const struct live *live, FILE *out, const struct session *session)
{
	const struct text *text = texts_find(&session->texts, TEXT_board, 0);
	char name[TEXT_JOINED];

	if (text) {
		put_name(live, out, name, text_join(text, name));
		return;
	}
	snprintf(name, sizeof(name), session->named ? "%016llx" : "unknown", session->board_id);
	put_name(live, out, name, sizeof(name));
}

/*
 * Probes
 */

static void put_picture(const struct live *live, FILE *out, const struct histogram *buckets)
{
	static const char *const blocks[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[LEVELS] = { ".", ":", "-", "=", "+", "*", "#", "@" };
	__u64 rows[LOG2_ROWS], column[OCTAVES] = { 0 }, most = 1;

	histogram_log2(buckets, 1, rows);
	for (unsigned int i = 0; i < LOG2_ROWS; i++) {
		unsigned int at = i < OCTAVE_LEAST ? 0 : i - OCTAVE_LEAST;

		column[at < OCTAVES ? at : OCTAVES - 1] += rows[i];
	}
	for (unsigned int i = 0; i < OCTAVES; i++)
		most = column[i] > most ? column[i] : most;
	for (unsigned int i = 0; i < OCTAVES; i++) {
		unsigned int level = (unsigned int)((u128)column[i] * (LEVELS - 1) / most);

		if (column[i])
			fputs(live->utf8 ? blocks[level] : ascii[level], out);
		else
			fputc(' ', out);
	}
}

static void put_probe(const struct live *live, FILE *out, unsigned int probe, const struct sum *sum)
{
	__u64 p50 = histogram_percentile(&sum->buckets, 500);
	__u64 p99 = histogram_percentile(&sum->buckets, 990);
	char name[VIEW_NAME], texts[3][SHORT];

	fprintf(out, "  %-12s ", view_name(name, probe));
	put_picture(live, out, &sum->buckets);
	fprintf(out, " %12llu %9s %9s %9s", histogram_total(&sum->buckets),
		short_ns(texts[0], p50 < sum->max_ns ? p50 : sum->max_ns),
		short_ns(texts[1], p99 < sum->max_ns ? p99 : sum->max_ns),
		short_ns(texts[2], sum->max_ns));
	fputs(END_OF_LINE, out);
}

static unsigned int put_probes(const struct live *live, FILE *out,
			       const struct sum sums[PROBE_ID_MAX + 1])
{
	unsigned int lines = 0;

	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (sums[i].any) {
			put_probe(live, out, i, &sums[i]);
			lines++;
		}
	return lines;
}

static void sum_up(struct sum *sum, const struct histogram *buckets, __u64 max_ns)
{
	sum->any = true;
	for (__u32 i = 0; i < H2_BUCKETS; i++)
		sum->buckets.count[i] += buckets->count[i];
	sum->max_ns = max_ns > sum->max_ns ? max_ns : sum->max_ns;
}

/* Those that any board has. */
static unsigned int count_probes(const struct sessions *sessions)
{
	unsigned int probes = 0;

	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		for (unsigned int at = 0; at < sessions->count; at++)
			if (sessions->session[at]->view_state[i]) {
				probes++;
				break;
			}
	return probes;
}

/* A view tells what it has; live->one is of one board. */
static void take_distribution(struct writer *writer, const struct session *session,
			      const struct distribution *distribution)
{
	struct live *live = writer->state;
	struct sum *sum = &live->one[distribution->probe];
	const struct moments *moments = distribution->moments;
	__u32 least, greatest;

	(void)session;
	if (!histogram_ends(distribution->buckets, &least, &greatest) ||
	    (sum->any && sum->scope != distribution->scope))
		return;
	sum->scope = distribution->scope;
	sum_up(sum, distribution->buckets,
	       moments && moments->count && moments->max != ~0ULL ? moments->max
								  : h2_upper(greatest));
}

static const struct format collecting = {
	.takes = WRITES_REPORT,
	.distribution = take_distribution,
};

static void collect(struct live *live, const struct session *session)
{
	struct writer writer = {
		.format = &collecting,
		.options = live->decoder->shared.options,
		.wants = WRITES_REPORT,
		.state = live,
	};

	memset(live->one, 0, sizeof(live->one));
	tell_views(session, &writer);
	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++)
		if (live->one[i].any)
			sum_up(&live->all[i], &live->one[i].buckets, live->one[i].max_ns);
}

/*
 * Boards
 */

/* Their counters come in snapshots: the pace is that between the last two. */
static double events_per_second(struct pace *pace, const struct session *session)
{
	__u64 entered = 0, time_ns = 0;

	for (unsigned int i = 1; i <= PROBE_ID_MAX; i++) {
		const struct account *account = session->ledger.account[i];

		if (!account)
			continue;
		entered += account->value[LEDGER_entered];
		if (account->time_ns[LEDGER_entered] > time_ns)
			time_ns = account->time_ns[LEDGER_entered];
	}
	if (pace->session != session->number)
		*pace = (struct pace) { .session = session->number };
	if (pace->time_ns && time_ns > pace->time_ns && entered >= pace->entered)
		pace->per_second =
			(double)(entered - pace->entered) * 1e9 / (double)(time_ns - pace->time_ns);
	pace->entered = entered;
	pace->time_ns = time_ns;
	return pace->per_second;
}

static const char *state_of(char to[SHORT], const struct session *session, __u64 now)
{
	if (session->closed)
		return "closed";
	return short_ns(to, now > session->heard_ns ? now - session->heard_ns : 0);
}

static void put_session(struct live *live, FILE *out, unsigned int at)
{
	const struct session *session = live->decoder->sessions.session[at];
	struct session_losses losses = session_losses(session);
	char age[SHORT];

	fputs("  ", out);
	put_board(live, out, session);
	fprintf(out, "  %02x%02x%02x%02x  %7s %11.0f %9llu %9llu %9llu", session->id[0],
		session->id[1], session->id[2], session->id[3],
		state_of(age, session, now_ns(CLOCK_REALTIME)),
		events_per_second(&live->pace[at], session), losses.network, losses.events,
		losses.sinks);
	fputs(END_OF_LINE, out);
}

/* Those that are still at it come first.  Returns the lines. */
static unsigned int put_sessions(struct live *live, FILE *out, unsigned int room)
{
	const struct sessions *sessions = &live->decoder->sessions;
	bool with_probes =
		sessions->count > 1 && sessions->count * (1 + count_probes(sessions)) < room;
	unsigned int lines = 0, left_out = 0;

	for (int closed = 0; closed < 2; closed++)
		for (unsigned int i = 0; i < sessions->count; i++) {
			if (sessions->session[i]->closed != closed)
				continue;
			collect(live, sessions->session[i]);
			if (lines + 1 >= room) {
				left_out++;
				continue;
			}
			put_session(live, out, i);
			lines++;
			if (with_probes)
				lines += put_probes(live, out, live->one);
		}
	if (left_out)
		fprintf(out, "  ... and %u more" END_OF_LINE, left_out);
	return lines;
}

/*
 * The frame
 */

static void put_receiver(struct live *live, FILE *out, const struct facts *facts)
{
	__u64 now = now_ns(CLOCK_MONOTONIC), ns = now - live->drawn_ns;
	const struct shared *shared = &live->decoder->shared;

	fprintf(out,
		"port %u: %llu datagrams, %.0f a second, %llu of no use; %u sessions" END_OF_LINE,
		facts->port, facts->datagrams,
		(double)(facts->datagrams - live->datagrams) * 1e9 / (double)(ns ? ns : 1),
		facts->foreign + facts->sealed + facts->refused, live->decoder->sessions.count);
	fprintf(out, "lost by this machine's socket: %llu datagrams", facts->dropped);
	if (shared->homeless)
		fprintf(out, "; passed over for want of room: %llu records", shared->homeless);
	if (facts->stores)
		fprintf(out, "; stored %llu blocks, not stored %llu", facts->store.blocks,
			facts->store.slow + facts->store.failed);
	fputs(END_OF_LINE, out);
	live->drawn_ns = now;
	live->datagrams = facts->datagrams;
}

static unsigned int rows_of_terminal(void)
{
	struct winsize size;

	return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row ? size.ws_row : 24;
}

/* The sums are over the boards, which are drawn below them. */
static void put_frame(struct live *live, FILE *out, const struct facts *facts)
{
	static const char heading[] = "  BOARD                     SESSION       AGE    EVENTS/S "
				      "  NETWORK     BOARD     SINKS" END_OF_LINE;
	unsigned int rows = rows_of_terminal();
	unsigned int used = FRAME_LINES + count_probes(&live->decoder->sessions);
	char *boards = NULL;
	size_t length;
	FILE *below = open_memstream(&boards, &length);

	memset(live->all, 0, sizeof(live->all));
	fputs(HOME, out);
	put_receiver(live, out, facts);
	if (below)
		put_sessions(live, below, rows > used ? rows - used : 0);
	fputs(END_OF_LINE "  PROBE        " SCALE
			  "   COUNT       p50       p99       max" END_OF_LINE,
	      out);
	put_probes(live, out, live->all);
	fprintf(out, END_OF_LINE "%*s%s" END_OF_LINE, 57, "", "LOST: blocks, events, records");
	fputs(heading, out);
	if (below && !fclose(below))
		fwrite(boards, 1, length, out);
	fputs(REST_OF_SCREEN, out);
	free(boards);
}

/* However small the terminal is, nothing scrolls: what does not fit is cut off. */
static size_t cut(const char *frame, size_t length)
{
	unsigned int rows = rows_of_terminal();
	const char *at = frame;

	while (--rows && at && (size_t)(at - frame) < length) {
		at = memchr(at, '\n', length - (size_t)(at - frame));
		at = at ? at + 1 : NULL;
	}
	return at ? (size_t)(at - frame) : length;
}

void live_draw(struct live *live, const struct facts *facts)
{
	size_t length;
	char *frame = NULL;
	FILE *out = open_memstream(&frame, &length);

	if (!out)
		return;
	put_frame(live, out, facts);
	if (!fclose(out)) {
		fwrite(frame, 1, cut(frame, length), stdout);
		fflush(stdout);
	}
	free(frame);
}
