// SPDX-License-Identifier: GPL-2.0-or-later
/* http - GET /metrics, for Prometheus */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "guests.h"
#include "options.h"

#define BACKLOG 1024 /* what connects while a page is waited for */
#define CONNECTION_MEMORY (16u << 10)
#define SEND_BUFFER (256 << 10) /* the kernel's, which doubles it */
#define SILENCE_S 5		/* a client that says and takes nothing for that long goes */
#define PATIENCE_S 9		/* for a page: Prometheus waits for 10 s */
#define AGE_S 2			/* a page that is younger will do */
/* Before the latest one, of each kind: those who still read an older one make too much memory wait. */
#define PAGES_READ 4

#define INDEX                                                                                      \
	PROGRAM " " TARSIER_VERSION ", receiver\n"                                                 \
		"/metrics  for Prometheus; OpenMetrics where that is asked for by Accept\n"

struct page {
	struct MHD_Response *response; /* NULL: there was none so far */
	time_t made_s;
	bool wanted;
	__u64 tries; /* offers so far, failed ones as well */
};

struct http {
	int fd;
	int wanted_fd;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;
	pthread_cond_t offered;
	bool closing;
	struct page page[HTTP_PAGES];
	struct guests guests;
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* One request is all that a connection is good for: who wants to stay has to come again. */
static void describe(struct MHD_Response *response, const char *type)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

static enum MHD_Result reply_text(struct MHD_Connection *connection, unsigned int status,
				  const char *text)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	describe(response, "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/*
 * Under the lock: a page that is young enough, once there is one; false: none came.  One that could not
 * be made is not tried again at once, whoever asks.
 */
static bool wait_for_page(struct http *http, struct page *page)
{
	__u64 tries = page->tries;
	struct timespec until;
	__u64 one = 1;

	if (http->closing)
		return false;
	if (tries && now_s() - page->made_s < AGE_S)
		return page->response;
	page->wanted = true;
	if (write(http->wanted_fd, &one, sizeof(one)) != sizeof(one))
		return false;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PATIENCE_S;
	while (page->tries == tries)
		if (pthread_cond_timedwait(&http->offered, &http->lock, &until))
			return false;
	return page->response;
}

static struct guest *guest_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

static enum MHD_Result reply_page(struct http *http, struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept");
	bool open = accept && strstr(accept, "application/openmetrics-text");
	enum http_page kind = open ? HTTP_OPENMETRICS : HTTP_PROMETHEUS;
	struct page *page = &http->page[kind];
	enum MHD_Result result = MHD_NO;
	bool there;

	pthread_mutex_lock(&http->lock);
	there = wait_for_page(http, page);
	if (there) {
		result = MHD_queue_response(connection, MHD_HTTP_OK, page->response);
		guest_reads(&http->guests, guest_of(connection), kind, page->tries);
	}
	pthread_mutex_unlock(&http->lock);
	return there ? result
		     : reply_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				  "the metrics are not ready: ask again later\n");
}

static enum MHD_Result answer(void *opaque, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	(void)version;
	(void)upload;
	(void)state;
	*upload_size = 0;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return reply_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n");
	if (!strcmp(url, "/metrics"))
		return reply_page(opaque, connection);
	if (!strcmp(url, "/"))
		return reply_text(connection, MHD_HTTP_OK, INDEX);
	return reply_text(connection, MHD_HTTP_NOT_FOUND, "there is /metrics\n");
}

static void greet(void *opaque, struct MHD_Connection *connection, void **guest,
		  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = opaque;
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*guest = guest_comes(
			&http->guests, fd,
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
				->client_addr);
	else
		guest_goes(&http->guests, *guest);
}

void http_tidy(struct http *http)
{
	guests_hurry(&http->guests);
}

int http_wanted_fd(const struct http *http)
{
	return http->wanted_fd;
}

enum http_page http_wanted(struct http *http)
{
	enum http_page kind = 0;
	__u64 count;

	pthread_mutex_lock(&http->lock);
	while (kind < HTTP_PAGES && !http->page[kind].wanted)
		kind++;
	if (kind == HTTP_PAGES && read(http->wanted_fd, &count, sizeof(count)) < 0)
		errno = 0; /* it was empty */
	pthread_mutex_unlock(&http->lock);
	return kind;
}

void http_offer(struct http *http, enum http_page kind, int fd)
{
	static const char *const types[] = {
		[HTTP_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
		[HTTP_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
	};
	struct page *page = &http->page[kind];
	struct MHD_Response *response = NULL;
	struct stat status;

	if (fd >= 0 && !fstat(fd, &status)) {
		int own = dup(fd); /* the response closes it */

		response =
			own < 0 ? NULL : MHD_create_response_from_fd64((__u64)status.st_size, own);
	}
	if (response)
		describe(response, types[kind]);
	pthread_mutex_lock(&http->lock);
	if (page->response)
		MHD_destroy_response(page->response);
	page->response = response;
	page->made_s = now_s();
	page->wanted = false;
	page->tries++;
	pthread_cond_broadcast(&http->offered);
	if (page->tries > PAGES_READ)
		guests_outdate(&http->guests, kind, page->tries - PAGES_READ);
	pthread_mutex_unlock(&http->lock);
}

static int bind_first(const struct addrinfo *list)
{
	int on = 1, size = SEND_BUFFER, fd = -1;

	for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		if (!bind(fd, at->ai_addr, at->ai_addrlen) && !listen(fd, BACKLOG))
			break;
		close(fd);
		fd = -1;
	}
	return fd;
}

static int open_socket(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	char host[NI_MAXHOST];
	const char *port;
	int err, fd;

	if (!address_split(address, host, &port))
		return address_complain("--http", address,
					"expected PORT, HOST:PORT or [HOST]:PORT");
	err = getaddrinfo(*host ? host : "127.0.0.1", port, &hints, &list);
	if (err)
		return address_complain("cannot serve on", address, gai_strerror(err));
	fd = bind_first(list);
	freeaddrinfo(list);
	return fd < 0 ? address_complain("cannot serve on", address, strerror(errno)) : fd;
}

static void init_locks(struct http *http)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&http->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&http->offered, &attributes);
	pthread_condattr_destroy(&attributes);
	guests_open(&http->guests);
}

struct http *http_open(const char *address)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http) {
		fputs(PROGRAM ": out of memory\n", stderr);
		return NULL;
	}
	init_locks(http);
	http->wanted_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	http->fd = open_socket(address);
	if (http->fd >= 0)
		return http;
	http_close(http);
	return NULL;
}

unsigned int http_port(const struct http *http)
{
	return address_port(http->fd);
}

bool http_start(struct http *http)
{
	http->daemon = MHD_start_daemon(
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL, NULL, answer,
		http, MHD_OPTION_LISTEN_SOCKET, http->fd, MHD_OPTION_CONNECTION_LIMIT, GUESTS,
		MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_CONNECTION, greet, http,
		MHD_OPTION_END);
	return http->daemon;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	/* whoever is waiting for a page gets none, nor does who asks from now on */
	pthread_mutex_lock(&http->lock);
	http->closing = true;
	pthread_mutex_unlock(&http->lock);
	for (unsigned int i = 0; i < HTTP_PAGES; i++)
		http_offer(http, i, -1);
	if (http->daemon)
		MHD_stop_daemon(http->daemon); /* closes the socket */
	else if (http->fd >= 0)
		close(http->fd);
	close(http->wanted_fd);
	guests_close(&http->guests);
	pthread_cond_destroy(&http->offered);
	pthread_mutex_destroy(&http->lock);
	free(http);
}
