// SPDX-License-Identifier: GPL-2.0-or-later
/* fakes - what the collector's unit tests put in place of the kernel's part and of the outputs */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "funclat_hook.h"
#include "kernel.h"
#include "keyed_hists.h"
#include "tracefs.h"

#define CHILD_SKIPS 77

struct fake_hook fake_hook;
struct fake_tasks fake_tasks;
struct fake_iopf fake_iopf;
const struct fake_file *fake_files;
const char *fake_kprobes_lacking;
struct fake_output fake_output;

/*
 * switch_hook.c and keyed_hists.c
 */

struct sched_config switch_config;
__u32 switch_keys;

bool switch_hook_has_way(const char *name)
{
	return !strcmp(name, "sched_info") || !strcmp(name, "wakeup");
}

void switch_hook_on_event(void (*event)(const struct record *records, unsigned int count))
{
	fake_hook.event = event;
}

static int attach(struct hook *hook)
{
	(void)hook;
	fake_hook.attached++;
	return fake_hook.attach_result;
}

struct hook switch_hook = { .attach = attach };

const struct switch_counts *switch_hook_read(void)
{
	return &fake_hook.counts;
}

void keyed_hists_write(unsigned int probe, __u64 time_ns, bool final, struct stream *stream)
{
	(void)time_ns;
	(void) final;
	(void)stream;
	fake_hook.keyed_written |= 1u << probe;
}

/* The task iterator. */

struct tasktime_config tasktime_config;
struct hook tasktime_hook = { .attach = attach };

bool tasktime_hook_has_way(const char *name)
{
	return !strcmp(name, "iter") || !strcmp(name, "proc");
}

int tasktime_hook_walk(void (*take)(const struct task_reading *reading))
{
	for (unsigned int i = 0; i < fake_tasks.count; i++)
		take(&fake_tasks.reading[i]);
	return fake_tasks.walk_result;
}

/*
 * iopf_hook.c
 */

struct iopf_config iopf_config = { .keys = FAKE_SLOTS, .pasid = IOPF_NO_PASID };
struct hook iopf_hook = { .attach = attach };

void iopf_hook_choose(const char *kind)
{
	fake_iopf.kind = kind;
}

bool iopf_hook_read(__u32 number, struct iopf_counts *counts)
{
	if (number >= FAKE_SLOTS || !fake_iopf.used[number])
		return false;
	*counts = fake_iopf.counts[number];
	return true;
}

__u64 iopf_hook_without_slot(void)
{
	return fake_iopf.without_slot;
}

__u64 iopf_hook_missed(void)
{
	return fake_iopf.missed;
}

bool iopf_hook_is_final(void)
{
	return fake_iopf.final;
}

/*
 * kernel.c
 */

/*
 * funclat_hook.c
 */

struct funclat picknext_funclat = { .hook = { .attach = attach }, .probe = PROBE_picknext };
struct funclat funclat_funclat = { .hook = { .attach = attach }, .probe = PROBE_funclat };

int funclat_choose(struct funclat *funclat, const char *name)
{
	(void)funclat;
	return strcmp(name, "fexit") && strcmp(name, "kprobe") ? -EINVAL : 0;
}

void funclat_write(struct funclat *funclat, __u64 time_ns, bool final, struct stream *stream)
{
	struct rec_function record = { .type = REC_function, .time_ns = time_ns };

	(void) final;
	record.probe = (__u8)funclat->probe;
	stream_add(stream, &record);
}

void funclat_ledger(struct funclat *funclat, __u64 columns[LEDGER_COLUMNS])
{
	columns[LEDGER_entered] = funclat->probe;
}

int kernel_read_line(const char *path, char *line, size_t size)
{
	for (const struct fake_file *file = fake_files; file && file->path; file++) {
		if (strcmp(file->path, path))
			continue;
		snprintf(line, size, "%s", file->line);
		return 0;
	}
	return -ENOENT;
}

/* The file that a test has at its path. */
int tracefs_read(const char *event, const char *file, char *text, size_t size)
{
	assert_string_equal(file, "format");
	return kernel_read_line(event, text, size);
}

const char *tracefs_why(const char *event, int err)
{
	static char why[128];

	assert_int_equal(err, -ENOENT);
	snprintf(why, sizeof(why), "the kernel has no tracepoint %s", event);
	return why;
}

const char *kernel_lacks_kprobes(void)
{
	return fake_kprobes_lacking;
}

/* The kernel has the functions that are there as files. */
int kernel_try_kprobe(const char *function)
{
	char line[2];

	return kernel_read_line(function, line, sizeof(line));
}

/*
 * The end of a stream
 */

static void take_block(const void *block, size_t size, unsigned int data_records)
{
	struct fake_block *taken = &fake_output.block[fake_output.blocks];

	assert_true(fake_output.blocks < FAKE_BLOCKS);
	assert_true(size <= sizeof(taken->record));
	assert_int_equal(size % RECORD_SIZE, 0);
	memcpy(taken->record, block, size);
	taken->records = (unsigned int)(size / RECORD_SIZE);
	taken->data_records = data_records;
	fake_output.blocks++;
}

static void fill_totals(__u64 totals[LEDGER_COLUMNS])
{
	memcpy(totals, fake_output.totals, sizeof(fake_output.totals));
}

void fake_output_open(struct stream *stream, unsigned int block_records)
{
	memset(&fake_output, 0, sizeof(fake_output));
	stream->block_records = block_records;
	stream->deliver = take_block;
	stream->totals = fill_totals;
	stream_open(stream);
}

unsigned int fake_records(void)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < fake_output.blocks; i++)
		count += fake_output.block[i].data_records;
	return count;
}

const void *fake_record(unsigned int index)
{
	for (unsigned int i = 0; i < fake_output.blocks; i++) {
		const struct fake_block *block = &fake_output.block[i];

		if (index < block->data_records)
			return &block->record[1 + index];
		index -= block->data_records;
	}
	return NULL;
}

static struct stream session;

void fake_session(void)
{
	memset(&session, 0, sizeof(session));
	memset(session.session_id, 's', sizeof(session.session_id));
	fake_output_open(&session, BLOCK_RECORDS_MAX);
}

struct block fake_block_again(unsigned int number)
{
	const struct fake_block *block = &fake_output.block[number];
	__u64 first = 0;

	for (unsigned int i = 0; i < number; i++)
		first += fake_output.block[i].data_records;
	return (struct block) {
		.bytes = block->record,
		.size = block->records * RECORD_SIZE,
		.records = block->data_records,
		.number = number,
		.first = first,
	};
}

struct block fake_block(unsigned int data_records)
{
	unsigned int number = fake_output.blocks;
	struct record record = { .type = REC_clock };

	while (data_records--)
		stream_add(&session, &record);
	if (fake_output.blocks == number)
		stream_heartbeat(&session);
	return fake_block_again(number);
}

/*
 * Standard error
 */

static int stderr_kept = -1, stderr_file = -1;

void stderr_begin(void)
{
	fflush(stderr);
	stderr_kept = dup(STDERR_FILENO);
	stderr_file = memfd_create("stderr", MFD_CLOEXEC);
	EXPECT(stderr_kept >= 0 && stderr_file >= 0);
	EXPECT(dup2(stderr_file, STDERR_FILENO) >= 0);
}

const char *stderr_end(void)
{
	static char text[4096];
	ssize_t length;

	fflush(stderr);
	length = pread(stderr_file, text, sizeof(text) - 1, 0);
	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
	close(stderr_file);
	EXPECT(length >= 0);
	text[length] = '\0';
	return text;
}

/*
 * Directories
 */

const char *directory_make(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/tarsier-unit.XXXXXX");
	EXPECT(mkdtemp(path));
	return path;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void directory_remove(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

const char *directory;

int directory_set_up(void **state)
{
	(void)state;
	directory = directory_make();
	return 0;
}

int directory_tear_down(void **state)
{
	(void)state;
	directory_remove(directory);
	return 0;
}

const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

/*
 * Children
 */

void in_child(void (*test)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		test();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_SKIPS)
		return;
	assert_int_equal(status, 0);
}

const char *file_of(const void *bytes, size_t size)
{
	static char path[32];
	static int file = -1;

	if (file >= 0)
		close(file);
	file = memfd_create("test", MFD_CLOEXEC);
	assert_int_equal(write(file, bytes, size), size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return path;
}

void tell_skipped(const char *why)
{
	printf("# skipped: %s\n", why);
	fflush(stdout);
}

void child_skips(const char *format, ...)
{
	char why[256];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	tell_skipped(why);
	_exit(CHILD_SKIPS);
}

void child_fails(const char *file, int line, const char *condition)
{
	printf("# %s:%d: not true: %s\n", file, line, condition);
	fflush(stdout);
	_exit(1);
}

pid_t child_of_mine(void)
{
	char path[64], line[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof(line), file))
		child_skips("no /proc/PID/task/TID/children here");
	fclose(file);
	return (pid_t)strtol(line, NULL, 10);
}

static void write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		child_skips("cannot write %s: %s", path, strerror(errno));
	close(fd);
}

/* An ordinary user becomes the root of a user namespace, where that is permitted. */
static void become_root(int namespaces)
{
	char map[32];
	unsigned int uid = getuid(), gid = getgid();

	if (unshare(namespaces | CLONE_NEWUSER))
		child_skips("no namespaces here: %s", strerror(errno));
	write_line("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_line("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_line("/proc/self/gid_map", map);
}

void child_unshares(int namespaces)
{
	if (unshare(namespaces))
		become_root(namespaces);
	if (namespaces & CLONE_NEWNS && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		child_skips("cannot make mounts private: %s", strerror(errno));
}
