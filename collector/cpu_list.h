/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpu_list.h - lists of CPUs as sysfs writes them */
#ifndef TARSIER_CPU_LIST_H
#define TARSIER_CPU_LIST_H

/* How many CPUs are in the list of the file @path, as in "0-3,6"; 0 when it cannot be read. */
unsigned int cpu_list_count(const char *path);

#endif
