// SPDX-License-Identifier: GPL-2.0-or-later
/* progress - how far reading has come, its rate and the time left, on a terminal */
#include "progress.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"
#include "text.h"

#define FIRST_NS NS_PER_SEC /* nobody waits to be told of less */
#define AGAIN_NS (NS_PER_SEC / 4)
#define CLEAR_LINE "\r\033[K"

/* There is one terminal. */
static struct {
	pthread_t thread;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t over;   /* depth is 0 */
	unsigned int depth;    /* of progress_begin() */
	bool runs;	       /* the thread */
	bool shown;	       /* there is a line */
	struct progress_goal goal;
	__u64 began_ns;
	__u64 took; /* atomic */
} progress = { .mutex = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER };

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * NS_PER_SEC + (__u64)now.tv_nsec;
}

/* Three digits or four, in the unit that suits @scale. */
static const char *size_unit(__u64 scale, double *divisor)
{
	static const char *const names[] = { "kB", "MB", "GB", "TB" };
	unsigned int i = 0;

	for (*divisor = 1e3; i < 3 && (double)scale >= 1000 * *divisor; i++)
		*divisor *= 1e3;
	return names[i];
}

static size_t write_left(char *to, size_t room, double seconds)
{
	if (seconds < 120)
		return (size_t)snprintf(to, room, ", %.0f s left", seconds);
	return (size_t)snprintf(to, room, ", %.0f min left", seconds / 60);
}

const char *progress_text(char to[PROGRESS_TEXT], struct progress_goal goal, __u64 took, __u64 ns)
{
	double rate = ns ? (double)took * 1e9 / (double)ns : 0, divisor;
	/* a file may have grown since */
	bool known = goal.known && goal.bytes >= took && goal.bytes;
	const char *unit = size_unit(known ? goal.bytes : took, &divisor);
	size_t used;

	if (known)
		used = (size_t)snprintf(to, PROGRESS_TEXT, "%.1f of %.1f %s, %.0f %%",
					(double)took / divisor, (double)goal.bytes / divisor, unit,
					100. * (double)took / (double)goal.bytes);
	else
		used = (size_t)snprintf(to, PROGRESS_TEXT, "%.1f %s", (double)took / divisor, unit);
	unit = size_unit((__u64)rate, &divisor);
	used += (size_t)snprintf(to + used, PROGRESS_TEXT - used, ", %.1f %s/s", rate / divisor,
				 unit);
	if (known && took)
		write_left(to + used, PROGRESS_TEXT - used, (double)(goal.bytes - took) / rate);
	return to;
}

static void show(void)
{
	char text[PROGRESS_TEXT];

	progress_text(text, progress.goal, __atomic_load_n(&progress.took, __ATOMIC_RELAXED),
		      now_ns() - progress.began_ns);
	fprintf(stderr, CLEAR_LINE "%s", text);
	fflush(stderr);
	progress.shown = true;
}

static void clear(void)
{
	if (!progress.shown)
		return;
	fputs(CLEAR_LINE, stderr);
	progress.shown = false;
}

static void *tell(void *context)
{
	__u64 until_ns = progress.began_ns + FIRST_NS;

	interrupt_elsewhere();
	pthread_mutex_lock(&progress.mutex);
	while (progress.depth) {
		struct timespec until = { .tv_sec = (time_t)(until_ns / NS_PER_SEC),
					  .tv_nsec = (long)(until_ns % NS_PER_SEC) };

		if (!pthread_cond_clockwait(&progress.over, &progress.mutex, CLOCK_MONOTONIC,
					    &until))
			continue;
		show();
		until_ns = now_ns() + AGAIN_NS;
	}
	clear();
	pthread_mutex_unlock(&progress.mutex);
	return context;
}

void progress_begin(struct progress_goal goal)
{
	pthread_mutex_lock(&progress.mutex);
	if (progress.depth++) {
		progress.goal.bytes += goal.bytes;
		progress.goal.known &= goal.known;
	} else {
		progress.goal = goal;
		progress.began_ns = now_ns();
		__atomic_store_n(&progress.took, 0, __ATOMIC_RELAXED);
		progress.runs = isatty(STDERR_FILENO) &&
				!pthread_create(&progress.thread, NULL, tell, NULL);
	}
	pthread_mutex_unlock(&progress.mutex);
}

void progress_end(void)
{
	bool over;

	pthread_mutex_lock(&progress.mutex);
	over = !--progress.depth && progress.runs;
	pthread_cond_broadcast(&progress.over);
	pthread_mutex_unlock(&progress.mutex);
	if (over)
		pthread_join(progress.thread, NULL);
}

void progress_took(__u64 bytes)
{
	__atomic_fetch_add(&progress.took, bytes, __ATOMIC_RELAXED);
}

void progress_clear(void)
{
	pthread_mutex_lock(&progress.mutex);
	clear();
	pthread_mutex_unlock(&progress.mutex);
}
