// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advance NUMBER - let the counters of the recording that goes on begin NUMBER later
 *
 * Adds NUMBER to the waits entered and to those of 0 ns, and to the events entered and those that found the ring
 * full, on the first CPU; "/wrap" behind NUMBER puts it into the unstamped in place of the waits of 0 ns, since a
 * bucket has 48 bits in a record.  It looks for the memory that sched.bpf.c shares with the collector, as root may,
 * and adds on the very CPU that the counters are of: no program runs there between the parts of an addition.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sched_state.h"

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static bool describe(int fd, struct bpf_map_info *info)
{
	union bpf_attr attr = {
		.info = { .bpf_fd = (__u32)fd, .info_len = sizeof(*info), .info = (uintptr_t)info },
	};

	memset(info, 0, sizeof(*info));
	return !bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

/* One variable, then a place for each CPU: no other object's memory has such a size. */
static bool is_of_sched(const struct bpf_map_info *info)
{
	size_t length = strlen(info->name);

	return info->type == BPF_MAP_TYPE_ARRAY && length > 4 &&
	       !strcmp(info->name + length - 4, ".bss") &&
	       info->value_size > sizeof(struct sched_cpu) &&
	       info->value_size % sizeof(struct sched_cpu) >= sizeof(struct sched_shared) &&
	       info->value_size % sizeof(struct sched_cpu) < sizeof(struct sched_shared) + 64;
}

/* The first CPU's place; NULL: nobody records. */
static struct sched_cpu *find_memory(void)
{
	union bpf_attr next = { .start_id = 0 };
	struct bpf_map_info info;
	char *memory;

	while (!bpf(BPF_MAP_GET_NEXT_ID, &next)) {
		union bpf_attr attr = { .map_id = next.next_id };
		int fd = bpf(BPF_MAP_GET_FD_BY_ID, &attr);

		next.start_id = next.next_id;
		if (fd < 0)
			continue;
		if (describe(fd, &info) && is_of_sched(&info)) {
			memory = mmap(NULL, info.value_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
				      0);
			if (memory == MAP_FAILED)
				return NULL;
			return (struct sched_cpu *)(memory +
						    info.value_size % sizeof(struct sched_cpu));
		}
		close(fd);
	}
	return NULL;
}

static void add(__u64 *counter, __u64 number)
{
	__atomic_fetch_add(counter, number, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
	struct sched_cpu *here;
	cpu_set_t first;
	__u64 number;
	char *end;

	if (argc != 2)
		return 2;
	number = strtoull(argv[1], &end, 10);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	here = find_memory();
	if (!here || sched_setaffinity(0, sizeof(first), &first)) {
		fprintf(stderr, "advance: no recording, or no CPU 0: %s\n", strerror(errno));
		return 1;
	}
	add(&here->runqlat.entered, number);
	add(strcmp(end, "/wrap") ? &here->wait.bucket[0] : &here->runqlat.unstamped, number);
	here->wait.min = 0;
	add(&here->runqslower.entered, number);
	add(&here->runqslower.ring_full, number);
	return 0;
}
