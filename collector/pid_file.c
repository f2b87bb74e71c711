// SPDX-License-Identifier: GPL-2.0-or-later
/* pid_file - a file that holds our process id while we record */
#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"
#include "say.h"

static int pid_fd = -1;

/* What is there already must not be something that a mistake would empty. */
static bool looks_like_one(int fd)
{
	struct stat status;
	char text[16];
	ssize_t got;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_size >= (off_t)sizeof(text))
		return false;
	got = pread(fd, text, sizeof(text) - 1, 0);
	if (got < 0)
		return false;
	text[got] = '\0';
	return strspn(text, "0123456789\n") == (size_t)got;
}

int pid_file_open(const char *path)
{
	int err = 0;

	if (!path)
		return 0;
	pid_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
	if (pid_fd < 0) {
		err = -errno;
		say("--pid-file %s: cannot open it: %s", path, strerror(-err));
	} else if (!looks_like_one(pid_fd)) {
		err = -EEXIST;
		say("--pid-file %s: it holds something else: name another file", path);
	} else if (flock(pid_fd, LOCK_EX | LOCK_NB)) {
		err = -errno;
		say("--pid-file %s: a collector that uses it is running: end it, or name another "
		    "file",
		    path);
	}
	if (!err)
		pid_file_clear();
	sandbox_allow_call(SYS_ftruncate);
	if (err && pid_fd >= 0)
		close(pid_fd);
	if (err)
		pid_fd = -1;
	return err;
}

void pid_file_write(void)
{
	if (pid_fd >= 0)
		dprintf(pid_fd, "%d\n", (int)getpid());
}

void pid_file_clear(void)
{
	if (pid_fd >= 0 && ftruncate(pid_fd, 0))
		say("cannot empty the pid file: %s", strerror(errno));
}
