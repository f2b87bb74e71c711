// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel - what this kernel offers, asked by trying and by reading /proc */
#include "kernel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* -errno of loading the smallest program: return 0. */
static int load_smallest(void)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", program, 2, NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
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
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return "no /sys/kernel/btf/vmlinux: the kernel needs CONFIG_DEBUG_INFO_BTF, and "
		       "/sys "
		       "has to be mounted";
	return NULL;
}

__u64 kernel_map_bytes(int fd)
{
	char path[48], text[1024], *field;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (read_file(path, text, sizeof(text)))
		return 0;
	field = strstr(text, "memlock:");
	return field ? strtoull(field + strlen("memlock:"), NULL, 10) : 0;
}

int kernel_read_format(const char *event, char format[KERNEL_FORMAT_SIZE])
{
	static const char *const mounts[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	size_t system = strcspn(event, ":");
	char path[128];
	int err = -ENOENT;

	for (unsigned int i = 0; i < 2 && err; i++) {
		snprintf(path, sizeof(path), "%s/events/%.*s/%s/format", mounts[i], (int)system,
			 event, event + system + 1);
		err = read_file(path, format, KERNEL_FORMAT_SIZE);
	}
	if (err && access("/sys/kernel/tracing/events", X_OK) &&
	    access("/sys/kernel/debug/tracing/events", X_OK))
		return -ENODEV;
	return err;
}

int kernel_try_kprobe(const char *function)
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
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}
