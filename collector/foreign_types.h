/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreign_types.h - whether type information from a file is that of the kernel that runs
 *
 * With another kernel's, a program would read whatever lies where that one has the field.  So a program reads
 * this process's own fields by them, which are compared with what the kernel tells of them elsewhere.
 */
#ifndef TARSIER_FOREIGN_TYPES_H
#define TARSIER_FOREIGN_TYPES_H

#define FOREIGN_TYPES_WHY 160

/* 0, or -errno and in @why which field is not where it should be, or why that cannot be told. */
int foreign_types_check(char why[FOREIGN_TYPES_WHY]);

#endif
