// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * syscalls - one system call so many times, and hardly any other
 *
 * usage: syscalls getppid|read COUNT		(read: a byte of /dev/zero)
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = open("/dev/zero", O_RDONLY);
	long count = argc == 3 ? atol(argv[2]) : -1;
	char byte;

	if (fd < 0 || count < 0)
		return 2;
	while (count--)
		if (!strcmp(argv[1], "getppid"))
			syscall(SYS_getppid);
		else if (read(fd, &byte, 1) != 1)
			return 1;
	return 0;
}
