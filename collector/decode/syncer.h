/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syncer.h - what is written to a file system outlasts a crash of this machine
 *
 * A thread of its own waits for the disk.  The whole file system is synced, because that is one wait,
 * for thousands of files and the directories that name them.
 */
#ifndef TARSIER_DECODE_SYNCER_H
#define TARSIER_DECODE_SYNCER_H

#include <pthread.h>
#include <stdbool.h>

struct syncer {
	/* private */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t noted;
	const char *dir;
	int fd;
	unsigned int after_ms;
	bool ending;
	bool due;
	bool failed;
};

/*
 * What is noted from now on is synced @after_ms later, with all else that was noted by then.  @fd is in the
 * file system, @dir is what the user calls it.  0 or -errno.
 */
int syncer_start(struct syncer *syncer, int fd, const char *dir, unsigned int after_ms);
/* Something has been written. */
void syncer_note(struct syncer *syncer);
/* Sync what is due, and end.  False: the disk has once refused, which the user was told. */
bool syncer_finish(struct syncer *syncer);

#endif
