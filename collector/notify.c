// SPDX-License-Identifier: GPL-2.0-or-later
/* notify - tell a supervisor how far we are, by the protocol of sd_notify(3) */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "loop.h"
#include "sandbox.h"

static int notify_fd = -1;
static struct watch watchdog;

void notify(const char *lines)
{
	if (notify_fd >= 0)
		send(notify_fd, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A path, or a name of the abstract namespace, which is written with an @ for its NUL. */
static int connect_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);

	if ((*name != '/' && *name != '@') || length < 2 || length >= sizeof(address.sun_path))
		return -EINVAL;
	memcpy(address.sun_path, name, length);
	if (*name == '@')
		address.sun_path[0] = '\0';
	notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify_fd < 0)
		return -errno;
	if (connect(notify_fd, (const struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)))
		return -errno;
	sandbox_allow_call(SYS_sendto);
	return 0;
}

static void on_watchdog(struct watch *watch)
{
	timer_expirations(watch);
	notify("WATCHDOG=1");
}

/* How often a sign of life is expected of this process, in ms; 0: never. */
static __u64 watchdog_ms(void)
{
	const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!period || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(period, NULL, 10) / 1000;
}

int notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	__u64 half_ms = watchdog_ms() / 2;
	int err;

	if (!name)
		return 0;
	err = connect_to(name);
	if (err || !half_ms)
		return err;
	watchdog.ready = on_watchdog;
	err = loop_add_timer(&watchdog);
	return err ? err : timer_arm(&watchdog, half_ms, half_ms);
}
