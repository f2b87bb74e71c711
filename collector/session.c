// SPDX-License-Identifier: GPL-2.0-or-later
/* session - who records what on which board: identity, and the records that tell it */
#include "session.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "clocks.h"
#include "cpu_list.h"
#include "kernel.h"
#include "loop.h"
#include "sandbox.h"
#include "texts.h"

static int statm_fd = -1;

/*
 * 16 bytes that no other session has.  Early at boot the kernel's pool may not be ready, and to wait for
 * it, which reading /dev/urandom does too, takes seconds: then those that the kernel drew for this
 * process (AT_RANDOM, getauxval(3)) are taken, the clocks and the pid mixed in.  @wait: not those.
 */
static void draw_id(__u8 id[16], bool wait)
{
	__u64 mix[2] = { clock_ns(CLOCK_REALTIME) ^ (__u64)getpid() << 48,
			 clock_ns(CLOCK_MONOTONIC_RAW) };
	const __u8 *drawn = (const __u8 *)getauxval(AT_RANDOM);

	while (wait && getrandom(id, 16, 0) != 16)
		;
	if (wait || getrandom(id, 16, GRND_NONBLOCK) == 16)
		return;
	memcpy(id, mix, sizeof(mix));
	for (unsigned int i = 0; drawn && i < 16; i++)
		id[i] ^= drawn[i];
}

/* FNV-1a, 64 bits: spreads names over ids (Fowler, Noll, Vo). */
static __u64 hash_name(const char *name)
{
	__u64 hash = 0xcbf29ce484222325;

	while (*name)
		hash = (hash ^ (__u8)*name++) * 0x100000001b3;
	return hash;
}

/* What tells boards apart although they run the same image, best first. */
static void find_board(char *name, size_t size)
{
	static const char *const sources[] = {
		"/proc/device-tree/serial-number",
		"/sys/class/net/eth0/address",
		"/etc/machine-id",
		"/proc/sys/kernel/hostname",
	};

	for (unsigned int i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (!kernel_read_line(sources[i], name, size) && *name)
			return;
	snprintf(name, size, "unknown");
}

/* "01234567-89ab-..." to bytes. */
static void read_boot_id(__u8 id[16])
{
	char text[64];
	unsigned int nibbles = 0;

	if (kernel_read_line("/proc/sys/kernel/random/boot_id", text, sizeof(text)))
		return;
	for (const char *c = text; *c && nibbles < 32; c++) {
		if (!isxdigit((unsigned char)*c))
			continue;
		id[nibbles / 2] =
			(__u8)(id[nibbles / 2] << 4 |
			       (isdigit((unsigned char)*c) ? *c - '0' : (*c | 32) - 'a' + 10));
		nibbles++;
	}
}

void session_begin(struct session *session, struct stream *stream)
{
	if (session->board)
		snprintf(session->board_name, sizeof(session->board_name), "%s", session->board);
	else
		find_board(session->board_name, sizeof(session->board_name));
	stream->board_id = hash_name(session->board_name);
	draw_id(stream->session_id, session->sealed);
	read_boot_id(session->boot_id);
	session->cpus_possible = (__u16)cpu_list_count("/sys/devices/system/cpu/possible");
	session->cpus_online = (__u16)cpu_list_count("/sys/devices/system/cpu/online");
	session->started_ns = now_ns();
}

int session_open_files(void)
{
	statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	return statm_fd < 0 ? -errno : 0;
}

void session_write(const struct session *session, struct stream *stream)
{
	struct rec_session record = {
		.type = REC_session,
		.started_ns = session->started_ns,
		.probes_wanted = session->probes_wanted,
		.probes_active = session->probes_active,
		.interval_ms = session->interval_ms,
		.ring_bytes = session->ring_bytes,
		.cpus_possible = session->cpus_possible,
		.cpus_online = session->cpus_online,
	};
	struct utsname name;

	memcpy(record.boot_id, session->boot_id, sizeof(record.boot_id));
	stream_add(stream, &record);
	text_write(stream, TEXT_board, 0, session->board_name);
	if (!uname(&name)) {
		text_write(stream, TEXT_release, 0, name.release);
		text_write(stream, TEXT_machine, 0, name.machine);
	}
	text_write(stream, TEXT_collector, 0, "tarsier " TARSIER_VERSION);
	text_write(stream, TEXT_command, 0, session->command);
	text_write(stream, TEXT_sandbox, 0, sandbox_result());
}

/* Resident memory: the second field of /proc/self/statm, in pages. */
static __u32 resident_kib(void)
{
	char text[128];
	ssize_t length = pread(statm_fd, text, sizeof(text) - 1, 0);
	char *second;

	if (length <= 0)
		return 0;
	text[length] = '\0';
	second = strchr(text, ' ');
	return second ? (__u32)(strtoul(second, NULL, 10) * (unsigned long)getpagesize() / 1024)
		      : 0;
}

static __u64 timeval_ns(const struct timeval *time)
{
	return (__u64)time->tv_sec * NS_PER_SEC + (__u64)time->tv_usec * 1000;
}

void session_write_self(struct stream *stream, struct bpf_cost cost, bool bpf_stats)
{
	struct rec_self record = { .type = REC_self };
	struct rusage usage;

	if (!getrusage(RUSAGE_SELF, &usage)) {
		record.cpu_ns = timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime);
		record.peak_rss_kib = (__u32)usage.ru_maxrss;
	}
	record.flags = bpf_stats ? SELF_BPF_STATS : 0;
	record.bpf_run_ns = cost.run_ns;
	record.bpf_runs = cost.runs;
	record.maps_kib = cost.maps_kib;
	record.ring_bytes = cost.ring_bytes;
	record.rss_kib = resident_kib();
	record.wakeups = loop_wakeups();
	stream_add(stream, &record);
}
