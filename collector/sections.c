// SPDX-License-Identifier: GPL-2.0-or-later
/* sections - how the programs of our BPF objects are loaded and attached, by the names of their sections */
#include "sections.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/btf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracefs.h"

#define IDS_MAX 8
#define EVENT_PREFIX "event/"

static struct {
	const struct bpf_program *program;
	__u32 id;
	int btf_fd;
} ids[IDS_MAX];

static unsigned int id_count;

bool sections_type(const struct bpf_program *program, const char *function, char *name, size_t size,
		   __u32 *kind)
{
	static const struct {
		const char *prefix;
		const char *type_prefix;
		__u32 kind;
	} named[] = {
		{ "tp_btf/", "btf_trace_", BTF_KIND_TYPEDEF },
		{ "iter/", "bpf_iter_", BTF_KIND_FUNC },
	};
	const char *section = bpf_program__section_name(program);

	*kind = BTF_KIND_FUNC;
	if (!strcmp(section, "fentry") || !strcmp(section, "fexit"))
		return snprintf(name, size, "%s", function) > 0;
	for (unsigned int i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		size_t length = strlen(named[i].prefix);

		if (strncmp(section, named[i].prefix, length))
			continue;
		*kind = named[i].kind;
		return snprintf(name, size, "%s%s", named[i].type_prefix, section + length) > 0;
	}
	return false;
}

/*
 * libbpf reads all types for a program that is attached by a type id, unless that is one of another
 * program: so that is what it is told.  prepare() takes it back.
 */
int sections_set_id(struct bpf_program *program, __u32 id, int btf_fd)
{
	if (id_count == IDS_MAX)
		return -E2BIG;
	ids[id_count].program = program;
	ids[id_count].id = id;
	ids[id_count++].btf_fd = btf_fd;
	return bpf_program__set_attach_target(program, STDERR_FILENO, NULL);
}

void sections_forget_ids(void)
{
	while (id_count)
		if (ids[--id_count].btf_fd)
			close(ids[id_count].btf_fd);
}

static int prepare(struct bpf_program *program, struct bpf_prog_load_opts *options, long cookie)
{
	(void)cookie;
	for (unsigned int i = 0; i < id_count; i++) {
		if (ids[i].program != program)
			continue;
		options->attach_prog_fd = 0;
		options->attach_btf_id = ids[i].id;
		options->attach_btf_obj_fd = (__u32)ids[i].btf_fd;
		return 0;
	}
	return -ENOENT;
}

static int keep(struct bpf_link *made, struct bpf_link **link)
{
	*link = made;
	return made ? 0 : -errno;
}

static int attach_by_id(const struct bpf_program *program, long cookie, struct bpf_link **link)
{
	(void)cookie;
	return keep(bpf_program__attach_trace(program), link);
}

static int attach_iterator(const struct bpf_program *program, long cookie, struct bpf_link **link)
{
	(void)cookie;
	return keep(bpf_program__attach_iter(program, NULL), link);
}

bool sections_event(const struct bpf_program *program, char *event, size_t size)
{
	const char *section = bpf_program__section_name(program);
	char *slash;

	if (strncmp(section, EVENT_PREFIX, strlen(EVENT_PREFIX)))
		return false;
	snprintf(event, size, "%s", section + strlen(EVENT_PREFIX));
	slash = strchr(event, '/');
	if (slash)
		*slash = ':';
	return slash;
}

/* The event is opened on one CPU, whichever is online; the program then runs on all. */
static int open_event(__u64 id)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.config = id,
	};
	int cpus = libbpf_num_possible_cpus(), fd = -ENODEV;

	for (int cpu = 0; cpu < cpus && fd == -ENODEV; cpu++) {
		fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	return fd;
}

static int attach_event(const struct bpf_program *program, long cookie, struct bpf_link **link)
{
	char event[SECTION_NAME_SIZE], id[24];
	int fd, err;

	(void)cookie;
	if (!sections_event(program, event, sizeof(event)))
		return -EINVAL;
	err = tracefs_read(event, "id", id, sizeof(id));
	if (err)
		return err;
	fd = open_event(strtoull(id, NULL, 10));
	if (fd < 0)
		return fd;
	err = keep(bpf_program__attach_perf_event(program, fd), link);
	if (err)
		close(fd);
	return err;
}

int sections_register(void)
{
	static const struct {
		const char *section;
		enum bpf_prog_type type;
		enum bpf_attach_type attach_type;
		libbpf_prog_prepare_load_fn_t prepare;
		libbpf_prog_attach_fn_t attach;
	} rows[] = {
		{ "tp_btf+", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, prepare, attach_by_id },
		{ "fentry+", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, prepare, attach_by_id },
		{ "fexit+", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, prepare, attach_by_id },
		{ "iter+", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, prepare, attach_iterator },
		{ "event+", BPF_PROG_TYPE_TRACEPOINT, 0, NULL, attach_event },
	};
	int id = 0;

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]) && id >= 0; i++) {
		LIBBPF_OPTS(libbpf_prog_handler_opts, options, .prog_attach_fn = rows[i].attach,
			    .prog_prepare_load_fn = rows[i].prepare);

		id = libbpf_register_prog_handler(rows[i].section, rows[i].type,
						  rows[i].attach_type, &options);
	}
	return id < 0 ? id : 0;
}
