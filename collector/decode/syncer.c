// SPDX-License-Identifier: GPL-2.0-or-later
/* syncer - what is written to a file system outlasts a crash of this machine */
#include "syncer.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"

static struct timespec time_after(unsigned int ms)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_nsec += (long)(ms % 1000) * 1000000;
	time.tv_sec += ms / 1000 + time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	return time;
}

/* Under the lock: until something has been due for long enough; false: nothing is, and nothing will be. */
static bool wait_until_due(struct syncer *syncer)
{
	struct timespec until;

	while (!syncer->due && !syncer->ending)
		pthread_cond_wait(&syncer->noted, &syncer->lock);
	until = time_after(syncer->after_ms);
	while (!syncer->ending &&
	       pthread_cond_timedwait(&syncer->noted, &syncer->lock, &until) != ETIMEDOUT)
		;
	return syncer->due;
}

static void *run(void *opaque)
{
	struct syncer *syncer = opaque;

	pthread_mutex_lock(&syncer->lock);
	while (wait_until_due(syncer)) {
		int err;

		syncer->due = false;
		pthread_mutex_unlock(&syncer->lock);
		err = syncfs(syncer->fd) ? errno : 0;
		if (err && !syncer->failed)
			address_complain("a crash may lose what is in", syncer->dir, strerror(err));
		pthread_mutex_lock(&syncer->lock);
		syncer->failed |= err;
	}
	pthread_mutex_unlock(&syncer->lock);
	return NULL;
}

static void init_locks(struct syncer *syncer)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&syncer->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&syncer->noted, &attributes);
	pthread_condattr_destroy(&attributes);
}

static void free_locks(struct syncer *syncer)
{
	pthread_cond_destroy(&syncer->noted);
	pthread_mutex_destroy(&syncer->lock);
}

int syncer_start(struct syncer *syncer, int fd, const char *dir, unsigned int after_ms)
{
	int err;

	*syncer = (struct syncer) { .fd = fd, .dir = dir, .after_ms = after_ms };
	init_locks(syncer);
	err = pthread_create(&syncer->thread, NULL, run, syncer);
	if (err)
		free_locks(syncer);
	return -err;
}

void syncer_note(struct syncer *syncer)
{
	pthread_mutex_lock(&syncer->lock);
	if (!syncer->due)
		pthread_cond_signal(&syncer->noted);
	syncer->due = true;
	pthread_mutex_unlock(&syncer->lock);
}

bool syncer_finish(struct syncer *syncer)
{
	pthread_mutex_lock(&syncer->lock);
	syncer->ending = true;
	pthread_cond_signal(&syncer->noted);
	pthread_mutex_unlock(&syncer->lock);
	pthread_join(syncer->thread, NULL);
	free_locks(syncer);
	return !syncer->failed;
}
