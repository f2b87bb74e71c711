// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_pid_file - a file that holds our process id while we record */
#include "fakes.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pid_file.h"

static const char *path;

static int set_up(void **state)
{
	directory_set_up(state);
	path = path_of("pid");
	return 0;
}

static void put(const char *text)
{
	FILE *file = fopen(path, "we");

	EXPECT(file);
	fputs(text, file);
	fclose(file);
}

static const char *get(void)
{
	static char text[64];
	FILE *file = fopen(path, "re");

	memset(text, 0, sizeof(text));
	EXPECT(file);
	EXPECT(fread(text, 1, sizeof(text) - 1, file) < sizeof(text));
	fclose(file);
	return text;
}

static void child_life(void)
{
	char wanted[16];

	snprintf(wanted, sizeof(wanted), "%d\n", (int)getpid());
	EXPECT(pid_file_open(path) == 0);
	EXPECT(!strcmp(get(), ""));
	pid_file_write();
	EXPECT(!strcmp(get(), wanted));
	pid_file_clear();
	EXPECT(!strcmp(get(), ""));
}

/* What a collector left behind that was killed. */
static void child_stale(void)
{
	put("1\n");
	child_life();
}

/* One that lives keeps it, and is not disturbed. */
static void child_taken(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	EXPECT(pipe(ready) == 0);
	pid = fork();
	if (!pid) {
		pid_file_open(path);
		pid_file_write();
		EXPECT(write(ready[1], "", 1) == 1);
		pause();
	}
	EXPECT(read(ready[0], &byte, 1) == 1);
	stderr_begin();
	EXPECT(pid_file_open(path) == -EWOULDBLOCK);
	EXPECT(strstr(stderr_end(), "a collector that uses it is running"));
	EXPECT(strtol(get(), NULL, 10) == pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT(pid_file_open(path) == 0);
}

static void child_mistakes(void)
{
	put("root:x:0:0::/root:/bin/sh\n");
	stderr_begin();
	EXPECT(pid_file_open(path) == -EEXIST);
	EXPECT(strstr(stderr_end(), "it holds something else"));
	EXPECT(!strcmp(get(), "root:x:0:0::/root:/bin/sh\n"));
	stderr_begin();
	EXPECT(pid_file_open(directory) == -EISDIR);
	EXPECT(pid_file_open("/nonexistent/pid") == -ENOENT);
	EXPECT(strstr(stderr_end(), "/nonexistent/pid: cannot open it: No such file"));
	stderr_begin();
	EXPECT(unlink(path) == 0 && symlink("/etc/hostname", path) == 0);
	EXPECT(pid_file_open(path) == -ELOOP);
	EXPECT(unlink(path) == 0 && mkfifo(path, 0600) == 0);
	EXPECT(pid_file_open(path) == -EEXIST);
	stderr_end();
	/* none is wanted */
	EXPECT(pid_file_open(NULL) == 0);
	pid_file_write();
	pid_file_clear();
}

IN_CHILD(life)
IN_CHILD(stale)
IN_CHILD(taken)
IN_CHILD(mistakes)

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, directory_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(life),
		TEST(stale),
		TEST(taken),
		TEST(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
