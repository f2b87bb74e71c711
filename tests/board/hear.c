// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hear PORT DIR - a receiver that does nothing but keep what it hears
 *
 * Datagrams to UDP port PORT go to DIR/1.tsr one after another, after each SIGHUP to the next number,
 * until SIGTERM.  Standard output, a line each: "hears", when it does, and "kept N in FILE" for each file.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER (4 << 20)

static struct {
	const char *directory;
	char path[256];
	unsigned int number; /* of the file */
	unsigned int kept;   /* datagrams in it */
	int file;
} state;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void begin_file(void)
{
	snprintf(state.path, sizeof(state.path), "%s/%u.tsr", state.directory, ++state.number);
	state.file = open(state.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (state.file < 0)
		die(state.path);
	state.kept = 0;
}

static void end_file(void)
{
	close(state.file);
	printf("kept %u in %s\n", state.kept, state.path);
	fflush(stdout);
}

static int open_socket(unsigned long port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((unsigned short)port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int size = RECEIVE_BUFFER;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("bind");
	return fd;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void keep_all(int fd)
{
	char bytes[65536];
	ssize_t size;

	while ((size = recv(fd, bytes, sizeof(bytes), 0)) >= 0) {
		if (write(state.file, bytes, (size_t)size) != size)
			die(state.path);
		state.kept++;
	}
}

/* Whether to go on. */
static bool take_signal(int fd)
{
	struct signalfd_siginfo signal;

	if (read(fd, &signal, sizeof(signal)) != sizeof(signal))
		die("signalfd");
	end_file();
	if (signal.ssi_signo == SIGTERM)
		return false;
	begin_file();
	return true;
}

int main(int argc, char **argv)
{
	struct pollfd ready[2] = { { .events = POLLIN }, { .events = POLLIN } };

	if (argc != 3) {
		fputs("usage: hear PORT DIR\n", stderr);
		return 2;
	}
	state.directory = argv[2];
	ready[0].fd = open_socket(strtoul(argv[1], NULL, 10));
	ready[1].fd = open_signals();
	begin_file();
	puts("hears");
	fflush(stdout);
	do {
		poll(ready, 2, -1);
		keep_all(ready[0].fd);
	} while (!(ready[1].revents & POLLIN) || take_signal(ready[1].fd));
	return 0;
}
