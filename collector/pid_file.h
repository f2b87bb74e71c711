/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pid_file.h - a file that holds our process id while we record
 *
 * It is locked from start to end, so that a number which a killed collector left behind is known to be
 * stale, and it is never removed: it is empty before the recording begins and after it has ended, which
 * takes no more than the open file.
 */
#ifndef TARSIER_PID_FILE_H
#define TARSIER_PID_FILE_H

/* Take @path; NULL: none is wanted.  0, or -errno after having told the user. */
int pid_file_open(const char *path);
void pid_file_write(void);
void pid_file_clear(void);

#endif
