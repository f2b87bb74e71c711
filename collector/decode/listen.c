// SPDX-License-Identifier: GPL-2.0-or-later
/* listen - datagrams from boards, decoded as they come */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "inbox.h"
#include "live.h"
#include "metrics.h"
#include "retire.h"
#include "rights.h"
#include "store.h"

/* Datagrams overtake each other: wait that long for those still missing once all have closed. */
#define LINGER_MS 1000
/* Batches taken before a signal is looked for. */
#define BATCHES 16
/* With keys: a crash of this machine may forget what was accepted in that time. */
#define STATE_SYNC_MS 1000
#define TIDY_MS 1000
#define CHORES_MS 250

struct receiver {
	struct decoder *decoder;
	const struct options *options;
	struct inbox inbox;
	int signal_fd;
	int save_fd;
	struct store *store; /* NULL: none is asked for */
	__u64 unstorable;    /* datagrams that are no whole block of a session known here */
	bool failed;
	__u64 offset; /* of the next datagram among all bytes received, and in the saved file */
	__u64 datagrams;
	__u64 foreign; /* without a record */
	__u64 sealed;  /* which only keys open */
	bool used;     /* one of those taken just now was of use */
	__u64 used_ms; /* when the latest one was: others do not count as signs of life */
	__u64 synced_ms;
	struct http *http; /* NULL: no metrics are asked for */
	struct metrics metrics;
	struct live *live; /* NULL: standard output gets text as it comes */
	__u64 drawn_ms;
	__u64 tidied_ms;
	__u64 retired; /* sessions */
};

static int open_save(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		return address_complain("cannot save to", path, "the file exists: name a new one");
	return fd < 0 ? address_complain("cannot save to", path, strerror(errno)) : fd;
}

/* SIGINT and SIGTERM as something to poll: they end the listening, not the report. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void save(struct receiver *receiver, const unsigned char *bytes, size_t len)
{
	while (len && receiver->save_fd >= 0) {
		ssize_t written = write(receiver->save_fd, bytes, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			address_complain("cannot save to", receiver->options->save,
					 strerror(errno));
			receiver->failed = true;
			close(receiver->save_fd);
			receiver->save_fd = -1;
			return;
		}
		bytes += written;
		len -= (size_t)written;
	}
}

static __u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000 + (__u64)now.tv_nsec / 1000000;
}

static __u64 realtime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (__u64)now.tv_sec * NS_PER_SEC + (__u64)now.tv_nsec;
}

/* For those who will read what was saved: when this datagram came. */
static void save_news(struct receiver *receiver)
{
	struct rec_arrival *news = &receiver->decoder->shared.news;

	if (!news->type)
		return;
	if (receiver->save_fd >= 0) {
		save(receiver, (const unsigned char *)news, sizeof(*news));
		receiver->offset += sizeof(*news);
	}
	news->type = 0;
}

static void store_block(struct receiver *receiver, const void *bytes, size_t len)
{
	const struct decoder *decoder = receiver->decoder;
	struct block block;

	if (!receiver->store)
		return;
	if (!block_look(&block, bytes, len) && sessions_known(&decoder->sessions, bytes))
		store_put(receiver->store, bytes, len, decoder->shared.arrival_ns,
			  decoder->shared.news.type);
	else
		receiver->unstorable++;
}

static void use(struct receiver *receiver, const void *bytes, size_t len)
{
	const char *name = receiver->options->save ? receiver->options->save : "datagrams";
	struct decoder *decoder = receiver->decoder;

	decoder_begin(decoder, name, receiver->offset);
	reader_feed(&decoder->reader, bytes, len);
	receiver->offset += len;
	if (decoder_end(decoder))
		receiver->used = true;
	else
		receiver->foreign++;
	store_block(receiver, bytes, len);
	save_news(receiver);
}

/* Saved first: what is known as received, and is not there, would be lost for good. */
static void take_guarded(struct receiver *receiver, const unsigned char *bytes, size_t len)
{
	struct gate *gate = receiver->decoder->gate;

	if (gate_take(gate, bytes, len))
		return;
	save(receiver, gate->block.bytes, gate->block.size);
	if (gate_keep(gate))
		use(receiver, gate->block.bytes, gate->block.size);
}

static void take_datagram(struct receiver *receiver, const struct datagram *datagram)
{
	receiver->datagrams++;
	receiver->decoder->shared.arrival_ns = datagram->arrival_ns;
	if (receiver->decoder->gate) {
		take_guarded(receiver, datagram->bytes, datagram->size);
	} else if (block_is_sealed(datagram->bytes, datagram->size)) {
		receiver->sealed++;
		save(receiver, datagram->bytes, datagram->size); /* for who has the keys */
		receiver->offset += datagram->size;
	} else {
		save(receiver, datagram->bytes, datagram->size);
		use(receiver, datagram->bytes, datagram->size);
	}
}

/* Take what is there. */
static void drain(struct receiver *receiver)
{
	struct datagram datagram[INBOX_BATCH];
	unsigned int count;

	for (unsigned int i = 0; i < BATCHES; i++) {
		count = inbox_take(&receiver->inbox, datagram);
		for (unsigned int at = 0; at < count; at++)
			take_datagram(receiver, &datagram[at]);
		if (count < INBOX_BATCH)
			break;
	}
	if (receiver->used)
		receiver->used_ms = now_ms();
	receiver->used = false;
	if (receiver->store)
		store_kick(receiver->store);
	fflush(receiver->decoder->shared.table.out);
}

static bool all_closed(const struct sessions *sessions)
{
	bool any = false;

	for (unsigned int i = 0; i < sessions->count; i++) {
		const struct session *session = sessions->session[i];

		if (!session->named || session_is_unsupported(session))
			continue;
		if (!session->closed)
			return false;
		any = true;
	}
	return any;
}

/* May a datagram still come that was overtaken? */
static bool is_any_overdue(const struct sessions *sessions)
{
	for (unsigned int i = 0; i < sessions->count; i++) {
		const struct seqset *data = &sessions->session[i]->data;
		const struct seqset *blocks = &sessions->session[i]->blocks;

		if (seqset_missing(data) > seqset_missing_before(data) ||
		    seqset_missing(blocks) > seqset_missing_before(blocks))
			return true;
	}
	return false;
}

/* How long to wait for the next datagram of use; -1: for ever, 0: not at all. */
static int patience_ms(const struct receiver *receiver)
{
	const struct options *options = receiver->options;
	const struct sessions *sessions = &receiver->decoder->sessions;
	__u64 waited_ms = now_ms() - receiver->used_ms, limit_ms;

	if (options->until_closed && all_closed(sessions))
		limit_ms = is_any_overdue(sessions) ? LINGER_MS : 0;
	else if (options->timeout_s)
		limit_ms = options->timeout_s * 1000ull;
	else
		return -1;
	return waited_ms < limit_ms ? (int)(limit_ms - waited_ms) : 0;
}

static struct facts facts_of(const struct receiver *receiver)
{
	const struct gate *gate = receiver->decoder->gate;
	struct facts facts = {
		.port = inbox_port(&receiver->inbox),
		.datagrams = receiver->datagrams,
		.foreign = receiver->foreign,
		.sealed = receiver->sealed,
		.refused = gate ? gate->all_refused : 0,
		.dropped = receiver->inbox.dropped,
		.stores = receiver->store,
		.unstorable = receiver->unstorable,
	};

	if (receiver->store)
		store_count(receiver->store, &facts.store);
	return facts;
}

static void draw(struct receiver *receiver)
{
	struct facts facts = facts_of(receiver);

	live_draw(receiver->live, &facts);
}

/* Is it time again?  Then *@last_ms is now. */
static bool is_due(__u64 *last_ms, __u64 now, unsigned int every_ms)
{
	if (now - *last_ms < every_ms)
		return false;
	*last_ms = now;
	return true;
}

static void tidy(struct receiver *receiver)
{
	receiver->retired += retire(receiver->decoder, realtime_ns(),
				    receiver->live ? NULL : receiver->decoder->shared.table.out);
	if (receiver->http)
		http_tidy(receiver->http);
}

/* What is done once a second, and not once for each datagram. */
static void do_chores(struct receiver *receiver)
{
	struct gate *gate = receiver->decoder->gate;
	__u64 now = now_ms();

	if (gate && is_due(&receiver->synced_ms, now, STATE_SYNC_MS))
		replay_sync(gate->replay);
	if (is_due(&receiver->tidied_ms, now, TIDY_MS))
		tidy(receiver);
	if (receiver->live && is_due(&receiver->drawn_ms, now, LIVE_MS))
		draw(receiver);
}

/* How long to wait at most. */
static int wait_ms(const struct receiver *receiver)
{
	int patience = patience_ms(receiver);

	if (!receiver->decoder->gate && !receiver->live && !receiver->http)
		return patience;
	return patience >= 0 && patience < CHORES_MS ? patience : CHORES_MS;
}

/* What the signals ask for; false: to end. */
static bool take_signals(struct receiver *receiver)
{
	struct signalfd_siginfo signal;

	while (read(receiver->signal_fd, &signal, sizeof(signal)) == sizeof(signal)) {
		if (signal.ssi_signo != SIGWINCH)
			return false;
		receiver->drawn_ms = 0;
	}
	return true;
}

/*
 * Metrics
 */

static void begin_page(struct receiver *receiver, enum http_page kind)
{
	struct facts facts = facts_of(receiver);

	if (!metrics_begin(&receiver->metrics, receiver->decoder, &facts, kind))
		http_offer(receiver->http, kind, -1);
}

static void end_page(struct receiver *receiver)
{
	int fd = metrics_end(&receiver->metrics);

	http_offer(receiver->http, receiver->metrics.kind, fd);
	if (fd >= 0)
		close(fd);
}

/* One at a time. */
static void serve(struct receiver *receiver, bool wanted, bool done)
{
	enum http_page kind;

	if (done)
		end_page(receiver);
	if (receiver->metrics.done_fd >= 0 || !(wanted || done))
		return;
	kind = http_wanted(receiver->http);
	if (kind != HTTP_PAGES)
		begin_page(receiver, kind);
}

static void receive(struct receiver *receiver)
{
	struct pollfd wait[] = {
		{ .fd = receiver->inbox.fd, .events = POLLIN },
		{ .fd = receiver->signal_fd, .events = POLLIN },
		{ .fd = receiver->http ? http_wanted_fd(receiver->http) : -1, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};

	receiver->used_ms = now_ms();
	do {
		do_chores(receiver);
		/* while a page is in the making, a wish for another one waits */
		wait[2].events = receiver->metrics.done_fd < 0 ? POLLIN : 0;
		wait[3].fd = receiver->metrics.done_fd;
		poll(wait, sizeof(wait) / sizeof(wait[0]), wait_ms(receiver));
		drain(receiver);
		if (receiver->http)
			serve(receiver, wait[2].revents, wait[3].revents);
	} while (take_signals(receiver) && patience_ms(receiver));
	metrics_cancel(&receiver->metrics);
}

static void complain_of_nothing(const struct receiver *receiver)
{
	const struct gate *gate = receiver->decoder->gate;
	__u64 refused = gate ? gate->all_refused : 0;

	fprintf(stderr, PROGRAM ": no Tarsier records in %llu datagram%s%s\n", receiver->datagrams,
		text_plural(receiver->datagrams),
		receiver->sealed ? ": they are sealed, name the keys with --keys"
		: refused	 ? ": all were refused"
				 : ": does the collector send to this machine and port?");
	if (refused)
		gate_report(gate, stderr);
}

static void summarise_store(struct receiver *receiver, FILE *out)
{
	struct store_counts counts = { 0 };

	store_count(receiver->store, &counts);
	fprintf(out, "stored: %llu blocks; %llu files of %llu bytes are there, %llu were removed\n",
		counts.blocks, counts.files, counts.bytes, counts.removed);
	if (receiver->unstorable)
		fprintf(out, "     %llu datagrams NOT STORED: no whole blocks of a known session\n",
			receiver->unstorable);
	if (counts.slow)
		fprintf(out, "     %llu blocks NOT STORED: the disk was too slow\n", counts.slow);
	if (counts.failed)
		fprintf(out, "     %llu blocks NOT STORED: they could not be written\n",
			counts.failed);
	receiver->failed |= counts.slow || counts.failed;
}

static void summarise(struct receiver *receiver)
{
	FILE *out = receiver->decoder->shared.table.out;
	const struct gate *gate = receiver->decoder->gate;

	if (!receiver->decoder->records) {
		complain_of_nothing(receiver);
		return;
	}
	table_end(&receiver->decoder->shared.table);
	if (gate)
		fprintf(out, "datagrams: %llu received, %llu of them refused\n",
			receiver->datagrams, gate->all_refused);
	else
		fprintf(out, "datagrams: %llu received, %llu of them without records\n",
			receiver->datagrams, receiver->foreign);
	if (receiver->sealed)
		fprintf(out, "     %llu SEALED, not opened: name the keys with --keys%s\n",
			receiver->sealed,
			receiver->options->save ? ", to read what was saved, too" : "");
	if (gate)
		gate_report(gate, out);
	if (receiver->inbox.dropped)
		fprintf(out,
			"     %u more DROPPED by this machine: its receive buffer was full, raise "
			"net.core.rmem_max\n",
			receiver->inbox.dropped);
	if (receiver->retired)
		fprintf(out, "sessions: %llu that were over had to make room\n", receiver->retired);
	if (receiver->store)
		summarise_store(receiver, out);
	fputc('\n', out);
}

/* Rights go before the first byte from outside is read, and before there is a second thread. */
static int open_outputs(struct receiver *receiver)
{
	const struct options *options = receiver->options;

	if (options->save) {
		receiver->save_fd = open_save(options->save);
		if (receiver->save_fd < 0)
			return -1;
	}
	if (options->http) {
		receiver->http = http_open(options->http);
		if (!receiver->http)
			return -1;
	}
	if (rights_drop(options->user, options->dir))
		return -1;
	if (!options->dir)
		return 0;
	receiver->store = store_open(options->dir, options->dir_size);
	return receiver->store ? 0 : -1;
}

static void close_outputs(struct receiver *receiver)
{
	http_close(receiver->http);
	store_close(receiver->store);
	if (receiver->save_fd >= 0 && close(receiver->save_fd)) {
		address_complain("cannot save to", receiver->options->save, strerror(errno));
		receiver->failed = true;
	}
}

/* The signals first: threads take none of those that are blocked by then. */
static int start(struct receiver *receiver)
{
	receiver->signal_fd = open_signals();
	if ((!receiver->store || !store_start(receiver->store)) &&
	    (!receiver->http || http_start(receiver->http)))
		return 0;
	fputs(PROGRAM ": cannot start a thread\n", stderr);
	return -1;
}

static void announce(const struct receiver *receiver)
{
	if (receiver->http)
		fprintf(stderr, "metrics on port %u\n", http_port(receiver->http));
	fprintf(stderr, "listening on port %u\n", inbox_port(&receiver->inbox));
}

int listen_run(struct decoder *decoder, const struct options *options)
{
	struct receiver receiver = {
		.decoder = decoder,
		.options = options,
		.signal_fd = -1,
		.save_fd = -1,
		.metrics.done_fd = -1,
	};

	if (inbox_open(&receiver.inbox, options->listen))
		return -1;
	receiver.failed = open_outputs(&receiver) || start(&receiver);
	if (!receiver.failed) {
		announce(&receiver);
		receiver.live = options->live ? live_open(decoder) : NULL;
		receive(&receiver);
		live_close(receiver.live);
		if (receiver.store && !store_finish(receiver.store))
			receiver.failed = true;
		summarise(&receiver);
		close(receiver.signal_fd);
	}
	close_outputs(&receiver);
	inbox_close(&receiver.inbox);
	return receiver.failed ? -1 : 0;
}
