// SPDX-License-Identifier: GPL-2.0-or-later
/* collector_sandbox - what the process gives up, tried in processes that do */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"
#include "sandbox_filter.h"
#include "sandbox_landlock.h"
#include "sandbox_privileges.h"
#include "sandbox_user.h"

/*
 * The filter
 */

/* What AddressSanitizer calls when a process ends. */
static const long for_sanitizer[] = { SYS_sigaltstack, SYS_futex };

static void enter_filter(const struct sandbox_needs *wanted)
{
	static struct sandbox_filter filter;
	struct sandbox_needs more = *wanted, *needs = &more;

	for (unsigned int i = 0; i < COUNT_OF(for_sanitizer); i++)
		needs->calls[needs->call_count++] = for_sanitizer[i];

	if (!sandbox_filter_is_known())
		child_skips("this kernel has no seccomp filters");
	EXPECT(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	EXPECT(!sandbox_filter_build(&filter, needs));
	EXPECT(!sandbox_filter_install(&filter));
}

/* The call itself is refused: not for the arguments, which are good or would give another error. */
#define REFUSED(call, ...) (syscall(call, __VA_ARGS__) == -1 && errno == EPERM)

static void nothing_needed(void)
{
	const struct sandbox_needs needs = { 0 };
	char byte = 0;
	int ends[2];
	void *page;

	EXPECT(!pipe(ends));
	enter_filter(&needs);
	EXPECT(write(ends[1], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(page != MAP_FAILED);
	EXPECT(REFUSED(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC));
	EXPECT(REFUSED(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0));
	EXPECT(!munmap(page, 4096));
	EXPECT(REFUSED(SYS_bpf, -1, NULL, 0));
	EXPECT(REFUSED(SYS_execve, "", NULL, NULL));
	EXPECT(REFUSED(SYS_socket, AF_UNIX, SOCK_DGRAM, 0));
	EXPECT(REFUSED(SYS_sendto, ends[1], &byte, 1, 0, NULL, 0));
	EXPECT(REFUSED(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0));
	EXPECT(REFUSED(SYS_mount, "none", "/", NULL, 0, NULL));
	EXPECT(REFUSED(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	EXPECT(REFUSED(SYS_kill, getpid(), 0));
	EXPECT(REFUSED(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0));
	EXPECT(REFUSED(SYS_setresuid, -1, -1, -1));
	EXPECT(REFUSED(SYS_perf_event_open, NULL, 0, -1, -1, 0));
	EXPECT(REFUSED(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY));
	EXPECT(REFUSED(SYS_unlinkat, AT_FDCWD, "/nowhere", 0));
	EXPECT(REFUSED(SYS_ioctl, ends[0], PERF_EVENT_IOC_ENABLE, 0));
	EXPECT(ioctl(ends[0], PERF_EVENT_IOC_DISABLE, 0) == -1 && errno == ENOTTY);
}

static const char *place; /* a directory that the parent removes */

static void in_child_with_place(void (*test)(void))
{
	place = directory_make();
	in_child(test);
	directory_remove(place);
}

static void directories_needed(void)
{
	int read_fd = open("/proc", O_RDONLY | O_DIRECTORY), other = open("/", O_RDONLY);
	int write_fd = open(place, O_RDONLY | O_DIRECTORY);
	const struct sandbox_needs needs = {
		.directories = { { read_fd, false }, { write_fd, true } },
		.directory_count = 2,
	};
	struct stat status;

	EXPECT(read_fd >= 0 && write_fd >= 0 && other >= 0);
	enter_filter(&needs);
	EXPECT(openat(read_fd, "self/stat", O_RDONLY) >= 0);
	EXPECT(openat(write_fd, "new", O_WRONLY | O_CREAT | O_EXCL, 0644) >= 0);
	EXPECT(!fstatat(write_fd, "new", &status, 0));
	EXPECT(REFUSED(SYS_unlinkat, read_fd, "new", 0));
	EXPECT(!unlinkat(write_fd, "new", 0));
	EXPECT(REFUSED(SYS_openat, other, "proc", O_RDONLY));
	EXPECT(REFUSED(SYS_renameat, write_fd, "new", write_fd, "old"));
}

static void network_needed(void)
{
	const struct sandbox_needs needs = { .network = true };
	char byte = 0;
	int ends[2];

	EXPECT(!socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	enter_filter(&needs);
	EXPECT(send(ends[0], &byte, 1, 0) == 1 && recv(ends[1], &byte, 1, 0) == 1);
	EXPECT(REFUSED(SYS_socket, AF_INET, SOCK_DGRAM, 0));
	EXPECT(REFUSED(SYS_bind, ends[0], NULL, 0));
}

static void call_needed(void)
{
	const struct sandbox_needs needs = { .calls = { SYS_getppid }, .call_count = 1 };

	enter_filter(&needs);
	EXPECT(syscall(SYS_getppid) > 0);
	EXPECT(REFUSED(SYS_getuid, 0));
}

/* The numbers of another architecture mean other calls. */
static void other_architecture(void)
{
#ifdef __x86_64__
	const struct sandbox_needs needs = { 0 };
	long result;

	enter_filter(&needs);
	asm volatile("int $0x80" : "=a"(result) : "a"(20 /* getpid */) : "memory");
	EXPECT(!"it went on after a call by its 32-bit number");
#else
	child_skips("this machine has no other one");
#endif
}

static void test_filter(void **state)
{
	static void (*const tests[])(void) = { nothing_needed, directories_needed, network_needed,
					       call_needed };

	(void)state;
	for (unsigned int i = 0; i < COUNT_OF(tests); i++)
		in_child_with_place(tests[i]);
}

static void test_filter_architecture(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	if (!sandbox_filter_is_known()) {
		tell_skipped("this kernel has no seccomp filters");
		return;
	}
	fflush(NULL);
	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL); /* cmocka would go on with the tests in here */
		other_architecture();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
#ifdef __x86_64__
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) {
		tell_skipped("this kernel has no 32-bit calls");
		return;
	}
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
#endif
}

static void test_filter_room(void **state)
{
	static struct sandbox_filter filter;
	struct sandbox_needs needs = { .network = true,
				       .directory_count = SANDBOX_DIRECTORIES_MAX,
				       .call_count = SANDBOX_CALLS_MAX };

	(void)state;
	for (unsigned int i = 0; i < SANDBOX_DIRECTORIES_MAX; i++)
		needs.directories[i].write = true;
	assert_int_equal(sandbox_filter_build(&filter, &needs), 0);
}

/*
 * Landlock
 */

static void enter_landlock(void)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY), version = sandbox_landlock_version();
	int own = open(place, O_RDONLY | O_DIRECTORY), before = open("/dev/null", O_RDONLY);
	struct sandbox_needs needs = {
		.directories = { { proc, false }, { own, true } },
		.directory_count = 2,
	};

	if (!version)
		child_skips("this kernel has no Landlock");
	EXPECT(proc >= 0 && own >= 0 && before >= 0);
	EXPECT(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	EXPECT(!sandbox_landlock_enter(version, &needs));
	EXPECT(openat(proc, "self/stat", O_RDONLY) >= 0);
	EXPECT(openat(own, "new", O_WRONLY | O_CREAT | O_EXCL, 0644) >= 0);
	EXPECT(openat(own, "new", O_RDONLY) >= 0);
	EXPECT(!unlinkat(own, "new", 0));
	EXPECT(read(before, &version, 1) == 0);
	/* what seccomp cannot see: a path may lead out of the directory */
	EXPECT(openat(own, "/dev/null", O_RDONLY) < 0 && errno == EACCES);
	EXPECT(openat(own, "../../dev/null", O_RDONLY) < 0 && errno == EACCES);
	EXPECT(mkdirat(own, "directory", 0755) && errno == EACCES);
}

static void test_landlock(void **state)
{
	(void)state;
	in_child_with_place(enter_landlock);
}

/*
 * Rights
 */

/* The number behind @name in /proc/self/status, which is written in hexadecimal. */
static unsigned long long status_of(const char *name)
{
	char line[256];
	unsigned long long value = ~0ull;
	FILE *file = fopen("/proc/self/status", "r");

	EXPECT(file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name), NULL, 16);
	fclose(file);
	return value;
}

static void give_up(void)
{
	static const char *const sets[] = { "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:" };
	const struct sandbox_user user = { 60774, 60775 };
	struct sandbox_leftovers left;
	struct rlimit core;
	const char *step;

	if (geteuid())
		child_skips("not root: there is nothing to give up");
	EXPECT(!sandbox_give_up_privileges(&user, &left, &step));
	EXPECT(!left.bounding && !left.groups);
	for (unsigned int i = 0; i < COUNT_OF(sets); i++)
		EXPECT(status_of(sets[i]) == 0);
	EXPECT(status_of("NoNewPrivs:") == 1);
	EXPECT(getuid() == 60774 && geteuid() == 60774 && getgid() == 60775 && getegid() == 60775);
	EXPECT(getgroups(0, NULL) == 0);
	EXPECT(setuid(0) && errno == EPERM);
	EXPECT(!prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	EXPECT(!getrlimit(RLIMIT_CORE, &core) && !core.rlim_cur && !core.rlim_max);
}

/* Without the rights to change them, groups and bounding set stay, which is told. */
static void give_up_as_user(void)
{
	struct sandbox_leftovers left;
	const char *step;

	if (geteuid())
		child_skips("not root: cannot become somebody with a group");
	EXPECT(!setgroups(1, (gid_t[]) { 7 }));
	EXPECT(!setresgid(60774, 60774, 60774) && !setresuid(60774, 60774, 60774));
	EXPECT(!sandbox_give_up_privileges(NULL, &left, &step));
	EXPECT(left.bounding && left.groups == 1);
	EXPECT(status_of("CapPrm:") == 0 && status_of("NoNewPrivs:") == 1);
}

static void become_without_right(void)
{
	const struct sandbox_user user = { 60774, 60775 };
	struct sandbox_leftovers left;
	const char *step;

	if (!geteuid())
		EXPECT(!setresgid(60773, 60773, 60773) && !setresuid(60773, 60773, 60773));
	EXPECT(sandbox_give_up_privileges(&user, &left, &step) == -EPERM);
	EXPECT(!strcmp(step, "change the user"));
}

static void enter_all(void)
{
	if (geteuid())
		child_skips("not root: there is nothing to give up");
	EXPECT(!sandbox_choose_user("60776:60777"));
	for (unsigned int i = 0; i < COUNT_OF(for_sanitizer); i++)
		sandbox_allow_call(for_sanitizer[i]);
	EXPECT(sandbox_uid() == 60776 && sandbox_gid() == 60777);
	EXPECT(!sandbox_enter());
	EXPECT(!strncmp(sandbox_result(), "uid 60776, gid 60777, no capabilities", 37));
	EXPECT(REFUSED(SYS_bpf, -1, NULL, 0) || strstr(sandbox_result(), "no seccomp"));
}

static void test_rights(void **state)
{
	(void)state;
	in_child(give_up);
	in_child(give_up_as_user);
	in_child(become_without_right);
	in_child(enter_all);
}

static void child_needs_limited(void)
{
	for (int i = 0; i <= SANDBOX_DIRECTORIES_MAX; i++)
		sandbox_allow_directory(i, false);
	stderr_begin();
	EXPECT(sandbox_enter() == -E2BIG);
	EXPECT(strstr(stderr_end(), "nothing is recorded"));
}

IN_CHILD(needs_limited)

/*
 * Whom it becomes
 */

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "tarsiers:x:1:1::/:/bin/false\n"
			     "tarsier:x:991:992:Tarsier:/:/bin/false\n"
			     "broken:x:12\n"
			     "bad:x:-1:5::/:\n";

static void check_user(const char *text, int err, unsigned int uid, unsigned int gid)
{
	struct sandbox_user user = { 7, 7 };

	assert_int_equal(sandbox_user_parse(file_of(passwd, sizeof(passwd) - 1), text, &user), err);
	assert_int_equal(user.uid, err ? 7 : uid);
	assert_int_equal(user.gid, err ? 7 : gid);
}

static void test_user(void **state)
{
	struct sandbox_user user = sandbox_user_default(file_of(passwd, sizeof(passwd) - 1));

	(void)state;
	assert_int_equal(user.uid, 991);
	assert_int_equal(user.gid, 992);
	user = sandbox_user_default("/nowhere");
	assert_int_equal(user.uid, SANDBOX_UID);
	assert_int_equal(user.gid, SANDBOX_UID);
	check_user("tarsier", 0, 991, 992);
	check_user("tarsiers", 0, 1, 1);
	check_user("1000", 0, 1000, 1000);
	check_user("1000:1001", 0, 1000, 1001);
	check_user("nobody", -ENOENT, 0, 0);
	check_user("broken", -ENOENT, 0, 0);
	check_user("bad", -ENOENT, 0, 0);
	check_user("", -EINVAL, 0, 0);
	check_user("1000:", -EINVAL, 0, 0);
	check_user("1000:1:", -EINVAL, 0, 0);
	check_user("1000x", -EINVAL, 0, 0);
	check_user("4294967295", -EINVAL, 0, 0); /* setresuid(2): leave it as it is */
	check_user("99999999999999999999999", -EINVAL, 0, 0);
	check_user("tarsier:5", -EINVAL, 0, 0);
}

static void test_user_root(void **state)
{
	(void)state;
	stderr_begin();
	assert_int_equal(sandbox_choose_user("0"), -EPERM);
	assert_int_equal(sandbox_choose_user("1000:0"), -EPERM);
	assert_non_null(strstr(stderr_end(), "--no-sandbox"));
}

static void make_file(int directory, const char *name)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static unsigned int owner_of(int directory, const char *name)
{
	struct stat status;

	assert_int_equal(fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW), 0);
	return status.st_uid;
}

static void test_hand_over(void **state)
{
	const struct sandbox_user user = { 60774, 60775 };
	const char *path = directory_make();
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	char other[32];

	(void)state;
	if (geteuid()) {
		tell_skipped("not root: nothing can be handed over");
		return;
	}
	make_file(fd, "tarsier-00000001.tsr");
	make_file(fd, "precious");
	assert_int_equal(sandbox_user_hand_over(fd, &user, other, sizeof(other)), -EEXIST);
	assert_string_equal(other, "precious");
	assert_int_equal(owner_of(fd, "tarsier-00000001.tsr"), 0);
	assert_int_equal(unlinkat(fd, "precious", 0), 0);
	/* a name like a recording's may lead to any file */
	assert_int_equal(symlinkat("/etc/passwd", fd, "tarsier-00000002.tsr"), 0);
	assert_int_equal(sandbox_user_hand_over(fd, &user, other, sizeof(other)), -EEXIST);
	assert_int_equal(unlinkat(fd, "tarsier-00000002.tsr", 0), 0);
	assert_int_equal(sandbox_user_hand_over(fd, &user, other, sizeof(other)), 0);
	assert_int_equal(owner_of(fd, "."), 60774);
	assert_int_equal(owner_of(fd, "tarsier-00000001.tsr"), 60774);
	make_file(fd, "precious");
	assert_int_equal(sandbox_user_hand_over(fd, &user, other, sizeof(other)), 0);
	close(fd);
	directory_remove(path);
}

static void test_hand_over_told(void **state)
{
	const char *path = directory_make();
	char detail[256] = "";
	int fd = open(path, O_RDONLY | O_DIRECTORY);

	(void)state;
	if (geteuid()) {
		tell_skipped("not root: nothing can be handed over");
		return;
	}
	make_file(fd, "precious");
	assert_int_equal(sandbox_hand_over(fd, detail, sizeof(detail)), -EEXIST);
	assert_non_null(strstr(detail, "precious is in it"));
	assert_int_equal(fchmod(fd, 0777), 0);
	assert_int_equal(sandbox_hand_over(fd, detail, sizeof(detail)), 0);
	assert_int_equal(owner_of(fd, "."), 0);
	close(fd);
	directory_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),	    cmocka_unit_test(test_filter_architecture),
		cmocka_unit_test(test_filter_room), cmocka_unit_test(test_landlock),
		cmocka_unit_test(test_rights),	    cmocka_unit_test(test_needs_limited),
		cmocka_unit_test(test_user),	    cmocka_unit_test(test_user_root),
		cmocka_unit_test(test_hand_over),   cmocka_unit_test(test_hand_over_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
