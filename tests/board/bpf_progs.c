// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf_progs - prints how many BPF programs the kernel holds */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	union bpf_attr attr = { .start_id = 0 };
	unsigned int count = 0;

	while (!syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr))) {
		count++;
		attr.start_id = attr.next_id;
	}
	if (errno != ENOENT) {
		perror("bpf");
		return 1;
	}
	printf("%u\n", count);
	return 0;
}
