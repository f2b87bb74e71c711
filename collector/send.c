// SPDX-License-Identifier: GPL-2.0-or-later
/* send - 'tarsier send': recordings in files, sent as the datagrams that they once were or should have been */
#include "send.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"
#include "key.h"
#include "pace.h"
#include "say.h"
#include "seal.h"
#include "stored.h"
#include "udp_way.h"

#define RANGES_MAX 64
#define LINGER_MS 300 /* for the last refusals to come back */

static struct {
	/* what is sent */
	__u8 session[16];
	bool one_session;
	struct {
		__u32 from, to; /* both included */
	} ranges[RANGES_MAX];
	unsigned int range_count; /* 0: all blocks */

	int fd;
	struct pace pace;
	__u64 sent, damaged, failed;
	int error; /* of the latest that failed */
	bool refused;
} state = { .fd = -1 };

static int hex(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10
					    : -1;
}

static int set_session(const char *text)
{
	if (strlen(text) != 2 * sizeof(state.session))
		return -EINVAL;
	for (unsigned int i = 0; i < sizeof(state.session); i++) {
		int high = hex(text[2 * i]), low = hex(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		state.session[i] = (__u8)(high << 4 | low);
	}
	state.one_session = true;
	return 0;
}

/* "17-20,33" */
static int set_blocks(const char *text)
{
	do {
		char *end;
		unsigned long from = strtoul(text, &end, 10), to = from;

		if (!isdigit((unsigned char)*text) || state.range_count == RANGES_MAX)
			return -EINVAL;
		if (*end == '-' && isdigit((unsigned char)end[1]))
			to = strtoul(end + 1, &end, 10);
		if (from > to || to > ~(__u32)0 || (*end && *end != ','))
			return -EINVAL;
		state.ranges[state.range_count].from = (__u32)from;
		state.ranges[state.range_count++].to = (__u32)to;
		text = *end ? end + 1 : end;
	} while (*text);
	return 0;
}

static bool is_wanted(const struct block *block)
{
	const struct rec_header *header = block->bytes;

	if (state.one_session && memcmp(header->session_id, state.session, sizeof(state.session)))
		return false;
	for (unsigned int i = 0; i < state.range_count; i++)
		if (block->number >= state.ranges[i].from && block->number <= state.ranges[i].to)
			return true;
	return !state.range_count;
}

/* That nobody listens is told by what comes back. */
static void look_for_refusals(void)
{
	char bytes[RECORD_SIZE];
	size_t size = sizeof(bytes);
	int err = udp_refused(state.fd, bytes, &size);

	if (!err)
		return;
	state.refused = true;
	state.error = err;
}

static void wait_for_pace(const struct block *block)
{
	while (!pace_take(&state.pace, block->size + seal_overhead() + UDP_HEADERS_MAX, 0,
			  now_ns())) {
		__u64 ns =
			pace_wait_ns(&state.pace, block->size + seal_overhead() + UDP_HEADERS_MAX);
		struct timespec time = { (time_t)(ns / NS_PER_SEC), (long)(ns % NS_PER_SEC) };

		nanosleep(&time, NULL);
	}
}

/* The socket's own buffer is full: until there is room again. */
static int send_patiently(const struct block *block)
{
	struct pollfd room = { .fd = state.fd, .events = POLLOUT };
	size_t size = block->size;
	const void *datagram = seal_block(block->bytes, &size);
	int err;

	while ((err = udp_send(state.fd, datagram, size)) == -EAGAIN || err == -ENOBUFS)
		poll(&room, 1, LINGER_MS);
	return err;
}

static void send_block(const struct block *block)
{
	int err;

	wait_for_pace(block);
	err = send_patiently(block);
	if (err) {
		state.failed++;
		state.error = err;
	} else {
		state.sent++;
	}
	look_for_refusals();
}

/* 0 or -errno */
static int send_file(const char *path)
{
	struct stored stored;
	int err = stored_open(&stored, path);

	if (err)
		return err;
	for (unsigned int i = stored.count; i && !state.refused; i--) {
		struct block block = stored_block(&stored, i - 1);

		if (is_wanted(&block))
			send_block(&block);
	}
	state.damaged += stored.damaged;
	stored_close(&stored);
	return 0;
}

static int is_no_dot(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int send_directory(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_no_dot, alphasort), err = 0;

	if (count < 0)
		return -errno;
	for (int i = count - 1; i >= 0; i--) { /* the newest first */
		char name[PATH_MAX];
		struct stat status;

		snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
		if (!err && !state.refused && !stat(name, &status) && S_ISREG(status.st_mode))
			err = send_file(name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int send_path(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return -errno;
	return S_ISDIR(status.st_mode) ? send_directory(path) : send_file(path);
}

/* Of udp://HOST:PORT,rate=... the first part to @target, the rate to the pace.  0 or -EINVAL with @detail. */
static int take_target(const char *name, char target[UDP_TARGET_SIZE],
		       char detail[SINK_DETAIL_SIZE])
{
	size_t length;
	char *rate;

	name += strlen(sink_udp.prefix);
	length = (size_t)snprintf(target, UDP_TARGET_SIZE, "%s", name);
	rate = strstr(target, ",rate=");
	if (length >= UDP_TARGET_SIZE ||
	    pace_set(&state.pace, rate ? rate + strlen(",rate=") : "lan")) {
		snprintf(detail, SINK_DETAIL_SIZE, "want udp://HOST:PORT[,rate=RATE]");
		return -EINVAL;
	}
	if (rate)
		*rate = '\0';
	return udp_way_check(target, detail, SINK_DETAIL_SIZE);
}

/* @target, which it changes; 0, or -errno after having told the user. */
static int open_target(char *target)
{
	struct resolver_answer answer;
	char *host, *port;
	int err = -EHOSTUNREACH;

	udp_split(target, &host, &port);
	resolver_look_up(host, port, 0, &answer);
	if (answer.failure) {
		say("cannot resolve '%s' (%s): give an address, or set up /etc/resolv.conf", host,
		    gai_strerror(answer.failure));
		return err;
	}
	for (unsigned int i = 0; i < answer.count && err; i++) {
		state.fd = udp_socket(answer.address[i].any.sa_family);
		err = state.fd < 0 ? state.fd : udp_connect(state.fd, &answer.address[i]);
		if (err && state.fd >= 0)
			close(state.fd);
	}
	if (err)
		say("no route to %s: %s", host, strerror(-err));
	return err;
}

static enum exit_status tell_result(const char *target)
{
	struct pollfd errors = { .fd = state.fd };

	if (!state.refused && poll(&errors, 1, LINGER_MS) > 0)
		look_for_refusals();
	say("%llu blocks sent to %s", state.sent, target);
	if (state.damaged)
		say("%llu damaged blocks were left out: tarsier-decode reads what is intact in "
		    "them",
		    state.damaged);
	if (state.refused)
		say("%s: %s: nobody listens there, or the way is closed", target,
		    strerror(-state.error));
	else if (state.failed)
		say("%llu blocks could not be sent: %s", state.failed, strerror(-state.error));
	else if (!state.sent)
		say("no block that was asked for is in these files");
	if (state.refused || state.failed)
		return EXIT_LOST;
	return state.sent ? EXIT_DONE : EXIT_FAILED;
}

static const char help[] =
	"usage: tarsier send [OPTION]... PATH... udp://HOST:PORT[,rate=RATE]\n\n"
	"Send recordings, files or all files of a directory, the newest block first, byte for byte "
	"as they\nwere recorded.  A receiver that has some of them already tells them by their "
	"numbers.\n\n"
	"  -i, --session ID\n        only this session's, as tarsier-decode shows it\n"
	"  -b, --blocks LIST\n        only these blocks, as in 17-20,33\n"
	"  -k, --key FILE, -s, --seal\n        seal the datagrams by this board's key, as 'tarsier "
	"run' "
	"does\n"
	"  -h, --help\n        print this\n\n"
	"RATE: lan (12.5 MB/s, the default), wan (16 KiB/s), none, or bytes per second.\n\n"
	"Exit status: 0 all sent, 1 a file cannot be read or has nothing of it, 2 wrong usage, 5 "
	"no "
	"way to\nHOST, 6 blocks could not be sent.\n\n"
	"Example: tarsier send /var/log/tarsier udp://192.168.1.10:9090\n";

static int wrong(const char *word, const char *why)
{
	say("'%s': %s: see 'tarsier send --help'", word, why);
	return EXIT_USAGE;
}

/* NULL: taken; else what was wanted. */
static const char *take_option(int letter, const char *value, bool *seal)
{
	switch (letter) {
	case 'i':
		return set_session(value) ? "want 32 hexadecimal digits" : NULL;
	case 'b':
		return set_blocks(value) ? "want numbers as in 17-20,33" : NULL;
	case 'k':
		return key_read(value) ? "want a file with this board's key" : NULL;
	case 's':
		*seal = true;
		return NULL;
	case ':':
		return "needs a value";
	}
	return "unknown option";
}

static enum exit_status check_words(int count, char **words, bool seal)
{
	if (seal && !key_is_there())
		return wrong("--seal", "name the key's file with --key");
	if (count < 2)
		return wrong(count ? *words : "send", "want files and a target");
	if (strncmp(words[count - 1], sink_udp.prefix, strlen(sink_udp.prefix)))
		return wrong(words[count - 1], "want udp://HOST:PORT");
	return EXIT_DONE;
}

/* EXIT_DONE: go on. */
static enum exit_status parse(int argc, char **argv, bool *helped)
{
	static const struct option longs[] = { { "session", required_argument, NULL, 'i' },
					       { "blocks", required_argument, NULL, 'b' },
					       { "key", required_argument, NULL, 'k' },
					       { "seal", no_argument, NULL, 's' },
					       { "help", no_argument, NULL, 'h' },
					       { 0 } };
	enum exit_status status;
	bool seal = false;
	int letter;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":i:b:k:sh", longs, NULL)) != -1) {
		const char *complaint;

		*helped = letter == 'h';
		if (*helped)
			return EXIT_DONE;
		complaint = take_option(letter, optarg, &seal);
		if (complaint)
			return letter == 'k' ? EXIT_USAGE /* told */
					     : wrong(optarg ? optarg : argv[optind - 1], complaint);
	}
	status = check_words(argc - optind, argv + optind, seal);
	if (status == EXIT_DONE && seal)
		seal_begin();
	key_forget();
	return status;
}

enum exit_status send_command(int argc, char **argv)
{
	char target[UDP_TARGET_SIZE], detail[SINK_DETAIL_SIZE] = "";
	bool helped = false;
	enum exit_status status = parse(argc, argv, &helped);
	int err;

	if (helped)
		fputs(help, stdout);
	if (helped || status != EXIT_DONE)
		return status;
	if (take_target(argv[argc - 1], target, detail))
		return wrong(argv[argc - 1], detail);
	if (open_target(target))
		return EXIT_SINK;
	for (int i = optind; i < argc - 1; i++) {
		err = send_path(argv[i]);
		if (!err)
			continue;
		say("%s: %s", argv[i], strerror(-err));
		status = EXIT_FAILED;
	}
	return status == EXIT_DONE ? tell_result(argv[argc - 1]) : status;
}
