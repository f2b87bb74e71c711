// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * collector_resolver - a child looks names up, has nothing of its parent's open, and ends with it
 *
 * getaddrinfo() below takes the place of libc's: what a name leads to is decided here.
 */
#include "fakes.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resolver.h"

static struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
static struct sockaddr_in four = { .sin_family = AF_INET };

/* "slow" takes a second, "gone" is not known, "descriptors" tells how many are open. */
static unsigned short port_of(const char *host)
{
	unsigned short open_ones = 0;

	if (!strcmp(host, "slow"))
		sleep(1);
	for (int fd = 3; fd < 256; fd++)
		open_ones += fcntl(fd, F_GETFD) >= 0;
	return open_ones;
}

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		struct addrinfo **list)
{
	static struct addrinfo infos[6];

	if (hints->ai_flags & AI_NUMERICHOST || !strcmp(host, "gone"))
		return EAI_NONAME;
	(void)port;
	four.sin_port = htons(port_of(host));
	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned int i = 0; i < COUNT_OF(infos); i++)
		infos[i] = (struct addrinfo) {
			.ai_addr = i ? (struct sockaddr *)&four : (struct sockaddr *)&six,
			.ai_addrlen = i ? sizeof(four) : sizeof(six),
			.ai_next = i + 1 < COUNT_OF(infos) ? &infos[i + 1] : NULL,
		};
	*list = infos;
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

static void test_look_up(void **state)
{
	struct resolver_answer answer;

	(void)state;
	resolver_look_up("gone", "1", 0, &answer);
	assert_int_equal(answer.failure, EAI_NONAME);
	assert_int_equal(answer.count, 0);
	resolver_look_up("many", "1", 0, &answer);
	assert_int_equal(answer.failure, 0);
	assert_int_equal(answer.count, RESOLVER_ADDRESSES);
	assert_int_equal(answer.address[0].any.sa_family, AF_INET6);
	assert_int_equal(answer.address[1].any.sa_family, AF_INET);
	assert_int_equal(udp_address_size(&answer.address[0]), sizeof(six));
	assert_int_equal(udp_address_size(&answer.address[1]), sizeof(four));
}

static void child_answers(void)
{
	struct resolver resolver = { -1 };
	struct resolver_answer answer;

	EXPECT(open("/dev/null", O_RDONLY) >= 0 && open("/dev/null", O_RDONLY) >= 0);
	EXPECT(resolver_start(&resolver, "name", "1") == 0);
	EXPECT(fcntl(resolver.fd, F_GETFD) & FD_CLOEXEC);
	EXPECT(resolver_take(&resolver, &answer, false) == -EAGAIN);
	for (unsigned int i = 0; i < 3; i++) {
		resolver_ask(&resolver);
		EXPECT(resolver_take(&resolver, &answer, true) == 0);
		EXPECT(answer.failure == 0 && answer.count == RESOLVER_ADDRESSES);
		EXPECT(answer.address[1].v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
		/* its end of the socket and nothing else */
		EXPECT(answer.address[1].v4.sin_port == htons(1));
	}
	EXPECT(resolver_take(&resolver, &answer, false) == -EAGAIN);
	resolver_stop(&resolver);
	EXPECT(resolver.fd == -1);
	resolver_stop(&resolver);
}

static void child_failure(void)
{
	struct resolver resolver = { -1 };
	struct resolver_answer answer;

	EXPECT(resolver_start(&resolver, "gone", "1") == 0);
	resolver_ask(&resolver);
	EXPECT(resolver_take(&resolver, &answer, true) == 0);
	EXPECT(answer.failure == EAI_NONAME && !answer.count);
}

/* Questions never wait, however long an answer takes and however often one is asked. */
static void child_slow(void)
{
	struct resolver resolver = { -1 };
	struct resolver_answer answer;
	struct pollfd ready;

	EXPECT(resolver_start(&resolver, "slow", "1") == 0);
	alarm(10);
	for (unsigned int i = 0; i < 10000; i++)
		resolver_ask(&resolver);
	EXPECT(resolver_take(&resolver, &answer, false) == -EAGAIN);
	ready = (struct pollfd) { .fd = resolver.fd, .events = POLLIN };
	EXPECT(poll(&ready, 1, 5000) == 1);
	EXPECT(resolver_take(&resolver, &answer, false) == 0);
}

/* Whoever it belongs to by then: it is no more, or its parent has not yet noticed. */
static bool ends_soon(pid_t pid)
{
	for (unsigned int i = 0; i < 500; i++) {
		char path[64], line[256] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = fopen(path, "r");
		if (!file || !fgets(line, sizeof(line), file) || strstr(line, ") Z"))
			return true;
		fclose(file);
		usleep(10000);
	}
	return false;
}

static void child_stop_ends_it(void)
{
	struct resolver resolver = { -1 };
	pid_t pid;

	EXPECT(resolver_start(&resolver, "name", "1") == 0);
	pid = child_of_mine();
	EXPECT(kill(pid, 0) == 0);
	resolver_stop(&resolver);
	EXPECT(ends_soon(pid));
}

/* In the middle of a look-up, too, and however its parent ends. */
static void check_parents_death(const char *host, bool busy)
{
	int ends[2], status;
	pid_t parent, pid = 0;

	EXPECT(pipe(ends) == 0);
	parent = fork();
	if (!parent) {
		struct resolver resolver = { -1 };

		EXPECT(resolver_start(&resolver, host, "1") == 0);
		pid = child_of_mine();
		if (busy)
			resolver_ask(&resolver);
		EXPECT(write(ends[1], &pid, sizeof(pid)) == sizeof(pid));
		pause();
	}
	close(ends[1]); /* what the child skips for closes the other end, too */
	if (read(ends[0], &pid, sizeof(pid)) != sizeof(pid)) {
		waitpid(parent, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	usleep(50000);
	kill(parent, SIGKILL);
	waitpid(parent, &status, 0);
	EXPECT(ends_soon(pid));
}

static void child_parents_death(void)
{
	check_parents_death("name", false);
	check_parents_death("slow", true);
}

/* Nothing answers any more: that is told, and does not end the collector. */
static void child_is_killed(void)
{
	struct resolver resolver = { -1 };
	struct resolver_answer answer;
	pid_t pid;

	EXPECT(resolver_start(&resolver, "name", "1") == 0);
	pid = child_of_mine();
	kill(pid, SIGKILL);
	EXPECT(waitpid(pid, NULL, 0) == pid);
	resolver_ask(&resolver);
	EXPECT(resolver_take(&resolver, &answer, false) == -ECONNRESET);
	EXPECT(resolver_take(&resolver, &answer, true) == -ECONNRESET);
}

IN_CHILD(answers)
IN_CHILD(failure)
IN_CHILD(slow)
IN_CHILD(stop_ends_it)
IN_CHILD(parents_death)
IN_CHILD(is_killed)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_up),	     cmocka_unit_test(test_answers),
		cmocka_unit_test(test_failure),	     cmocka_unit_test(test_slow),
		cmocka_unit_test(test_stop_ends_it), cmocka_unit_test(test_parents_death),
		cmocka_unit_test(test_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
