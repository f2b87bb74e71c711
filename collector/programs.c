// SPDX-License-Identifier: GPL-2.0-or-later
/* programs - what every owner of a loaded BPF object asks of it */
#include "programs.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel.h"

int programs_cpu_places(unsigned int most)
{
	int cpus = libbpf_num_possible_cpus(), places = 1;

	while (places < cpus)
		places *= 2;
	if (cpus < 0)
		return cpus;
	return (unsigned int)places <= most ? places : -E2BIG;
}

__u32 programs_maps_kib(struct bpf_object *object)
{
	struct bpf_map *map;
	__u64 bytes = 0;

	bpf_object__for_each_map (map, object)
		bytes += kernel_map_bytes(bpf_map__fd(map));
	return (__u32)(bytes / 1024);
}

int programs_open_file(const struct bpf_program *program)
{
	int fd = bpf_program__fd(program);

	return fd < 0 ? fd : kernel_open_fdinfo(fd);
}

void programs_open_files(struct program_files *files, struct bpf_object *object)
{
	struct bpf_program *program;

	files->count = 0;
	bpf_object__for_each_program (program, object) {
		int fd = programs_open_file(program);

		if (fd >= 0 && files->count == PROGRAM_FILES_MAX)
			close(fd);
		else if (fd >= 0)
			files->fd[files->count++] = fd;
	}
}

void programs_close_files(struct program_files *files)
{
	while (files->count)
		close(files->fd[--files->count]);
}

__u64 programs_ask_file(int fd, struct bpf_cost *cost)
{
	char text[1024];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return 0;
	text[length] = '\0';
	cost->run_ns += kernel_number_behind("run_time_ns:", text);
	cost->runs += kernel_number_behind("run_cnt:", text);
	return kernel_number_behind("recursion_misses:", text);
}

__u64 programs_ask(const struct program_files *files, struct bpf_cost *cost)
{
	__u64 missed = 0;

	for (unsigned int i = 0; i < files->count; i++)
		missed += programs_ask_file(files->fd[i], cost);
	return missed;
}

/*
 * A program may still run on another CPU when its link is gone.  They run with preemption or
 * migration disabled, so a barrier that waits for every CPU to schedule waits for them too.
 */
void programs_settle(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(50000); /* a nohz_full kernel refuses: give the others a moment */
}
