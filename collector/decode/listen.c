// SPDX-License-Identifier: GPL-2.0-or-later
/* listen - datagrams from boards, decoded as they come */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "inbox.h"

/* Holds a second of a very busy board while this machine does something else. */
#define RECEIVE_BUFFER (8 << 20)
/* Datagrams overtake each other: wait that long for those still missing once all have closed. */
#define LINGER_MS 1000
/* Datagrams taken before a signal is looked for. */
#define BATCH 1024
/* With keys: a crash of this machine may forget what was accepted in that time. */
#define STATE_SYNC_MS 1000

struct receiver {
	struct decoder *decoder;
	const struct options *options;
	struct inbox *inbox;
	int fd;
	int signal_fd;
	int save_fd;
	bool failed;
	__u64 offset; /* of the next datagram among all bytes received, and in the saved file */
	__u64 datagrams;
	__u64 foreign; /* without a record */
	__u64 sealed;  /* which only keys open */
	__u64 used_ms; /* when the latest datagram was of use: others do not count as signs of life */
	__u64 synced_ms;
};

static int complain(const char *what, const char *word, const char *why)
{
	fprintf(stderr, PROGRAM ": %s ", what);
	text_print_string(stderr, word);
	fprintf(stderr, ": %s\n", why);
	return -1;
}

/* Split "[HOST:]PORT", where HOST may be an IPv6 address in brackets. */
static bool split_address(const char *address, char host[NI_MAXHOST], const char **port)
{
	const char *colon = strrchr(address, ':');
	size_t length = colon ? (size_t)(colon - address) : 0;
	char *end;
	unsigned long number;

	*port = colon ? colon + 1 : address;
	number = strtoul(*port, &end, 10);
	if (**port < '0' || **port > '9' || *end || number > 65535)
		return false;
	if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
		address++;
		length -= 2;
	}
	if (length >= NI_MAXHOST)
		return false;
	memcpy(host, address, length);
	host[length] = '\0';
	return true;
}

static void set_up(int fd, int family)
{
	int on = 1, off = 0, size = RECEIVE_BUFFER;

	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	/* beyond the machine's limit where privilege allows, else up to it */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

/* Bound to the first of @list that works, an IPv6 one first: it hears IPv4 as well.  -1: errno. */
static int bind_first(const struct addrinfo *list)
{
	static const int families[] = { AF_INET6, AF_INET };
	int err = EADDRNOTAVAIL;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		for (const struct addrinfo *at = list; at; at = at->ai_next) {
			int fd;

			if (at->ai_family != families[i])
				continue;
			fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
			if (fd < 0)
				continue;
			set_up(fd, at->ai_family);
			if (!bind(fd, at->ai_addr, at->ai_addrlen))
				return fd;
			err = errno;
			close(fd);
			if (err == EADDRINUSE)
				break;
		}
	}
	errno = err;
	return -1;
}

static int open_socket(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_PASSIVE }, *list;
	char host[NI_MAXHOST];
	const char *port;
	int err, fd;

	if (!split_address(address, host, &port))
		return complain("listen", address, "expected PORT, HOST:PORT or [HOST]:PORT");
	err = getaddrinfo(*host ? host : NULL, port, &hints, &list);
	if (err)
		return complain("cannot listen on", address, gai_strerror(err));
	fd = bind_first(list);
	freeaddrinfo(list);
	if (fd < 0 && errno == EADDRINUSE)
		return complain("cannot listen on", address,
				"the port is in use: choose another, or end its user");
	return fd < 0 ? complain("cannot listen on", address, strerror(errno)) : fd;
}

static int open_save(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		return complain("cannot save to", path, "the file exists: name a new one");
	return fd < 0 ? complain("cannot save to", path, strerror(errno)) : fd;
}

/* SIGINT and SIGTERM as something to poll; they end the listening, not the report. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* For people and for scripts that wait for it. */
static void announce(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = { 0 };
	socklen_t length = sizeof(address);
	in_port_t port;

	getsockname(fd, &address.any, &length);
	port = address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port;
	fprintf(stderr, "listening on port %u\n", ntohs(port));
	fflush(stderr);
}

static void save(struct receiver *receiver, const char *bytes, size_t len)
{
	while (len && receiver->save_fd >= 0) {
		ssize_t written = write(receiver->save_fd, bytes, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			complain("cannot save to", receiver->options->save, strerror(errno));
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

/* For those who will read what was saved: when this datagram came. */
static void save_news(struct receiver *receiver)
{
	struct rec_arrival *news = &receiver->decoder->shared.news;

	if (!news->type)
		return;
	if (receiver->save_fd >= 0) {
		save(receiver, (const char *)news, sizeof(*news));
		receiver->offset += sizeof(*news);
	}
	news->type = 0;
}

static void use(struct receiver *receiver, const void *bytes, size_t len)
{
	const char *name = receiver->options->save ? receiver->options->save : "datagrams";
	struct decoder *decoder = receiver->decoder;

	decoder_begin(decoder, name, receiver->offset);
	reader_feed(&decoder->reader, bytes, len);
	receiver->offset += len;
	if (decoder_end(decoder))
		receiver->used_ms = now_ms();
	else
		receiver->foreign++;
	save_news(receiver);
}

/* Saved first: what is known as received, and is not there, would be lost for good. */
static void take_guarded(struct receiver *receiver, const char *bytes, size_t len)
{
	struct gate *gate = receiver->decoder->gate;

	if (gate_take(gate, bytes, len))
		return;
	save(receiver, (const char *)gate->block.bytes, gate->block.size);
	if (gate_keep(gate))
		use(receiver, gate->block.bytes, gate->block.size);
}

static void take_datagram(struct receiver *receiver, const char *bytes, size_t len,
			  __u64 arrival_ns)
{
	receiver->datagrams++;
	receiver->decoder->shared.arrival_ns = arrival_ns;
	if (receiver->decoder->gate) {
		take_guarded(receiver, bytes, len);
	} else if (block_is_sealed(bytes, len)) {
		receiver->sealed++;
		save(receiver, bytes, len); /* for who has the keys */
		receiver->offset += len;
	} else {
		save(receiver, bytes, len);
		use(receiver, bytes, len);
	}
}

/* Take what is there. */
static void drain(struct receiver *receiver)
{
	struct inbox *inbox = receiver->inbox;

	for (unsigned int taken = 0, count = INBOX_ROOM; taken < BATCH && count == INBOX_ROOM;
	     taken += count) {
		count = inbox_fill(inbox, receiver->fd);
		for (unsigned int i = 0; i < count; i++) {
			struct inbox_datagram datagram = inbox_take(inbox, i);

			take_datagram(receiver, datagram.bytes, datagram.size, datagram.arrival_ns);
		}
	}
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

/* Once a second, and not once for each datagram.  Returns when to come back at the latest. */
static int sync_state(struct receiver *receiver, int patience)
{
	struct gate *gate = receiver->decoder->gate;
	__u64 now = now_ms();

	if (!gate)
		return patience;
	if (now - receiver->synced_ms >= STATE_SYNC_MS) {
		replay_sync(gate->replay);
		receiver->synced_ms = now;
	}
	return patience >= 0 && patience < STATE_SYNC_MS ? patience : STATE_SYNC_MS;
}

static void receive(struct receiver *receiver)
{
	struct pollfd wait[] = {
		{ .fd = receiver->fd, .events = POLLIN },
		{ .fd = receiver->signal_fd, .events = POLLIN },
	};

	receiver->used_ms = now_ms();
	do {
		poll(wait, 2, sync_state(receiver, patience_ms(receiver)));
		drain(receiver);
	} while (!(wait[1].revents & POLLIN) && patience_ms(receiver));
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

static void summarise(const struct receiver *receiver)
{
	__u32 dropped = inbox_dropped(receiver->inbox);
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
	if (dropped)
		fprintf(out,
			"     %u more DROPPED by this machine: its receive buffer was full, raise "
			"net.core.rmem_max\n",
			dropped);
	fputc('\n', out);
}

int listen_run(struct decoder *decoder, const struct options *options)
{
	struct receiver receiver = {
		.decoder = decoder,
		.options = options,
		.signal_fd = -1,
		.save_fd = -1,
	};

	receiver.fd = open_socket(options->listen);
	if (receiver.fd < 0)
		return -1;
	if (options->save)
		receiver.save_fd = open_save(options->save);
	receiver.inbox = inbox_open();
	if (!receiver.inbox)
		fputs(PROGRAM ": out of memory\n", stderr);
	receiver.failed = !receiver.inbox || (options->save && receiver.save_fd < 0);
	if (!receiver.failed) {
		receiver.signal_fd = open_signals();
		announce(receiver.fd);
		receive(&receiver);
		summarise(&receiver);
		close(receiver.signal_fd);
	}
	if (receiver.save_fd >= 0 && close(receiver.save_fd)) {
		complain("cannot save to", options->save, strerror(errno));
		receiver.failed = true;
	}
	close(receiver.fd);
	inbox_close(receiver.inbox);
	return receiver.failed ? -1 : 0;
}
