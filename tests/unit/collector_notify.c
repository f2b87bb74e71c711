// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_notify - what a supervisor hears on its socket, the receiver's end being a real one */
#include "fakes.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clocks.h"
#include "loop.h"
#include "notify.h"

static struct watch supervisor;
static char heard[4][64];
static unsigned int count;

/* A socket by the name that goes into NOTIFY_SOCKET. */
static void supervise(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));

	memcpy(address.sun_path, name, strlen(name));
	if (*name == '@')
		address.sun_path[0] = '\0';
	supervisor.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	EXPECT(bind(supervisor.fd, (struct sockaddr *)&address, length) == 0);
	EXPECT(setenv("NOTIFY_SOCKET", name, 1) == 0);
}

static const char *hear(void)
{
	memset(heard[0], 0, sizeof(heard[0]));
	return recv(supervisor.fd, heard[0], sizeof(heard[0]) - 1, 0) > 0 ? heard[0] : NULL;
}

static void hears_ready(void)
{
	EXPECT(notify_open() == 0);
	EXPECT(hear() == NULL);
	notify("READY=1\nSTATUS=recording");
	EXPECT(!strcmp(hear(), "READY=1\nSTATUS=recording"));
	notify("STOPPING=1");
	EXPECT(!strcmp(hear(), "STOPPING=1"));
}

static void child_path(void)
{
	const char *directory = directory_make();
	char path[96];

	snprintf(path, sizeof(path), "%s/notify", directory);
	supervise(path);
	hears_ready();
	/* it goes away, and we go on */
	close(supervisor.fd);
	notify("STATUS=nobody");
	directory_remove(directory);
}

static void child_abstract(void)
{
	char name[64];

	snprintf(name, sizeof(name), "@tarsier-test-%d", (int)getpid());
	supervise(name);
	hears_ready();
}

static void child_nobody(void)
{
	EXPECT(unsetenv("NOTIFY_SOCKET") == 0);
	EXPECT(notify_open() == 0);
	notify("READY=1");
}

static void child_bad_names(void)
{
	char name[200];

	memset(name, 'n', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	EXPECT(notify_open() == -EINVAL);
	setenv("NOTIFY_SOCKET", "relative", 1);
	EXPECT(notify_open() == -EINVAL);
	setenv("NOTIFY_SOCKET", "", 1);
	EXPECT(notify_open() == -EINVAL);
	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	EXPECT(notify_open() == -ENOENT);
	notify("READY=1");
}

static void on_heard(struct watch *watch)
{
	(void)watch;
	if (recv(supervisor.fd, heard[count], sizeof(heard[0]) - 1, 0) <= 0)
		return;
	if (++count == 3)
		loop_stop();
}

/* Twice as often as is asked for. */
static void child_watchdog(void)
{
	char name[64], pid[16];
	__u64 begin = now_ns();

	snprintf(name, sizeof(name), "@tarsier-watchdog-%d", (int)getpid());
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	supervise(name);
	supervisor.ready = on_heard;
	setenv("WATCHDOG_USEC", "40000", 1);
	setenv("WATCHDOG_PID", pid, 1);
	EXPECT(loop_open() == 0);
	EXPECT(loop_add(&supervisor) == 0);
	EXPECT(notify_open() == 0);
	EXPECT(loop_run() == 0);
	EXPECT(!strcmp(heard[2], "WATCHDOG=1"));
	EXPECT(now_ns() - begin >= 60 * NS_PER_MS);
}

/* It is another process that is watched. */
static void child_others_watchdog(void)
{
	setenv("WATCHDOG_USEC", "40000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	child_abstract();
}

IN_CHILD(path)
IN_CHILD(abstract)
IN_CHILD(nobody)
IN_CHILD(bad_names)

static void test_watchdog(void **state)
{
	(void)state;
	in_child(child_watchdog);
	in_child(child_others_watchdog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),	 cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody),	 cmocka_unit_test(test_bad_names),
		cmocka_unit_test(test_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
