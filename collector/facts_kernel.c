// SPDX-License-Identifier: GPL-2.0-or-later
/* facts_kernel - which kernel this is, and what of it decides how probes are attached and what they cost */
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cpu_list.h"
#include "facts.h"
#include "kernel.h"

#define AREA "kernel"
#define LINE_SIZE 128

static void look_at_machine(void)
{
	struct utsname name;

	if (!uname(&name)) {
		facts_add(AREA, "release", FACT_ok, "%s", name.release);
		facts_add(AREA, "machine", FACT_ok, "%s", name.machine);
	}
	facts_add(AREA, "page-size", FACT_ok, "%d", getpagesize());
	facts_add(AREA, "cpus", FACT_ok, "%u online of %u possible",
		  cpu_list_count("/sys/devices/system/cpu/online"),
		  cpu_list_count("/sys/devices/system/cpu/possible"));
}

static void look_at_btf(void)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";
	struct stat status;

	if (stat(path, &status))
		facts_add(AREA, "btf", FACT_note,
			  "no %s: CONFIG_DEBUG_INFO_BTF, or /sys not mounted", path);
	else
		facts_add(AREA, "btf", FACT_ok, "%s, %lld KiB", path,
			  (long long)status.st_size / 1024);
}

static void look_at_tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	for (unsigned int i = 0; i < 2; i++) {
		struct statfs mounted;

		if (statfs(places[i], &mounted) || mounted.f_type != TRACEFS_MAGIC)
			continue;
		facts_add(AREA, "tracefs", FACT_ok, "%s", places[i]);
		return;
	}
	facts_add(AREA, "tracefs", FACT_note, "not mounted");
}

static void look_at_kprobes(void)
{
	char line[LINE_SIZE];

	if (kernel_read_line("/sys/bus/event_source/devices/kprobe/type", line, sizeof(line)))
		facts_add(AREA, "kprobes", FACT_note, "absent: CONFIG_KPROBE_EVENTS");
	else if (!kernel_read_line("/sys/kernel/debug/kprobes/enabled", line, sizeof(line)) &&
		 *line == '0')
		facts_add(AREA, "kprobes", FACT_warn,
			  "switched off in /sys/kernel/debug/kprobes/enabled");
	else
		facts_add(AREA, "kprobes", FACT_ok, "on");
}

/* The state in force stands in brackets: "none [integrity] confidentiality". */
static void look_at_lockdown(void)
{
	char line[LINE_SIZE], *state = line;

	if (kernel_read_line("/sys/kernel/security/lockdown", line, sizeof(line))) {
		facts_add(AREA, "lockdown", FACT_ok,
			  "none to be seen in /sys/kernel/security/lockdown");
		return;
	}
	strsep(&state, "[");
	state = state ? strsep(&state, "]") : line;
	if (!strcmp(state, "confidentiality"))
		facts_add(AREA, "lockdown", FACT_warn,
			  "%s: no kprobes, no reading of kernel memory", state);
	else
		facts_add(AREA, "lockdown", FACT_ok, "%s", state);
}

static void look_at_jit(void)
{
	char line[LINE_SIZE];
	int err = kernel_read_line("/proc/sys/net/core/bpf_jit_enable", line, sizeof(line));

	if (err == -EACCES || err == -EPERM)
		facts_add(AREA, "bpf-jit", FACT_note,
			  "net.core.bpf_jit_enable is for root to read");
	else if (err)
		facts_add(AREA, "bpf-jit", FACT_warn,
			  "absent: CONFIG_BPF_JIT; programs take several times as long");
	else if (*line == '0')
		facts_add(AREA, "bpf-jit", FACT_warn,
			  "net.core.bpf_jit_enable=0: programs take several times as long");
	else
		facts_add(AREA, "bpf-jit", FACT_ok, "on");
}

static void look_at_bpf_stats(void)
{
	char line[LINE_SIZE];

	if (kernel_read_line("/proc/sys/kernel/bpf_stats_enabled", line, sizeof(line)) ||
	    *line == '0')
		facts_add(AREA, "bpf-stats", FACT_ok, "off");
	else
		facts_add(AREA, "bpf-stats", FACT_warn,
			  "kernel.bpf_stats_enabled=%s: two clock reads at every run of a program",
			  line);
}

void facts_kernel(void)
{
	look_at_machine();
	look_at_btf();
	look_at_tracefs();
	look_at_kprobes();
	look_at_lockdown();
	look_at_jit();
	look_at_bpf_stats();
}
