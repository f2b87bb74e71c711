// SPDX-License-Identifier: GPL-2.0-or-later
/* tasktime_hook - owner of tasktime.bpf.c: reads the CPU time of every task when asked to */
#include "tasktime_hook.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpffs.h"
#include "btf_supply.h"
#include "ladder.h"
#include "proc_tasks.h"
#include "programs.h"
#include "sandbox.h"
#include "tasktime.skel.h"

#define READINGS 128
#define ITERATOR "tasks"

/* One way to read tasks. */
struct way {
	int (*open)(char why[LADDER_WHY]);
	int (*walk)(void (*take)(const struct task_reading *reading));
	void (*close)(void);
};

struct tasktime_config tasktime_config;

static struct {
	struct tasktime_bpf *skel;
	struct program_files files;
	int pinned; /* the directory of the iterator's file */
	int proc;
	const struct way *way;
	__u32 maps_kib;
} hook = { .pinned = -1, .proc = -1 };

/* As a file it can be read again and again without bpf(), which is not to be called any more then. */
static int pin_iterator(char why[LADDER_WHY])
{
	hook.pinned = bpffs_pin(bpf_link__fd(hook.skel->links.read_task), ITERATOR);
	if (hook.pinned >= 0)
		return 0;
	snprintf(why, LADDER_WHY, "no file for its iterator in a bpf file system (%s)",
		 strerror(-hook.pinned));
	return hook.pinned;
}

static int open_iterator(char why[LADDER_WHY])
{
	const char *lacking = btf_supply_lacks_ids(), *step = "load";
	int err;

	if (lacking) {
		snprintf(why, LADDER_WHY, "%s", lacking);
		return -EOPNOTSUPP;
	}
	hook.skel = tasktime_bpf__open_opts(btf_supply_options());
	if (!hook.skel) {
		snprintf(why, LADDER_WHY, "cannot open its program: %s", strerror(errno));
		return -errno;
	}
	err = btf_supply(hook.skel->obj, NULL, why);
	if (err)
		return err;
	err = tasktime_bpf__load(hook.skel);
	if (!err) {
		step = "attach";
		err = tasktime_bpf__attach(hook.skel);
	}
	if (err) {
		snprintf(why, LADDER_WHY, "cannot %s its program: %s", step, strerror(-err));
		return err;
	}
	hook.maps_kib = programs_maps_kib(hook.skel->obj);
	programs_open_files(&hook.files, hook.skel->obj);
	return pin_iterator(why);
}

/* What read() returns may end within a reading; its rest comes with the next. */
static int take_all(int fd, void (*take)(const struct task_reading *reading))
{
	static struct task_reading readings[READINGS];
	size_t filled = 0;
	ssize_t length;

	while ((length = read(fd, (char *)readings + filled, sizeof(readings) - filled)) != 0) {
		size_t whole;

		if (length < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (length < 0)
			return -errno;
		filled += (size_t)length;
		whole = filled / sizeof(readings[0]);
		for (size_t i = 0; i < whole; i++)
			take(&readings[i]);
		filled -= whole * sizeof(readings[0]);
		memmove(readings, &readings[whole], filled);
	}
	return 0;
}

static int walk_iterator(void (*take)(const struct task_reading *reading))
{
	int fd = openat(hook.pinned, ITERATOR, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = take_all(fd, take);
	close(fd);
	return err;
}

static void close_iterator(void)
{
	if (hook.pinned >= 0)
		close(hook.pinned);
	hook.pinned = -1;
	programs_close_files(&hook.files);
	tasktime_bpf__destroy(hook.skel);
	hook.skel = NULL;
}

static int open_proc(char why[LADDER_WHY])
{
	hook.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (hook.proc >= 0)
		return 0;
	snprintf(why, LADDER_WHY, "cannot open /proc: %s", strerror(errno));
	return -errno;
}

static int walk_proc(void (*take)(const struct task_reading *reading))
{
	return proc_tasks_walk(hook.proc, tasktime_config.threads, take);
}

static void close_proc(void)
{
	if (hook.proc >= 0)
		close(hook.proc);
	hook.proc = -1;
}

static const struct way ways[] = {
	{ open_iterator, walk_iterator, close_iterator },
	{ open_proc, walk_proc, close_proc },
};

static int try_way(void *owner, unsigned int number, char why[LADDER_WHY]);

static const struct rung rungs[] = {
	{ "iter", "task iterator" },
	{ "proc", "/proc/PID/stat and CPU clocks" },
	{ NULL, NULL },
};

static struct ladder ladder = { .rungs = rungs, .attempt = try_way };

bool tasktime_hook_has_way(const char *name)
{
	return ladder_has(&ladder, name);
}

int tasktime_hook_walk(void (*take)(const struct task_reading *reading))
{
	return hook.way->walk(take);
}

static int try_way(void *owner, unsigned int number, char why[LADDER_WHY])
{
	const struct way *way = &ways[number];
	int err = way->open(why);

	(void)owner;
	if (!err) {
		hook.way = way;
		err = tasktime_config.first_walk();
		if (err)
			snprintf(why, LADDER_WHY, "cannot read tasks: %s", strerror(-err));
	}
	if (err) {
		hook.way = NULL;
		way->close();
	}
	return err;
}

static int attach(struct hook *self)
{
	int err;

	(void)self;
	ladder.only = tasktime_config.only_way;
	err = ladder_climb(&ladder);
	if (!err)
		sandbox_allow_directory(hook.proc >= 0 ? hook.proc : hook.pinned, false);
	return err;
}

static const char *result(struct hook *self)
{
	(void)self;
	return ladder_result(&ladder);
}

static const char *better(struct hook *self)
{
	(void)self;
	return ladder_better(&ladder);
}

static void describe(struct hook *self, enum probe_id probe, struct stream *stream)
{
	(void)self;
	ladder_describe(&ladder, probe, stream);
}

static void cost(struct hook *self, struct bpf_cost *sum)
{
	(void)self;
	if (!hook.skel)
		return;
	programs_ask(&hook.files, sum);
	sum->maps_kib += hook.maps_kib;
}

/* Nothing runs unless it is asked to, and the last snapshot has yet to be taken. */
static void detach(struct hook *self)
{
	(void)self;
}

static void close_hook(struct hook *self)
{
	(void)self;
	if (hook.way)
		hook.way->close();
	hook.way = NULL;
}

struct hook tasktime_hook = {
	.needs_no_bpf = true,
	.attach = attach,
	.result = result,
	.better = better,
	.describe = describe,
	.cost = cost,
	.detach = detach,
	.close = close_hook,
};
