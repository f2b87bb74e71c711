// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sandbox_filter - the seccomp filter: which system calls are let through
 *
 * All others fail with EPERM.  They do not end the process: a recorder that meets one in a corner that no
 * test has been to, after months, is to lose what needed the call and nothing else.  Tests look for calls
 * that failed so.
 */
#include "sandbox_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifdef __aarch64__
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#else
#error "which system calls does this machine have?"
#endif

/* Those that come often stand first. */
static const int always[] = {
#ifdef SYS_epoll_wait /* older machines have it besides */
	SYS_epoll_wait,
#endif
	SYS_epoll_pwait,
	SYS_write,
	SYS_read,
	SYS_pread64,
	SYS_adjtimex, /* it can only read: to set a clock takes a capability */
	SYS_clock_adjtime,
	SYS_clock_gettime,
	SYS_gettimeofday,
	SYS_timerfd_settime,
	SYS_fdatasync,
	SYS_writev,
	SYS_lseek,
	SYS_close,
	SYS_getrusage,
	SYS_uname,
	SYS_getpid,
	SYS_gettid,
	/* memory, which the C library may want */
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	/* the end */
	SYS_membarrier,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_restart_syscall,
	SYS_exit,
	SYS_exit_group,
};

static const int for_network[] = {
	SYS_sendto, SYS_sendmsg, SYS_recvfrom, SYS_recvmsg, SYS_connect, SYS_getsockopt,
};

/* By a descriptor that is open. */
static const int for_directories[] = { SYS_getdents64, SYS_fstat, SYS_fstatfs };
static const int for_writing[] = { SYS_fsync };
/* By one of the directories' descriptors, and a name. */
static const int in_directories[] = { SYS_openat, SYS_newfstatat, SYS_readlinkat };
static const int in_writable[] = { SYS_unlinkat };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ARGUMENT(number)                                                                           \
	(offsetof(struct seccomp_data, args) + (number) * sizeof(__u64)) /* low half, first */

static void emit(struct sandbox_filter *filter, __u16 code, __u32 value, __u8 if_true,
		 __u8 if_false)
{
	if (filter->length == SANDBOX_FILTER_ROOM)
		filter->overflow = true;
	else
		filter->code[filter->length++] =
			(struct sock_filter) { code, if_true, if_false, value };
}

static void load(struct sandbox_filter *filter, size_t offset)
{
	emit(filter, BPF_LD | BPF_W | BPF_ABS, (__u32)offset, 0, 0);
}

static void decide(struct sandbox_filter *filter, __u32 what)
{
	emit(filter, BPF_RET | BPF_K, what, 0, 0);
}

static void allow(struct sandbox_filter *filter, long call)
{
	emit(filter, BPF_JMP | BPF_JEQ | BPF_K, (__u32)call, 0, 1);
	decide(filter, SECCOMP_RET_ALLOW);
}

static void allow_all(struct sandbox_filter *filter, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		allow(filter, calls[i]);
}

/* @test: BPF_JEQ, the argument has to be @value, or BPF_JSET, it has to have none of its bits. */
static void allow_if(struct sandbox_filter *filter, long call, unsigned int argument, __u16 test,
		     __u32 value)
{
	bool equal = test == BPF_JEQ;

	emit(filter, BPF_JMP | BPF_JEQ | BPF_K, (__u32)call, 0, 4);
	load(filter, ARGUMENT(argument));
	emit(filter, BPF_JMP | test | BPF_K, value, !equal, equal);
	decide(filter, SECCOMP_RET_ALLOW);
	load(filter, offsetof(struct seccomp_data, nr));
}

static void allow_in(struct sandbox_filter *filter, int fd, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		allow_if(filter, calls[i], 0, BPF_JEQ, (__u32)fd);
}

static void allow_needs(struct sandbox_filter *filter, const struct sandbox_needs *needs)
{
	bool write = false;

	if (needs->network)
		allow_all(filter, for_network, COUNT(for_network));
	for (unsigned int i = 0; i < needs->directory_count; i++) {
		int fd = needs->directories[i].fd;

		allow_in(filter, fd, in_directories, COUNT(in_directories));
		if (!needs->directories[i].write)
			continue;
		allow_in(filter, fd, in_writable, COUNT(in_writable));
		write = true;
	}
	if (needs->directory_count)
		allow_all(filter, for_directories, COUNT(for_directories));
	if (write)
		allow_all(filter, for_writing, COUNT(for_writing));
	for (unsigned int i = 0; i < needs->call_count; i++)
		allow(filter, needs->calls[i]);
}

int sandbox_filter_build(struct sandbox_filter *filter, const struct sandbox_needs *needs)
{
	filter->length = 0;
	filter->overflow = false;
	load(filter, offsetof(struct seccomp_data, arch));
	emit(filter, BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0);
	decide(filter, SECCOMP_RET_KILL_PROCESS);
	load(filter, offsetof(struct seccomp_data, nr));
	allow_all(filter, always, COUNT(always));
	allow_needs(filter, needs);
	allow_if(filter, SYS_mmap, 2, BPF_JSET, PROT_EXEC);
	allow_if(filter, SYS_mprotect, 2, BPF_JSET, PROT_EXEC);
	allow_if(filter, SYS_ioctl, 1, BPF_JEQ,
		 PERF_EVENT_IOC_DISABLE); /* links are removed by it */
	decide(filter, SECCOMP_RET_ERRNO | EPERM);
	return filter->overflow ? -E2BIG : 0;
}

int sandbox_filter_install(const struct sandbox_filter *filter)
{
	struct sock_fprog program = {
		.len = (unsigned short)filter->length,
		.filter = (struct sock_filter *)filter->code,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) ? -errno : 0;
}

/* Asked for a filter that is nowhere, a kernel that has none does not even look for it. */
bool sandbox_filter_is_known(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) && errno == EFAULT;
}
