/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox_filter.h - the seccomp filter: which system calls are let through */
#ifndef TARSIER_SANDBOX_FILTER_H
#define TARSIER_SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#define SANDBOX_DIRECTORIES_MAX 8
#define SANDBOX_CALLS_MAX 16

/* What is needed besides that without which nothing is recorded. */
struct sandbox_needs {
	struct {
		int fd;
		bool write;
	} directories[SANDBOX_DIRECTORIES_MAX];
	unsigned int directory_count;
	long calls[SANDBOX_CALLS_MAX];
	unsigned int call_count;
	bool network;
};

#define SANDBOX_FILTER_ROOM 512

struct sandbox_filter {
	struct sock_filter code[SANDBOX_FILTER_ROOM];
	size_t length;
	bool overflow;
};

/* 0, or -E2BIG. */
int sandbox_filter_build(struct sandbox_filter *filter, const struct sandbox_needs *needs);

/* Every system call from now on passes through it.  0 or -errno. */
int sandbox_filter_install(const struct sandbox_filter *filter);

/* Whether this kernel has such filters. */
bool sandbox_filter_is_known(void);

#endif
