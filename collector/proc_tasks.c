// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * proc_tasks - the CPU time of every task, read from /proc
 *
 * stat files tell the adjusted times, in ticks.  The raw ones of a whole process, and its run time in
 * ns, come from its CPU clocks, which any process may read; those of a single thread from nowhere,
 * but for its run time in schedstat.
 */
#include "proc_tasks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clocks.h"

#define NS_PER_TICK (NS_PER_SEC / 100) /* USER_HZ, the same everywhere but on alpha and ia64 */
#define NAME_SIZE 64

/* As the kernel writes it (getdents64(2)): a directory stream of the C library would allocate. */
struct entry {
	__u64 inode;
	__u64 offset;
	__u16 length;
	__u8 type;
	char name[];
};

/* Calls @visit for each entry of the open directory @fd whose name is a number. */
static int each_number(int fd, void (*visit)(int fd, unsigned int number, void *context),
		       void *context)
{
	_Alignas(struct entry) char buffer[2048];
	long length;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((length = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		const struct entry *entry;

		for (long at = 0; at < length; at += entry->length) {
			unsigned long number;
			char *end;

			entry = (const struct entry *)(buffer + at);
			number = strtoul(entry->name, &end, 10);
			if (number && !*end)
				visit(fd, (unsigned int)number, context);
		}
	}
	return length < 0 ? -errno : 0;
}

static bool read_text(int directory, const char *path, char *text, size_t size)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, text, size - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* Field @number of @fields, which begin with the third, the state. */
static __u64 field(const char *fields, int number)
{
	for (; number > 3 && fields; number--) {
		fields = strchr(fields, ' ');
		fields = fields ? fields + 1 : NULL;
	}
	return fields ? strtoull(fields, NULL, 10) : 0;
}

/* The name, which may hold anything, ends at the last bracket. */
bool proc_tasks_parse(const char *line, struct task_reading *reading)
{
	const char *name = strchr(line, '('), *fields = strrchr(line, ')');
	size_t length;

	if (!name || !fields || fields < name || strlen(fields) < 3)
		return false;
	memset(reading, 0, sizeof(*reading));
	length = (size_t)(fields - name) - 1;
	memcpy(reading->comm, name + 1, length < COMM_SIZE ? length : COMM_SIZE - 1);
	memcpy(reading->process_comm, reading->comm, COMM_SIZE);
	fields += 2;
	reading->tid = (__u32)strtoul(line, NULL, 10);
	if (*fields == 'Z' || *fields == 'X')
		reading->flags = READING_EXITED | READING_LEADER_EXITED;
	reading->flags |= READING_UNKNOWN_APART;
	reading->thread_shown.utime_ns = field(fields, 14) * NS_PER_TICK;
	reading->thread_shown.stime_ns = field(fields, 15) * NS_PER_TICK;
	reading->children_utime_ns = field(fields, 16) * NS_PER_TICK;
	reading->children_stime_ns = field(fields, 17) * NS_PER_TICK;
	reading->threads = (__u32)field(fields, 20);
	reading->start_ns = field(fields, 22) * NS_PER_TICK;
	return reading->tid && reading->threads;
}

/* Where there is nothing but what /proc shows. */
static void set_as_shown(struct cpu_figures *figures, const struct shown_figures *shown)
{
	figures->utime_ns = shown->utime_ns;
	figures->stime_ns = shown->stime_ns;
	figures->runtime_ns = shown->utime_ns + shown->stime_ns;
}

/* The CPU clocks of another process (linux/posix-timers.h; clock_getcpuclockid(3) gives the last). */
static clockid_t clock_of(__u32 tgid, unsigned int which)
{
	return (clockid_t)(~tgid << 3 | which);
}

static bool read_clocks(__u32 tgid, struct cpu_figures *figures)
{
	__u64 both_ns = clock_ns(clock_of(tgid, 0)), utime_ns = clock_ns(clock_of(tgid, 1));
	__u64 runtime_ns = clock_ns(clock_of(tgid, 2));

	/* a tick may have come in between */
	figures->utime_ns = utime_ns < both_ns ? utime_ns : both_ns;
	figures->stime_ns = both_ns - figures->utime_ns;
	figures->runtime_ns = runtime_ns;
	return runtime_ns;
}

struct walk {
	int root; /* the only directory that files are opened by: see sandbox.h */
	bool threads;
	bool use_clocks; /* the process ids in this /proc are those of the kernel that we ask */
	struct task_reading process;
	void (*take)(const struct task_reading *reading);
};

static void take_process(struct walk *walk, struct task_reading *reading)
{
	reading->flags |= READING_PROCESS_ONLY;
	reading->tgid = reading->tid;
	reading->process_start_ns = reading->start_ns;
	reading->process_shown = reading->thread_shown;
	if (!walk->use_clocks || !read_clocks(reading->tgid, &reading->process)) {
		reading->flags |= READING_AS_IN_PROC;
		set_as_shown(&reading->process, &reading->process_shown);
	}
	walk->take(reading);
}

static void take_thread(int tasks, unsigned int tid, void *context)
{
	char path[NAME_SIZE], text[512];
	struct walk *walk = context;
	struct task_reading reading;
	__u64 runtime_ns;

	(void)tasks;
	snprintf(path, sizeof(path), "%u/task/%u/stat", walk->process.tid, tid);
	if (!read_text(walk->root, path, text, sizeof(text)) || !proc_tasks_parse(text, &reading))
		return;
	reading.flags |= READING_THREAD_ONLY | READING_AS_IN_PROC;
	reading.tgid = walk->process.tid;
	reading.process_start_ns = walk->process.start_ns;
	set_as_shown(&reading.thread, &reading.thread_shown);
	snprintf(path, sizeof(path), "%u/task/%u/schedstat", walk->process.tid, tid);
	if (read_text(walk->root, path, text, sizeof(text))) {
		runtime_ns = strtoull(text, NULL, 10);
		if (runtime_ns)
			reading.thread.runtime_ns = runtime_ns;
	}
	walk->take(&reading);
}

static void visit_process(int root, unsigned int tgid, void *context)
{
	char path[NAME_SIZE], text[1024];
	struct walk *walk = context;
	int tasks;

	snprintf(path, sizeof(path), "%u/stat", tgid);
	if (!read_text(root, path, text, sizeof(text)) || !proc_tasks_parse(text, &walk->process))
		return;
	take_process(walk, &walk->process);
	if (!walk->threads)
		return;
	snprintf(path, sizeof(path), "%u/task", tgid);
	tasks = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tasks < 0)
		return;
	each_number(tasks, take_thread, walk);
	close(tasks);
}

/* Whether @root has this process where its own id says: not the case in a copy, or another namespace. */
static bool is_our_proc(int root)
{
	char target[NAME_SIZE];
	ssize_t length = readlinkat(root, "self", target, sizeof(target) - 1);

	if (length <= 0)
		return false;
	target[length] = '\0';
	return strtol(target, NULL, 10) == getpid();
}

int proc_tasks_walk(int root, bool threads, void (*take)(const struct task_reading *reading))
{
	struct walk walk = {
		.root = root,
		.threads = threads,
		.use_clocks = is_our_proc(root),
		.take = take,
	};

	return each_number(root, visit_process, &walk);
}
