// SPDX-License-Identifier: GPL-2.0-or-later
/* fault_calls - calls of the decoder that fail when they are told to */
#include "fault_calls.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire.h"

static struct faults *faults;
static enum fault_mode mode;
static unsigned int target;
static bool happened;
static const char *feed;

static bool is_at(const struct fault_place *place, const char *call, void *const *frame, int depth)
{
	int compared = depth < faults->depth ? depth : faults->depth;

	return place->call == call && place->depth >= compared &&
	       !memcmp(place->frame, frame, (size_t)compared * sizeof(*frame));
}

static void learn(const char *call, void *const *frame, int depth)
{
	struct fault_place *place = faults->place, *end = place + faults->places;

	while (place < end && !is_at(place, call, frame, depth))
		place++;
	if (place == faults->place + FAULT_PLACES) {
		faults->full = true;
		return;
	}
	if (place == end) {
		faults->places++;
		place->call = call;
		place->depth = depth;
		memcpy(place->frame, frame, (size_t)depth * sizeof(*frame));
	}
	place->calls++;
}

static bool is_target(const char *call, void *const *frame, int depth)
{
	const struct fault_place *place = &faults->place[target];

	if (happened)
		return mode == FAULT_FOR_GOOD && place->call == call;
	happened = is_at(place, call, frame, depth);
	return happened;
}

/* Does this call of @call fail?  Two frames are ours. */
static __attribute__((noinline)) bool fails(const char *call, int error)
{
	void *frame[FAULT_DEPTH + 2];
	bool answer = false;
	int depth;

	if (!faults)
		return false;
	depth = backtrace(frame, FAULT_DEPTH + 2) - 2;
	while (__atomic_exchange_n(&faults->lock, 1, __ATOMIC_ACQUIRE))
		;
	if (mode == FAULT_LEARN)
		learn(call, frame + 2, depth);
	else
		answer = is_target(call, frame + 2, depth);
	__atomic_store_n(&faults->lock, 0, __ATOMIC_RELEASE);
	if (answer)
		errno = error;
	return answer;
}

/* WRAP: instead of the call.  WRAP_DONE: it is made, and says that it failed. */
#define DECLARE(type, name, parameters)                                                            \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters

#define WRAP(name, type, failure, error, parameters, arguments)                                    \
	DECLARE(type, name, parameters)                                                            \
	{                                                                                          \
		return fails(#name, error) ? failure : __real_##name arguments;                    \
	}

#define WRAP_DONE(name, failure, error, parameters, arguments)                                     \
	DECLARE(int, name, parameters)                                                             \
	{                                                                                          \
		bool failed = fails(#name, error);                                                 \
		int result = __real_##name arguments;                                              \
                                                                                                   \
		if (failed)                                                                        \
			errno = error;                                                             \
		return failed ? failure : result;                                                  \
	}

/* clang-format off */
WRAP(malloc, void *, NULL, ENOMEM, (size_t size), (size))
WRAP(calloc, void *, NULL, ENOMEM, (size_t number, size_t size), (number, size))
WRAP(realloc, void *, NULL, ENOMEM, (void *old, size_t size), (old, size))
WRAP(strdup, char *, NULL, ENOMEM, (const char *string), (string))
WRAP(open_memstream, FILE *, NULL, ENOMEM, (char **text, size_t *length), (text, length))
WRAP(fopen, FILE *, NULL, EMFILE, (const char *path, const char *how), (path, how))
WRAP(fdopen, FILE *, NULL, ENOMEM, (int fd, const char *how), (fd, how))
WRAP(mmap, void *, MAP_FAILED, ENOMEM, (void *at, size_t size, int prot, int flags, int fd, off_t offset),
     (at, size, prot, flags, fd, offset))
WRAP(scandir, int, -1, ENOMEM, (const char *path, struct dirent ***list, int (*filter)(const struct dirent *),
     int (*compare)(const struct dirent **, const struct dirent **)), (path, list, filter, compare))
WRAP(fdopendir, DIR *, NULL, ENOMEM, (int fd), (fd))
WRAP(fstat, int, -1, EIO, (int fd, struct stat *status), (fd, status))
WRAP(read, ssize_t, -1, EIO, (int fd, void *to, size_t size), (fd, to, size))
WRAP(pread, ssize_t, -1, EIO, (int fd, void *to, size_t size, off_t offset), (fd, to, size, offset))
WRAP(write, ssize_t, -1, ENOSPC, (int fd, const void *from, size_t size), (fd, from, size))
WRAP(pwrite, ssize_t, -1, ENOSPC, (int fd, const void *from, size_t size, off_t offset), (fd, from, size, offset))
WRAP(fsync, int, -1, EIO, (int fd), (fd))
WRAP(fdatasync, int, -1, EIO, (int fd), (fd))
WRAP(syncfs, int, -1, EIO, (int fd), (fd))
WRAP(fchmod, int, -1, EPERM, (int fd, mode_t mode), (fd, mode))
WRAP(ftruncate, int, -1, ENOSPC, (int fd, off_t size), (fd, size))
WRAP(posix_fallocate, int, ENOSPC, ENOSPC, (int fd, off_t offset, off_t size), (fd, offset, size))
WRAP(mkdir, int, -1, ENOSPC, (const char *path, mode_t mode), (path, mode))
WRAP(mkdirat, int, -1, ENOSPC, (int at, const char *path, mode_t mode), (at, path, mode))
WRAP(mkostemp, int, -1, ENOSPC, (char *name, int flags), (name, flags))
WRAP(dup, int, -1, EMFILE, (int fd), (fd))
WRAP(rename, int, -1, EIO, (const char *from, const char *to), (from, to))
WRAP(renameat2, int, -1, EIO, (int at, const char *from, int to_at, const char *to, unsigned int flags),
     (at, from, to_at, to, flags))
WRAP(pthread_create, int, EAGAIN, EAGAIN, (pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
     void *context), (thread, how, run, context))
WRAP(memfd_create, int, -1, EMFILE, (const char *name, unsigned int flags), (name, flags))
WRAP(pipe2, int, -1, EMFILE, (int fd[2], int flags), (fd, flags))
WRAP(eventfd, int, -1, EMFILE, (unsigned int value, int flags), (value, flags))
WRAP(fork, pid_t, -1, EAGAIN, (void), ())
WRAP(flock, int, -1, EWOULDBLOCK, (int fd, int how), (fd, how))
WRAP(socket, int, -1, EMFILE, (int family, int type, int protocol), (family, type, protocol))
WRAP(setsockopt, int, -1, EINVAL, (int fd, int level, int name, const void *value, socklen_t size),
     (fd, level, name, value, size))
WRAP(getsockname, int, -1, ENOBUFS, (int fd, struct sockaddr *to, socklen_t *size), (fd, to, size))
WRAP(signalfd, int, -1, EMFILE, (int fd, const sigset_t *set, int flags), (fd, set, flags))
WRAP_DONE(fflush, EOF, ENOSPC, (FILE *file), (file))
WRAP_DONE(fclose, EOF, ENOSPC, (FILE *file), (file))
WRAP_DONE(close, -1, EIO, (int fd), (fd))
/* clang-format on */

DECLARE(int, open, (const char *path, int flags, ...))
{
	unsigned int rights;
	va_list list;

	va_start(list, flags);
	rights = flags & O_CREAT ? va_arg(list, unsigned int) : 0;
	va_end(list);
	return fails("open", EMFILE) ? -1 : __real_open(path, flags, rights);
}

DECLARE(int, openat, (int at, const char *path, int flags, ...))
{
	unsigned int rights;
	va_list list;

	va_start(list, flags);
	rights = flags & O_CREAT ? va_arg(list, unsigned int) : 0;
	va_end(list);
	return fails("openat", EMFILE) ? -1 : __real_openat(at, path, flags, rights);
}

DECLARE(int, asprintf, (char **text, const char *format, ...))
{
	va_list list;
	int length;

	if (fails("asprintf", ENOMEM))
		return -1;
	va_start(list, format);
	length = vasprintf(text, format, list);
	va_end(list);
	return length;
}

/* Each block a datagram, as a board sends it; what fills a file's pages is never sent. */
static void send_feed(int fd, const struct sockaddr_in *to)
{
	static unsigned char bytes[1 << 18];
	int file = __real_open(feed, O_RDONLY | O_CLOEXEC);
	ssize_t length = __real_read(file, bytes, sizeof(bytes)), size;

	__real_close(file);
	for (ssize_t at = 0; at < length; at += size) {
		const struct rec_header *header = (const struct rec_header *)&bytes[at];

		size = header->type == REC_header ? header->records * RECORD_SIZE : RECORD_SIZE;
		if (header->type != REC_pad)
			sendto(fd, header, (size_t)size, 0, (const void *)to, sizeof(*to));
	}
}

DECLARE(int, bind, (int fd, const struct sockaddr *address, socklen_t size))
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t length = sizeof(int);
	int type, err;

	if (fails("bind", EADDRINUSE))
		return -1;
	err = __real_bind(fd, address, size);
	if (err || !feed || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) ||
	    type != SOCK_DGRAM)
		return err;
	length = sizeof(to);
	__real_getsockname(fd, (struct sockaddr *)&to, &length);
	send_feed(fd, &to);
	return 0;
}

/* A client that asks for a page, before anybody answers; whoever ends hangs up on it. */
static void ask(int server)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
	struct sockaddr_in to;
	socklen_t length = sizeof(to);
	int fd = __real_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	__real_getsockname(server, (struct sockaddr *)&to, &length);
	if (!connect(fd, (struct sockaddr *)&to, length))
		send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL);
}

DECLARE(int, listen, (int fd, int backlog))
{
	int err = fails("listen", EADDRINUSE) ? -1 : __real_listen(fd, backlog);

	if (!err && feed)
		ask(fd);
	return err;
}

void fault_calls_begin(struct faults *shared, enum fault_mode how, unsigned int place)
{
	faults = shared;
	mode = how;
	target = place;
}

void fault_calls_feed(const char *path)
{
	feed = path;
}
