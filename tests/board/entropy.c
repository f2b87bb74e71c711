// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * entropy - tell the kernel that it has all the randomness it needs
 *
 * A board where an instruction takes 1 ns has nothing that varies, so that newer kernels may look for
 * randomness in their timers for a minute before the first read of /dev/urandom returns.  The bytes are always
 * the same, and so is each run.
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define BYTES 64

int main(void)
{
	/* struct rand_pool_info: bits of entropy, bytes that follow */
	int pool[2 + BYTES / sizeof(int)] = { 8 * BYTES, BYTES };
	int fd = open("/dev/random", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, RNDADDENTROPY, pool)) {
		perror("entropy");
		return 1;
	}
	return 0;
}
