// SPDX-License-Identifier: GPL-2.0-or-later
/* programs - what every owner of a loaded BPF object asks of it */
#include "programs.h"

#include <bpf/bpf.h>
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

__u64 programs_ask(struct bpf_object *object, struct bpf_cost *cost)
{
	struct bpf_program *program;
	__u64 missed = 0;

	bpf_object__for_each_program (program, object) {
		struct bpf_prog_info info = { 0 };
		__u32 size = sizeof(info);
		int fd = bpf_program__fd(program);

		if (fd < 0 || bpf_prog_get_info_by_fd(fd, &info, &size))
			continue;
		cost->run_ns += info.run_time_ns;
		cost->runs += info.run_cnt;
		missed += info.recursion_misses;
	}
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
