// SPDX-License-Identifier: GPL-2.0-or-later
/* metrics - a page of metrics, made by a copy of this process */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "options.h"
#include "tell.h"
#include "verdict.h"
#include "writer.h"

#define NICE 5	   /* receiving goes first */
#define LIMIT_S 60 /* for one that goes astray */
/* Of a distribution: its buckets, sum and count, about. */
#define SERIES_OF_DISTRIBUTION 34

static const struct column receiver_columns[] = {
	{ "datagrams", CELL_COUNT, false, "datagrams received" },
	{ "datagrams_foreign", CELL_COUNT, false, "of these without an intact record" },
	{ "datagrams_sealed", CELL_COUNT, false, "of these sealed, and no key for them" },
	{ "datagrams_refused", CELL_COUNT, false, "of these kept out by the keys" },
	{ "socket_drops", CELL_COUNT, false,
	  "datagrams lost because the socket's buffer was full" },
	{ "sessions", CELL_COUNT, false, "sessions that are known" },
	{ "blocks_stored", CELL_COUNT, false, "blocks written to files" },
	{ "blocks_too_fast", CELL_COUNT, false, "blocks not stored because the disk was too slow" },
	{ "blocks_unwritable", CELL_COUNT, false, "blocks not stored because writing failed" },
	{ "datagrams_unstorable", CELL_COUNT, false, "not stored: no whole block of a session" },
	{ "files", CELL_COUNT, false, "files that are there" },
	{ "files_size", CELL_BYTES, false, "what they take" },
	{ "files_removed", CELL_COUNT, false, "files removed to make room" },
	{ "series_left_out", CELL_COUNT, false, "series beyond those that a page may have" },
};

static const struct table_kind receiver_kind = {
	.name = "receiver",
	.summary = "this receiver",
	.column = receiver_columns,
	.columns = sizeof(receiver_columns) / sizeof(receiver_columns[0]),
	.is_of_input = true,
};

/* A writer that passes on what fits. */
struct meter {
	struct writer *inner;
	__u64 series;
	__u64 of_session;
	__u64 left_out;
};

static bool fits(struct meter *meter, __u64 series)
{
	bool good = meter->of_session + series <= METRICS_SERIES_OF_SESSION &&
		    meter->series + series <= METRICS_SERIES;

	meter->of_session += good ? series : 0;
	meter->series += good ? series : 0;
	meter->left_out += good ? 0 : series;
	return good;
}

static void meter_session(struct writer *writer, const struct session *session)
{
	struct meter *meter = writer->state;

	meter->of_session = 0;
	writer_session(meter->inner, session);
}

static void meter_row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct meter *meter = writer->state;

	if (fits(meter, row->kind->columns))
		writer_row(meter->inner, session, row);
}

static void meter_distribution(struct writer *writer, const struct session *session,
			       const struct distribution *distribution)
{
	struct meter *meter = writer->state;

	if (fits(meter, SERIES_OF_DISTRIBUTION))
		writer_distribution(meter->inner, session, distribution);
}

static const struct format metering = {
	.takes = WRITES_REPORT,
	.session = meter_session,
	.row = meter_row,
	.distribution = meter_distribution,
};

static void tell_receiver(const struct decoder *decoder, const struct facts *facts, __u64 left_out,
			  struct writer *writer)
{
	const struct store_counts *store = &facts->store;
	bool stores = facts->stores;
	const struct cell cells[] = {
		cell_number(facts->datagrams),
		cell_number(facts->foreign),
		cell_number(facts->sealed),
		decoder->gate ? cell_number(facts->refused) : cell_unknown(),
		cell_number(facts->dropped),
		cell_number(decoder->sessions.count),
		stores ? cell_number(store->blocks) : cell_unknown(),
		stores ? cell_number(store->slow) : cell_unknown(),
		stores ? cell_number(store->failed) : cell_unknown(),
		stores ? cell_number(facts->unstorable) : cell_unknown(),
		stores ? cell_number(store->files) : cell_unknown(),
		stores ? cell_number(store->bytes) : cell_unknown(),
		stores ? cell_number(store->removed) : cell_unknown(),
		cell_number(left_out),
	};

	ASSERT_CELLS(cells, receiver_columns);
	tell_row(NULL, &receiver_kind, cells, writer);
}

bool metrics_write(const struct decoder *decoder, const struct facts *facts, enum http_page kind,
		   FILE *out)
{
	const struct options *options = decoder->shared.options;
	const struct format_entry *format =
		format_find(kind == HTTP_OPENMETRICS ? "openmetrics" : "prometheus");
	struct meter meter = { .inner = writer_open_stream(format, WRITES_REPORT, out, options) };
	struct writer writer = {
		.format = &metering,
		.options = options,
		.wants = WRITES_REPORT,
		.state = &meter,
	};
	bool clean = verdict(decoder);

	if (!meter.inner)
		return false;
	tell_sessions(decoder, &writer);
	tell_input(decoder, clean, meter.inner);
	tell_receiver(decoder, facts, meter.left_out, meter.inner);
	writer_end(meter.inner, clean);
	return writer_close(meter.inner);
}

/* The copy.  Nothing of what it inherits is closed or flushed: it is the receiver's. */
static void run_copy(const struct decoder *decoder, const struct facts *facts, enum http_page kind,
		     int page_fd)
{
	FILE *out = fdopen(page_fd, "w");
	bool good;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(LIMIT_S);
	if (nice(NICE) < 0)
		errno = 0;
	good = out && metrics_write(decoder, facts, kind, out) && !fflush(out);
	_exit(good ? 0 : 1);
}

bool metrics_begin(struct metrics *metrics, const struct decoder *decoder,
		   const struct facts *facts, enum http_page kind)
{
	int pipe_fds[2];

	metrics->kind = kind;
	metrics->page_fd = memfd_create("metrics", MFD_CLOEXEC);
	if (metrics->page_fd < 0)
		return false;
	/* its end is the copy's end */
	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK)) {
		close(metrics->page_fd);
		return false;
	}
	metrics->pid = fork();
	if (!metrics->pid)
		run_copy(decoder, facts, kind, metrics->page_fd);
	close(pipe_fds[1]);
	metrics->done_fd = pipe_fds[0];
	if (metrics->pid > 0)
		return true;
	close(metrics_end(metrics));
	return false;
}

int metrics_end(struct metrics *metrics)
{
	int status = -1;

	if (metrics->pid > 0)
		waitpid(metrics->pid, &status, 0);
	close(metrics->done_fd);
	metrics->done_fd = -1;
	if (!status)
		return metrics->page_fd;
	close(metrics->page_fd);
	return -1;
}

void metrics_cancel(struct metrics *metrics)
{
	if (metrics->done_fd < 0)
		return;
	kill(metrics->pid, SIGKILL);
	metrics_end(metrics);
}
