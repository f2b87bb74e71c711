// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sink_udp - send each block as one datagram, as fast as the link may be used, and later what waits
 *
 * Whether a datagram arrives is not to be known.  That it did not is known where the kernel refuses
 * it, where an ICMP message comes back for it, and where there is no route or no carrier.  Such a
 * block waits as long as a file keeps it, and is sent once more: the newest first, the same bytes.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backlog.h"
#include "clocks.h"
#include "lately.h"
#include "loop.h"
#include "pace.h"
#include "resolver.h"
#include "route.h"
#include "sandbox.h"
#include "say.h"
#include "seal.h"
#include "sink.h"
#include "udp_socket.h"

#define FAMILIES 2
#define OFFER_MS 100
#define OFFER_AT_ONCE 256
#define PROBE_MS 1000			/* between two looks whether the receiver is there again */
#define UNDOUBTED_NS (1500 * NS_PER_MS) /* nothing came back for that long: it is */
#define ASK_MS 10000 /* between two questions for an address as long as there is none */
#define ASK_AGAIN_NS (60 * NS_PER_SEC)
#define PROBES 2	      /* that nothing comes back for: the receiver is there */
#define CLOSING_RESERVE 65536 /* bytes of the bucket for the last snapshot */

struct udp {
	char target[256];
	char *host, *port;
	struct pace pace;
	int fds[FAMILIES]; /* IPv4, IPv6 */
	union udp_address address;
	bool is_known; /* the address */
	struct resolver resolver;
	__u64 asked_ns;
	struct route route;
	bool is_up;
	bool is_refusing; /* nobody listens there */
	__u64 refused_ns, probed_ns;
	unsigned int probes;   /* in a row that nothing has come back for */
	struct span latest;    /* the block that was to be sent last */
	struct span last_sent; /* the one that was */
	struct lately lately, lately_offered;
	struct backlog backlog;
	bool said_rate;
	struct watch errors[FAMILIES], events, answers, timer;
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
	udp->fds[0] = -1;
	udp->fds[1] = -1;
	udp->resolver.fd = -1;
	udp->timer.fd = -1;
	udp->route = (struct route) { -1, -1 };
	sink->own = udp;
	return udp;
}

static int set_rate(struct sink *sink, const char *value)
{
	struct udp *udp = udp_of(sink);

	return udp ? pace_set(&udp->pace, value) : -ENOMEM;
}

static int *fd_for(struct udp *udp, int family)
{
	return &udp->fds[family == AF_INET6];
}

static int connect_to(struct sink *sink, const union udp_address *address)
{
	struct udp *udp = sink->own;
	int fd = *fd_for(udp, address->any.sa_family), err;

	if (fd < 0)
		return -EAFNOSUPPORT;
	err = udp_connect(fd, address);
	if (err)
		return err;
	sink->fd = fd;
	sink->block_records_max = udp_records_through(fd, seal_overhead());
	udp->address = *address;
	udp->is_known = true;
	return 0;
}

static int connect_to_first(struct sink *sink, const struct resolver_answer *answer)
{
	int err = -EHOSTUNREACH;

	for (unsigned int i = 0; i < answer->count && err; i++)
		err = connect_to(sink, &answer->address[i]);
	return err;
}

/* Sockets for what may be answered later, when none can be opened any more. */
static int open_sockets(struct udp *udp, const struct resolver_answer *answer)
{
	int v4 = 0, v6 = 0;

	for (unsigned int i = 0; i < answer->count; i++) {
		int *fd = fd_for(udp, answer->address[i].any.sa_family);

		if (*fd < 0)
			*fd = udp_socket(answer->address[i].any.sa_family);
		if (*fd < 0)
			return *fd;
	}
	if (udp->resolver.fd < 0)
		return 0;
	if (udp->fds[0] < 0)
		v4 = udp->fds[0] = udp_socket(AF_INET);
	if (udp->fds[1] < 0)
		v6 = udp->fds[1] = udp_socket(AF_INET6);
	return v4 < 0 && v6 < 0 ? v4 : 0;
}

/* Numbers at once; for a name the child is started, and waited for where nothing keeps the records. */
static int find_address(struct udp *udp, struct resolver_answer *answer,
			char detail[SINK_DETAIL_SIZE])
{
	int err;

	resolver_look_up(udp->host, udp->port, AI_NUMERICHOST, answer);
	if (!answer->failure)
		return 0;
	err = resolver_start(&udp->resolver, udp->host, udp->port);
	if (err)
		return err;
	resolver_ask(&udp->resolver);
	udp->asked_ns = now_ns();
	if (sinks_keep())
		return 0;
	err = resolver_take(&udp->resolver, answer, true);
	if (err || !answer->failure)
		return err;
	snprintf(detail, SINK_DETAIL_SIZE,
		 "cannot resolve '%s' (%s): give an address, or set up /etc/resolv.conf", udp->host,
		 gai_strerror(answer->failure));
	return -EHOSTUNREACH;
}

static int begin(struct sink *sink, char detail[SINK_DETAIL_SIZE])
{
	struct udp *udp = sink->own;
	struct resolver_answer answer;
	int err = find_address(udp, &answer, detail);

	err = err ? err : open_sockets(udp, &answer);
	if (err || answer.failure)
		return err;
	err = connect_to_first(sink, &answer);
	if (err && sinks_keep()) { /* the route may come later */
		udp->address = answer.address[0];
		udp->is_known = true;
		return 0;
	}
	if (err)
		snprintf(detail, SINK_DETAIL_SIZE, "no route to %s", udp->host);
	return err;
}

static int udp_close(struct sink *sink)
{
	struct udp *udp = sink->own;

	for (unsigned int i = 0; i < FAMILIES; i++)
		if (udp->fds[i] >= 0)
			close(udp->fds[i]);
	resolver_stop(&udp->resolver);
	route_close(&udp->route);
	sink->fd = -1;
	return 0;
}

static int udp_open(struct sink *sink, const char *target, char detail[SINK_DETAIL_SIZE])
{
	struct udp *udp = udp_of(sink);
	int err;

	if (!udp)
		return -ENOMEM;
	if ((size_t)snprintf(udp->target, sizeof(udp->target), "%s", target) >=
		    sizeof(udp->target) ||
	    udp_split(udp->target, &udp->host, &udp->port)) {
		snprintf(detail, SINK_DETAIL_SIZE, "want udp://HOST:PORT or udp://[ADDRESS]:PORT");
		return -EINVAL;
	}
	err = begin(sink, detail);
	if (err) {
		udp_close(sink);
		return err;
	}
	sandbox_allow_network();
	route_open(&udp->route); /* without, only what the socket says is known */
	udp->is_up = sink->fd >= 0 && route_is_up(&udp->route, &udp->address);
	return 0;
}

/* The next look at what waits, if anything does and it is of use.  What is awaited is not put off. */
static void arm(struct udp *udp)
{
	__u64 ms = 0;

	if (!udp->is_known)
		ms = ASK_MS;
	else if (udp->is_refusing && sinks_keep())
		ms = PROBE_MS;
	else if (udp->is_up && udp->backlog.count)
		ms = OFFER_MS;
	if (ms == udp->armed_ms)
		return;
	udp->armed_ms = ms;
	timer_arm(&udp->timer, ms, 0);
}

static void note_waiting(struct sink *sink)
{
	struct udp *udp = sink->own;

	sink->waiting = backlog_records(&udp->backlog);
	arm(udp);
}

static struct span span_of(const struct block *block)
{
	return (struct span) { block->number, block->number + 1, block->first,
			       block->first + block->records };
}

/* From the low 32 bits in its header, which was written before the latest one's. */
static struct span span_of_header(const struct udp *udp, const struct rec_header *header)
{
	const struct span *latest = &udp->latest;
	__u64 block = latest->block - (__u32)((__u32)latest->block - header->block_seq);
	__u64 record = latest->record - (__u32)((__u32)latest->record - header->seq);

	return (struct span) { block, block + 1, record,
			       record + header->records - BLOCK_RECORDS_MIN };
}

/* The block that an error is about, from as much of it as came back; else the one sent last. */
static struct span find_refused(const struct udp *udp, const struct rec_header *header, size_t size)
{
	const struct rec_sealed *sealed = (const void *)header;
	struct block block;

	if (size < sizeof(*header) || header->magic != WIRE_MAGIC)
		return udp->last_sent;
	if (header->type == REC_header && header->records >= BLOCK_RECORDS_MIN)
		return span_of_header(udp, header);
	if (header->type == REC_sealed && !sinks_find(sealed->block_number, &block))
		return span_of_header(udp, block.bytes);
	return udp->last_sent;
}

/* What was sent right before has most likely not arrived. */
static void doubt_the_latest(struct udp *udp)
{
	lately_doubt(&udp->lately, &udp->backlog, now_ns());
	lately_doubt(&udp->lately_offered, &udp->backlog, now_ns());
}

/* Not every datagram that is refused is answered: routers answer so many a second. */
static void note_refusal(struct sink *sink, int err, bool kept)
{
	struct udp *udp = sink->own;

	if (kept)
		doubt_the_latest(udp);
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
		struct span refused = find_refused(udp, (const void *)bytes, size);

		note_refusal(sink, err, kept);
		if (kept)
			backlog_add(&udp->backlog, &refused);
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

	if (!udp->is_known)
		return -EHOSTUNREACH;
	if (!udp->is_up)
		return -ENETDOWN;
	if (udp->is_refusing && kept)
		return -ECONNREFUSED;
	err = send_now(sink, block, 0);
	if (err)
		return err;
	udp->last_sent = span_of(block);
	lately_add(&udp->lately, &udp->last_sent, now_ns());
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

	udp->latest = span_of(block);
	if (sink->fd >= 0)
		take_refusals(sink);
	err = pass_on(sink, block, kept);
	if (!err) {
		if (udp->is_refusing && now_ns() - udp->refused_ns > UNDOUBTED_NS)
			udp->is_refusing = false;
		return udp->is_refusing ? sink->error : 0;
	}
	if (kept && err != -EMSGSIZE) /* which will never fit */
		backlog_add(&udp->backlog, &udp->latest);
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
	struct span span;
	int err = sinks_find(number, &block);

	if (err) {
		sink->lost +=
			err == -ESTALE ? backlog_drop(&udp->backlog) : backlog_skip(&udp->backlog);
		return 0;
	}
	err = send_now(sink, &block, reserve);
	if (err && err != -EMSGSIZE)
		return err;
	sink->lost += err ? block.records : 0;
	sink->lost += backlog_take(&udp->backlog, (__u32)block.first, block.records);
	span = span_of_header(udp, block.bytes);
	lately_add(&udp->lately_offered, &span, now_ns());
	return 0;
}

static void offer(struct sink *sink, unsigned int most, __u64 reserve)
{
	struct udp *udp = sink->own;
	__u64 number;

	while (most-- && backlog_newest(&udp->backlog, &number))
		if (offer_one(sink, number, reserve))
			break;
	sink->waiting = backlog_records(&udp->backlog);
}

/* Is the receiver there again?  Blocks that wait tell, unless they are refused in their turn. */
static void probe(struct sink *sink)
{
	struct udp *udp = sink->own;

	take_refusals(sink);
	udp->probes = udp->probed_ns > udp->refused_ns ? udp->probes + 1 : 0;
	if (udp->backlog.count && udp->probes < PROBES) {
		udp->probed_ns = now_ns();
		offer(sink, 1, 0);
		return;
	}
	udp->is_refusing = false;
	udp->probes = 0;
	sink_note(sink, 0, true);
}

static void ask_address(struct udp *udp)
{
	if (udp->resolver.fd < 0 || (udp->is_known && now_ns() - udp->asked_ns < ASK_AGAIN_NS))
		return;
	udp->asked_ns = now_ns();
	resolver_ask(&udp->resolver);
}

static void on_timer(struct watch *watch)
{
	struct sink *sink = watch->owner;
	struct udp *udp = sink->own;

	timer_expirations(watch);
	udp->armed_ms = 0;
	if (!udp->is_known) {
		ask_address(udp);
	} else if (udp->is_up) {
		if (udp->is_refusing) {
			ask_address(udp); /* it may have moved */
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
	bool was_up = udp->is_up;

	if (!udp->is_known)
		return;
	udp->is_up = !connect_to(sink, &udp->address) && route_is_up(&udp->route, &udp->address);
	if (was_up && !udp->is_up) {
		sink_note(sink, -ENETDOWN, sinks_keep());
		if (sinks_keep())
			doubt_the_latest(udp);
	}
	if (!was_up && udp->is_up) {
		ask_address(udp);
		sink_note(sink, 0, true);
	}
	note_waiting(sink);
}

static void on_events(struct watch *watch)
{
	struct sink *sink = watch->owner;
	struct udp *udp = sink->own;

	route_take_events(&udp->route);
	reconsider(sink);
}

static void on_errors(struct watch *watch)
{
	struct sink *sink = watch->owner;

	if (watch->fd == sink->fd)
		take_refusals(sink);
	udp_settle(watch->fd);
}

static bool is_same(const union udp_address *one, const union udp_address *other)
{
	if (one->any.sa_family != other->any.sa_family)
		return false;
	if (one->any.sa_family == AF_INET6)
		return one->v6.sin6_port == other->v6.sin6_port &&
		       !memcmp(&one->v6.sin6_addr, &other->v6.sin6_addr, sizeof(one->v6.sin6_addr));
	return one->v4.sin_port == other->v4.sin_port &&
	       one->v4.sin_addr.s_addr == other->v4.sin_addr.s_addr;
}

static bool is_among(const struct resolver_answer *answer, const union udp_address *address)
{
	for (unsigned int i = 0; i < answer->count; i++)
		if (is_same(&answer->address[i], address))
			return true;
	return false;
}

static void on_answer(struct watch *watch)
{
	struct sink *sink = watch->owner;
	struct udp *udp = sink->own;
	struct resolver_answer answer;
	int err = resolver_take(&udp->resolver, &answer, false);

	if (err == -ECONNRESET) { /* its end would be news for ever */
		say("-o %s: the process that looks up '%s' was ended: what is known by now stays",
		    sink->name, udp->host);
		resolver_stop(&udp->resolver);
	}
	if (err || answer.failure || !answer.count)
		return;
	if (udp->is_known && is_among(&answer, &udp->address))
		return;
	if (connect_to_first(sink, &answer)) { /* no route yet: the address is known all the same */
		udp->address = answer.address[0];
		udp->is_known = true;
	}
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

	for (unsigned int i = 0; i < FAMILIES && !err; i++)
		err = watch_one(sink, &udp->errors[i], udp->fds[i], on_errors);
	err = err ? err : watch_one(sink, &udp->events, udp->route.events_fd, on_events);
	err = err ? err : watch_one(sink, &udp->answers, udp->resolver.fd, on_answer);
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
	if (udp->is_known && udp->is_up && !udp->is_refusing)
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
	.open = udp_open,
	.write = udp_write,
	.close = udp_close,
	.watch = udp_watch,
	.finish = udp_finish,
};
