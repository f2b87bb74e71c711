/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbols.h - the kernel's functions by name, and names that are nearly right */
#ifndef TARSIER_SYMBOLS_H
#define TARSIER_SYMBOLS_H

#include <linux/types.h>

#define SYMBOLS_PATH "/proc/kallsyms"
#define SYMBOL_SIZE 128
#define SYMBOLS_NEAR 3

/* What a kernel has under a name. */
struct symbols {
	unsigned int exact;	   /* functions of just this name: static ones may share it */
	char variant[SYMBOL_SIZE]; /* the first whose name the compiler made longer; empty: none */
};

/* 0, or -errno when @path, in the format of /proc/kallsyms, cannot be read. */
int symbols_find(const char *path, const char *name, struct symbols *found);
/* The same for @count names in one go. */
int symbols_find_all(const char *path, const char *const names[], unsigned int count,
		     struct symbols found[]);

/* The functions whose names differ least from @name; fewer than asked for end in empty ones. */
int symbols_near(const char *path, const char *name, char near[SYMBOLS_NEAR][SYMBOL_SIZE]);

#endif
