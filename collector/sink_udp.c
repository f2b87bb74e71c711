// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sink_udp - send each block as one datagram, as fast as the link may be used, and later what waits
 *
 * Whether a datagram arrives is not to be known.  That it did not is known where the kernel refuses
 * it, where an ICMP message comes back for it, and where there is no route or no carrier.  Such a
 * block waits as long as a file keeps it, and is sent once more: the newest first, the same bytes.
 */
#include <errno.h>
#include <stdlib.h>

#include "clocks.h"
#include "loop.h"
#include "pace.h"
#include "sandbox.h"
#include "say.h"
#include "seal.h"
#include "sink.h"
#include "udp_way.h"
#include "unsent.h"

#define OFFER_MS 100
#define OFFER_AT_ONCE 256
#define PROBE_MS 1000			/* between two looks whether the receiver is there again */
#define UNDOUBTED_NS (1500 * NS_PER_MS) /* nothing came back for that long: it is */
#define ASK_MS 10000	      /* between two questions for an address as long as there is none */
#define PROBES 2	      /* that nothing comes back for: the receiver is there */
#define CLOSING_RESERVE 65536 /* bytes of the bucket for the last snapshot */

struct udp {
	struct udp_way way;
	struct pace pace;
	bool is_refusing; /* nobody listens there */
	__u64 refused_ns, probed_ns;
	unsigned int probes; /* in a row that nothing has come back for */
	struct unsent unsent;
	bool said_rate;
	struct watch errors[UDP_FAMILIES], events, answers, timer;
	__u64 armed_ms; /* the timer; 0: it is not */
};

static struct udp *udp_of(struct sink *sink)
{
	struct udp *udp = sink->own;

	if (udp)
		return udp;
	udp = calloc(1, sizeof(*udp)); /* at start */
	if (!udp)
		return NULL;
	pace_set(&udp->pace, "lan");
	udp_way_init(&udp->way);
	udp->timer.fd = -1;
	sink->own = udp;
	return udp;
}

static int set_rate(struct sink *sink, const char *value)
{
	struct udp *udp = udp_of(sink);

	return udp ? pace_set(&udp->pace, value) : -ENOMEM;
}

/* Connected: the socket may be another one than before, and the path as well. */
static void adopt_way(struct sink *sink)
{
	struct udp *udp = sink->own;

	sink->fd = udp->way.fd;
	sink->block_records_max = udp_records_through(sink->fd, seal_overhead());
}

static int udp_check(const char *target, char detail[SINK_DETAIL_SIZE])
{
	return udp_way_check(target, detail, SINK_DETAIL_SIZE);
}

static int udp_close(struct sink *sink)
{
	struct udp *udp = sink->own;

	udp_way_close(&udp->way);
	sink->fd = -1;
	return 0;
}

static int udp_open(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	struct udp *udp = udp_of(sink);
	int err;

	if (!udp)
		return -ENOMEM;
	err = udp_way_open(&udp->way, target, sinks_keep(), detail, SINK_DETAIL_SIZE);
	if (err)
		return err;
	sandbox_allow_network();
	if (udp->way.fd >= 0)
		adopt_way(sink);
	return 0;
}

/* The next look at what waits, if anything does and it is of use.  What is awaited is not put off. */
static void arm(struct udp *udp)
{
	__u64 ms = 0;

	if (!udp->way.is_known)
		ms = ASK_MS;
	else if (udp->is_refusing && sinks_keep())
		ms = PROBE_MS;
	else if (udp->way.is_up && udp->unsent.backlog.count)
		ms = OFFER_MS;
	if (ms == udp->armed_ms)
		return;
	udp->armed_ms = ms;
	timer_arm(&udp->timer, ms, 0);
}

static void note_waiting(struct sink *sink)
{
	struct udp *udp = sink->own;

	sink->waiting = backlog_records(&udp->unsent.backlog);
	arm(udp);
}

/* Not every datagram that is refused is answered: routers answer so many a second. */
static void note_refusal(struct sink *sink, int err, bool kept)
{
	struct udp *udp = sink->own;

	if (kept)
		unsent_doubt(&udp->unsent, now_ns());
	udp->is_refusing = true;
	udp->refused_ns = now_ns();
	sink_note(sink, err, kept);
}

/* What came back for datagrams sent before. */
static void take_refusals(struct sink *sink)
{
	struct udp *udp = sink->own;
	char bytes[RECORD_SIZE] __attribute__((aligned(8)));
	size_t size = sizeof(bytes);
	bool kept = sinks_keep();
	int err;

	while ((err = udp_refused(sink->fd, bytes, &size))) {
		struct span refused = unsent_find_refused(&udp->unsent, (const void *)bytes, size);

		note_refusal(sink, err, kept);
		if (kept)
			backlog_add(&udp->unsent.backlog, &refused);
		else
			sink->lost += refused.record_end - refused.record;
		size = sizeof(bytes);
	}
	note_waiting(sink);
}

/* 0, or why the block cannot be sent now; -EBUSY: for the rate. */
static int send_now(struct sink *sink, const struct block *block, __u64 reserve)
{
	struct udp *udp = sink->own;
	size_t size = block->size;
	const void *datagram;
	int err;

	if (!pace_take(&udp->pace, size + seal_overhead() + UDP_HEADERS_MAX, reserve, now_ns()))
		return -EBUSY;
	datagram = seal_block(block->bytes, &size);
	err = udp_send(sink->fd, datagram, size);
	if (err == -EMSGSIZE) /* the path has become narrower: the next blocks are to fit */
		sink->block_records_max = udp_records_through(sink->fd, seal_overhead());
	return err;
}

static int pass_on(struct sink *sink, const struct block *block, bool kept)
{
	struct udp *udp = sink->own;
	int err;

	if (!udp->way.is_known)
		return -EHOSTUNREACH;
	if (!udp->way.is_up)
		return -ENETDOWN;
	if (udp->is_refusing && kept)
		return -ECONNREFUSED;
	err = send_now(sink, block, 0);
	if (err)
		return err;
	unsent_note_sent(&udp->unsent, now_ns());
	return 0;
}

/* Once: a link that is too slow for what is recorded is no failure of the link. */
static void say_rate(struct sink *sink, bool kept)
{
	struct udp *udp = sink->own;

	if (!udp->said_rate)
		say("-o %s: more than rate= allows: records %s", sink->name,
		    kept ? "wait in a file" : "are lost and counted");
	udp->said_rate = true;
}

static int udp_write(struct sink *sink, const struct block *block, bool kept)
{
	struct udp *udp = sink->own;
	int err;

	unsent_begin(&udp->unsent, block);
	if (sink->fd >= 0)
		take_refusals(sink);
	err = pass_on(sink, block, kept);
	if (!err) {
		if (udp->is_refusing && now_ns() - udp->refused_ns > UNDOUBTED_NS)
			udp->is_refusing = false;
		return udp->is_refusing ? sink->error : 0;
	}
	if (kept && err != -EMSGSIZE) /* which will never fit */
		unsent_add_latest(&udp->unsent);
	else
		sink->lost += block->records;
	note_waiting(sink);
	if (err != -EBUSY)
		return err;
	say_rate(sink, kept);
	return sink->error;
}

/* One block of those that wait.  0: it waits no more; else it does, and the others. */
static int offer_one(struct sink *sink, __u64 number, __u64 reserve)
{
	struct udp *udp = sink->own;
	struct block block;
	int err = sinks_find(number, &block);

	if (err) {
		sink->lost += unsent_give_up(&udp->unsent, err);
		return 0;
	}
	err = send_now(sink, &block, reserve);
	if (err && err != -EMSGSIZE)
		return err;
	sink->lost += err ? block.records : 0;
	sink->lost += unsent_note_offered(&udp->unsent, &block, now_ns());
	return 0;
}

static void offer(struct sink *sink, unsigned int most, __u64 reserve)
{
	struct udp *udp = sink->own;
	__u64 number;

	while (most-- && backlog_newest(&udp->unsent.backlog, &number))
		if (offer_one(sink, number, reserve))
			break;
	sink->waiting = backlog_records(&udp->unsent.backlog);
}

/* Is the receiver there again?  Blocks that wait tell, unless they are refused in their turn. */
static void probe(struct sink *sink)
{
	struct udp *udp = sink->own;

	take_refusals(sink);
	udp->probes = udp->probed_ns > udp->refused_ns ? udp->probes + 1 : 0;
	if (udp->unsent.backlog.count && udp->probes < PROBES) {
		udp->probed_ns = now_ns();
		offer(sink, 1, 0);
		return;
	}
	udp->is_refusing = false;
	udp->probes = 0;
	sink_note(sink, 0, true);
}

static void on_timer(struct watch *watch)
{
	struct sink *sink = watch->owner;
	struct udp *udp = sink->own;

	timer_expirations(watch);
	udp->armed_ms = 0;
	if (!udp->way.is_known) {
		udp_way_ask(&udp->way);
	} else if (udp->way.is_up) {
		if (udp->is_refusing) {
			udp_way_ask(&udp->way); /* it may have moved */
			probe(sink);
		}
		if (!udp->is_refusing) /* half of the bucket is for what is new */
			offer(sink, OFFER_AT_ONCE, udp->pace.burst / 2);
	}
	arm(udp);
}

/* The address, or the way to it, may be another now. */
static void reconsider(struct sink *sink)
{
	struct udp *udp = sink->own;
	bool was_up = udp->way.is_up;

	if (!udp->way.is_known)
		return;
	if (!udp_way_look(&udp->way))
		adopt_way(sink);
	if (was_up && !udp->way.is_up) {
		sink_note(sink, -ENETDOWN, sinks_keep());
		if (sinks_keep())
			unsent_doubt(&udp->unsent, now_ns());
	}
	if (!was_up && udp->way.is_up) {
		udp_way_ask(&udp->way);
		sink_note(sink, 0, true);
	}
	note_waiting(sink);
}

static void on_events(struct watch *watch)
{
	struct sink *sink = watch->owner;
	struct udp *udp = sink->own;

	route_take_events(&udp->way.route);
	reconsider(sink);
}

static void on_errors(struct watch *watch)
{
	struct sink *sink = watch->owner;

	if (watch->fd == sink->fd)
		take_refusals(sink);
	udp_settle(watch->fd);
}

static void on_answer(struct watch *watch)
{
	struct sink *sink = watch->owner;
	struct udp *udp = sink->own;
	int err = udp_way_take_answer(&udp->way);

	if (err == -ECONNRESET)
		say("-o %s: the process that looks up '%s' was ended: what is known by now stays",
		    sink->name, udp->way.host);
	if (!err)
		reconsider(sink);
}

static int watch_one(struct sink *sink, struct watch *watch, int fd,
		     void (*ready)(struct watch *watch))
{
	*watch = (struct watch) { .fd = fd, .ready = ready, .owner = sink };
	return fd < 0 ? 0 : loop_add(watch);
}

static int udp_watch(struct sink *sink)
{
	struct udp *udp = sink->own;
	int err = 0;

	for (unsigned int i = 0; i < UDP_FAMILIES && !err; i++)
		err = watch_one(sink, &udp->errors[i], udp->way.fds[i], on_errors);
	err = err ? err : watch_one(sink, &udp->events, udp->way.route.events_fd, on_events);
	err = err ? err : watch_one(sink, &udp->answers, udp->way.resolver.fd, on_answer);
	udp->timer = (struct watch) { .ready = on_timer, .owner = sink };
	err = err ? err : loop_add_timer(&udp->timer);
	if (!err)
		arm(udp);
	return err;
}

static void udp_finish(struct sink *sink)
{
	struct udp *udp = sink->own;

	if (sink->fd >= 0)
		take_refusals(sink);
	if (udp->way.is_known && udp->way.is_up && !udp->is_refusing)
		offer(sink, ~0u, CLOSING_RESERVE < udp->pace.burst ? CLOSING_RESERVE : 0);
}

static const struct sink_option options[] = {
	{ "rate", "lan, wan, none or bytes per second",
	  "what the link may carry: lan 12.5 MB/s, wan 16 KiB/s (default lan)", set_rate },
	{ NULL, NULL, NULL, NULL },
};

const struct sink_kind sink_udp = {
	.prefix = "udp://",
	.help = "udp://HOST:PORT  each block one datagram; what cannot be sent waits in a file, if "
		"there is one",
	.options = options,
	.loss = LEDGER_send_lost,
	.check = udp_check,
	.open = udp_open,
	.write = udp_write,
	.close = udp_close,
	.watch = udp_watch,
	.finish = udp_finish,
};
