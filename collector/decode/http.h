/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http.h - GET /metrics, for Prometheus
 *
 * A thread of libmicrohttpd's speaks HTTP; a page is made by somebody else when one is asked for
 * and the last one is two seconds old, so that however many ask, and however slowly they read,
 * no more pages than that are made.  However many connect, there is a place for one more (guests.h).
 */
#ifndef TARSIER_DECODE_HTTP_H
#define TARSIER_DECODE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum http_page { HTTP_PROMETHEUS, HTTP_OPENMETRICS, HTTP_PAGES };

struct http;

/* Bind to "[HOST:]PORT", to this machine alone without a HOST.  NULL after having told the user. */
struct http *http_open(const char *address);
unsigned int http_port(const struct http *http);
/* False: there is no thread. */
bool http_start(struct http *http);
void http_close(struct http *http);

/* Once a second: those who take too long have to go. */
void http_tidy(struct http *http);

/* Becomes readable when a page is wanted. */
int http_wanted_fd(const struct http *http);
/* Which one; HTTP_PAGES: none any longer. */
enum http_page http_wanted(struct http *http);
/* Here it is: all that the file @fd has.  @fd remains the caller's; -1: it could not be made. */
void http_offer(struct http *http, enum http_page page, int fd);

#endif
