// SPDX-License-Identifier: GPL-2.0-or-later
/* resolver - a child process that looks up a name, however long that takes */
#include "resolver.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox.h"

#define DESCRIPTORS_MAX 1024

void resolver_look_up(const char *host, const char *port, int flags, struct resolver_answer *answer)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = flags }, *list = NULL;

	memset(answer, 0, sizeof(*answer));
	answer->failure = getaddrinfo(host, port, &hints, &list);
	if (answer->failure)
		return;
	for (const struct addrinfo *at = list; at && answer->count < RESOLVER_ADDRESSES;
	     at = at->ai_next)
		if (at->ai_addrlen <= sizeof(answer->address[0]))
			memcpy(&answer->address[answer->count++], at->ai_addr, at->ai_addrlen);
	freeaddrinfo(list);
}

/* What the parent has open, programs of the kernel among it, is none of the child's business. */
static void close_all_but(int fd)
{
	for (int i = 3; i < DESCRIPTORS_MAX; i++)
		if (i != fd)
			close(i);
}

static __attribute__((noreturn)) void serve(int fd, const char *host, const char *port)
{
	struct resolver_answer answer;
	char question;

	if (sandbox_give_up_rights())
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* which a change of user takes back */
	close_all_but(fd);
	while (recv(fd, &question, 1, 0) == 1) {
		resolver_look_up(host, port, 0, &answer);
		if (send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

int resolver_start(struct resolver *resolver, const char *host, const char *port)
{
	int ends[2], err;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	child = fork();
	if (!child)
		serve(ends[1], host, port);
	err = child < 0 ? -errno : 0;
	close(ends[1]);
	if (err)
		close(ends[0]);
	else
		resolver->fd = ends[0];
	return err;
}

/* The closed socket ends it, at the latest when its look-up is done; or our own end does. */
void resolver_stop(struct resolver *resolver)
{
	if (resolver->fd >= 0)
		close(resolver->fd);
	resolver->fd = -1;
}

void resolver_ask(const struct resolver *resolver)
{
	send(resolver->fd, "?", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int resolver_take(const struct resolver *resolver, struct resolver_answer *answer, bool wait)
{
	ssize_t got = recv(resolver->fd, answer, sizeof(*answer), wait ? 0 : MSG_DONTWAIT);

	if (got == sizeof(*answer))
		return 0;
	return got < 0 ? -errno : -ECONNRESET;
}
