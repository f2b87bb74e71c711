// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel - what this kernel offers, asked by trying and by reading /proc */
#include "kernel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exit.h"

static int read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = read(fd, text, size - 1);
	close(fd);
	if (length < 0)
		return -EIO;
	text[length] = '\0';
	return 0;
}

int kernel_read_line(const char *path, char *line, size_t size)
{
	int err = read_file(path, line, size);

	if (!err)
		line[strcspn(line, "\n")] = '\0';
	return err;
}

/*
 * The third field, pcount, counts the runs of this very process: not 0 where the accounting works
 * (Documentation/scheduler/sched-stats.rst).
 */
const char *kernel_lacks_sched_info(void)
{
	unsigned long long on_cpu, delay, runs;
	char line[128];

	if (kernel_read_line("/proc/self/schedstat", line, sizeof(line)))
		return "no /proc/self/schedstat: kernel without CONFIG_SCHED_INFO, or /proc not "
		       "mounted";
	if (sscanf(line, "%llu %llu %llu", &on_cpu, &delay, &runs) != 3 || !runs)
		return "the kernel keeps no sched_info (boot with delayacct)";
	return NULL;
}

#define RETURN_0                                                                                   \
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },                             \
	{                                                                                          \
		.code = BPF_JMP | BPF_EXIT                                                         \
	}

/* Load a program and remove it at once; 0 or -errno. */
static int try_program(enum bpf_prog_type type, const struct bpf_insn *program, size_t length)
{
	int fd = bpf_prog_load(type, NULL, "GPL", program, length, NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int load_smallest(void)
{
	const struct bpf_insn program[] = { RETURN_0 };

	return try_program(BPF_PROG_TYPE_RAW_TRACEPOINT, program, 2);
}

bool kernel_has_helper(int helper)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = helper },
		RETURN_0,
	};

	return !try_program(BPF_PROG_TYPE_KPROBE, program, 3);
}

static bool lacks_memory_files(void)
{
	int fd = memfd_create("try", MFD_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

const char *kernel_lacks_bpf(int *status)
{
	int err = load_smallest();

	*status = EXIT_KERNEL;
	if (err == -EPERM || err == -EACCES) {
		*status = EXIT_PRIVILEGE;
		return "not allowed to load BPF programs: run as root, or with CAP_BPF and "
		       "CAP_PERFMON";
	}
	if (err == -ENOSYS)
		return "this kernel has no bpf(): it needs CONFIG_BPF_SYSCALL";
	if (err)
		return "this kernel refuses BPF programs for tracepoints: it needs "
		       "CONFIG_BPF_EVENTS";
	if (lacks_memory_files())
		return "this kernel has no memfd_create(), which libbpf needs: it needs "
		       "CONFIG_TMPFS";
	return NULL;
}

int kernel_open_fdinfo(int fd)
{
	char path[48];
	int file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = open(path, O_RDONLY | O_CLOEXEC);
	return file < 0 ? -errno : file;
}

__u64 kernel_number_behind(const char *name, const char *text)
{
	const char *field = strstr(text, name);

	return field ? strtoull(field + strlen(name), NULL, 10) : 0;
}

__u64 kernel_map_bytes(int fd)
{
	char path[48], text[1024];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return read_file(path, text, sizeof(text)) ? 0 : kernel_number_behind("memlock:", text);
}

const char *const kernel_getppid[] = { "__arm64_sys_getppid", "__x64_sys_getppid",
				       "__do_sys_getppid", "sys_getppid", NULL };

/* A descriptor that counts the calls of @function by this process; or -errno. */
static int open_kprobe(const char *function)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.config1 = (__u64)(unsigned long)function,
	};
	char type[16];
	int fd;

	if (kernel_read_line("/sys/bus/event_source/devices/kprobe/type", type, sizeof(type)) ||
	    sscanf(type, "%u", &attr.type) != 1)
		return -EOPNOTSUPP;
	fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int kernel_try_kprobe(const char *function)
{
	int fd = open_kprobe(function);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/* They can all be switched off, and are then attached all the same. */
static bool runs(int fd)
{
	__u64 calls = 0;

	syscall(SYS_getppid);
	return read(fd, &calls, sizeof(calls)) != sizeof(calls) || calls;
}

const char *kernel_lacks_kprobes(void)
{
	bool off;
	int fd = -ENOENT;

	for (unsigned int i = 0; kernel_getppid[i] && fd == -ENOENT; i++)
		fd = open_kprobe(kernel_getppid[i]);
	if (fd == -ENOENT)
		return NULL; /* cannot tell: there is nothing to try it on */
	if (fd == -EOPNOTSUPP)
		return "the kernel has no kprobes (CONFIG_KPROBE_EVENTS), or /sys is not mounted";
	if (fd == -EPERM || fd == -EACCES)
		return "the kernel forbids kprobes (lockdown=confidentiality)";
	if (fd < 0)
		return "the kernel refuses kprobes";
	off = !runs(fd);
	close(fd);
	return off ? "kprobes are switched off: write 1 to /sys/kernel/debug/kprobes/enabled"
		   : NULL;
}
